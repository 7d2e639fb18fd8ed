import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Json } from '@promptloom/runner/stage'
import { z } from 'zod'
import type { Environment } from '../environment.ts'
import type { Acquired, Acquisition } from './acquisition.ts'
import { DownloadError } from './download-error.ts'
import { KaggleApi, type KaggleListing } from './kaggle-api.ts'
import { kaggleCredentials } from './kaggle-credentials.ts'
import { downloadResumably } from './resumable-download.ts'
import type { Source } from './source.ts'
import { cacheFolder, type RemoteOptions } from './url-file.ts'

type KaggleSource = Extract<Source, { kind: 'kaggle' }>

/** Rows of sets that are known; a copy of the first is around that has only a third of them. */
const KNOWN_ROWS: Readonly<Record<string, number>> = { 'tanreinama/900k-diffusion-prompts-dataset': 908_000 }

const pinned = z.object({
  version: z.number(),
  file: z.string(),
  licence: z.string().optional(),
  totalBytes: z.number().optional(),
})
/** What was decided before the first byte came, kept so that a resumed download goes on with the same version. */
type Pin = z.infer<typeof pinned>

/** A file of a Kaggle set, in one version. */
export class KaggleFile implements Acquisition {
  readonly #source: KaggleSource
  readonly #dataset: string
  readonly #options: RemoteOptions
  readonly #api: KaggleApi
  readonly #folder: string
  #current: { version: number; licence: string | undefined } | undefined

  private constructor(source: KaggleSource, options: RemoteOptions, api: KaggleApi) {
    this.#source = source
    this.#dataset = `${source.owner}/${source.slug}`
    this.#options = options
    this.#api = api
    this.#folder = cacheFolder(options.cache, `kaggle:${this.#dataset}/${source.file ?? ''}`)
  }

  /** Finds the credentials and prepares the API. */
  static async open(
    source: KaggleSource,
    options: RemoteOptions & { readonly environment: Environment; readonly api: string },
  ): Promise<KaggleFile> {
    const credentials = await kaggleCredentials(options.environment)
    return new KaggleFile(source, options, new KaggleApi({ ...options, base: options.api, credentials }))
  }

  async identify(): Promise<Readonly<Record<string, Json>>> {
    const { file, version } = this.#source
    const revision = version ?? (this.#options.refresh ? (await this.#view()).version : undefined)
    return {
      kaggle: this.#dataset,
      ...(file === undefined ? {} : { file }),
      ...(revision === undefined ? {} : { version: revision }),
    }
  }

  async acquire(onBytes: (bytes: number, total?: number) => void): Promise<Acquired> {
    const pin = await this.#pin()
    const { fetch, firstDelay, signal } = this.#options
    const name = `kaggle:${this.#dataset}/${pin.file}@${pin.version}`
    const path = join(this.#folder, 'source')
    await downloadResumably({
      name,
      locate: () => this.#api.locate(this.#dataset, pin.file, pin.version),
      path,
      revision: `version ${pin.version} of ${pin.file}`,
      fetch,
      firstDelay,
      signal,
      onBytes,
    })
    const expectedRows = KNOWN_ROWS[this.#dataset]
    return {
      path,
      name,
      ...(/\.csv$/i.test(pin.file) ? { entry: basename(pin.file) } : {}),
      ...(expectedRows === undefined ? {} : { expectedRows }),
      ...(pin.totalBytes === undefined ? {} : { expectedBytes: pin.totalBytes }),
      facts: { version: pin.version, licence: pin.licence ?? 'not stated' },
    }
  }

  /** The version and file to download: those that were begun with, unless another version is asked for. */
  async #pin(): Promise<Pin> {
    const path = join(this.#folder, 'pin.json')
    const begun = await readPin(path)
    const { refresh } = this.#options
    const wanted = this.#source.version ?? (refresh || !begun ? (await this.#view()).version : begun.version)
    if (begun?.version === wanted) return begun
    const { licence } = await this.#view()
    const { name, totalBytes } = choose(
      await this.#api.list(this.#dataset, wanted),
      this.#source,
      `${this.#dataset}@${wanted}`,
    )
    const pin: Pin = {
      version: wanted,
      file: name,
      ...(licence === undefined ? {} : { licence }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    }
    await mkdir(this.#folder, { recursive: true })
    await writeFile(`${path}.partial`, JSON.stringify(pin))
    await rename(`${path}.partial`, path)
    return pin
  }

  async #view(): Promise<{ version: number; licence: string | undefined }> {
    this.#current ??= await this.#api.view(this.#dataset)
    return this.#current
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function readPin(path: string): Promise<Pin | undefined> {
  try {
    return pinned.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** The named file, or the only CSV; either may be listed with the ending of its packing. */
function choose(files: readonly KaggleListing[], source: KaggleSource, name: string): KaggleListing {
  const { file } = source
  const fitting =
    file === undefined
      ? files.filter((one) => /\.csv(\.(zip|gz|zst))?$/i.test(one.name))
      : files.filter((one) => one.name === file || one.name === `${file}.zip`)
  const [found] = fitting
  if (found && fitting.length === 1) return found
  const names =
    files.length === 0
      ? 'no files'
      : files
          .slice(0, 10)
          .map((one) => one.name)
          .join(', ')
  const what = file === undefined ? 'exactly one CSV file' : `the file ${file}`
  const next = 'name one as kaggle:owner/slug/file'
  throw new DownloadError('not_found', `Kaggle's ${name} should have ${what}; it has ${names}: ${next}.`)
}
