import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listFiles, modelInfo } from '@huggingface/hub'
import { HubError, hubError } from './hub-error.ts'
import { fetchHubFile, type HubAccess, type HubFile } from './hub-file.ts'
import { findGraphs, lackOf, type Precision } from './model-graphs.ts'
import { type ModelSource, SOURCE_FILE } from './model-source.ts'

/** The public hub. */
export const PUBLIC_HUB = 'https://huggingface.co'

/** What to get, and where to put it. */
export interface PullOptions extends HubAccess {
  /** `owner/name`. */
  readonly repository: string
  /** Branch, tag or commit; the commit that it stands for is what is downloaded and recorded. */
  readonly revision: string
  /** Directory that becomes the model directory. */
  readonly directory: string
  /** Weights to get; default `auto`, which is fp32. */
  readonly precision?: Precision
  /** Told of every file and byte. */
  readonly listener?: (event: PullEvent) => void
}

/** What happens during a pull. */
export type PullEvent =
  | { readonly type: 'resolved'; readonly revision: string; readonly files: readonly HubFile[] }
  | { readonly type: 'progress'; readonly name: string; readonly bytes: number; readonly total: number }
  | { readonly type: 'file'; readonly name: string; readonly bytes: number }

const WANTED = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'special_tokens_map.json',
]

/**
 * Downloads a model directory from a Hugging Face hub, or completes one: what is there and right stays, a transfer
 * that broke goes on. Every file is compared with the hub's record; promptloom-source.json, written last, says which
 * commit it is.
 * @throws HubError that says what to do.
 */
export async function pullModel(options: PullOptions): Promise<ModelSource> {
  const { repository, directory, listener, hub, token, fetch } = options
  const access = { hubUrl: hub, ...(fetch ? { fetch } : {}), ...(token === undefined ? {} : { accessToken: token }) }
  const request = { hub, repository, revision: options.revision }
  try {
    const { sha: revision } = await modelInfo({
      ...access,
      name: repository,
      revision: options.revision,
      additionalFields: ['sha'],
    })
    if (!revision) throw new HubError(`The model hub ${hub} names no commit for ${repository} at ${options.revision}.`)
    const all: HubFile[] = []
    for await (const entry of listFiles({ ...access, repo: repository, revision, recursive: true })) {
      const { path: name, size, lfs, oid, type } = entry
      if (type !== 'file') continue
      const digest = lfs ? ({ kind: 'sha256', hex: lfs.oid } as const) : ({ kind: 'git', hex: oid ?? '' } as const)
      all.push({ name, bytes: lfs?.size ?? size, digest })
    }
    const files = choose(all, options)
    listener?.({ type: 'resolved', revision, files })
    const source: ModelSource = { repository, revision, files: [] }
    for (const file of files) {
      const progress = (bytes: number) => listener?.({ type: 'progress', name: file.name, bytes, total: file.bytes })
      const path = join(directory, file.name)
      const sha256 = await fetchHubFile(file, { ...options, revision, path, progress })
      source.files.push({ name: file.name, bytes: file.bytes, sha256 })
      listener?.({ type: 'file', name: file.name, bytes: file.bytes })
    }
    await record(directory, source)
    return source
  } catch (error) {
    options.signal?.throwIfAborted()
    throw (error as { exitCode?: number }).exitCode === undefined ? hubError(error, request) : error
  }
}

/** Configuration, tokenizer and the graphs of the wanted precision; nothing that has a name outside the directory. */
function choose(all: readonly HubFile[], { repository, precision }: PullOptions): HubFile[] {
  const names = all.map((file) => file.name).filter((name) => !name.includes('..') && !name.startsWith('/'))
  const missing = ['config.json', 'tokenizer.json', 'tokenizer_config.json'].find((name) => !names.includes(name))
  if (missing)
    throw new HubError(`${repository} has no ${missing}: it is not in the layout that is read here.`, { exitCode: 2 })
  const wish = precision ?? 'auto'
  const graphs = findGraphs(names, wish, false)
  if (!graphs) {
    throw new HubError(`${repository} ${lackOf(names, wish)}; choose another --precision, or another model.`, {
      exitCode: 2,
    })
  }
  const wanted = new Set([...WANTED, ...graphs.files])
  return all.filter((file) => wanted.has(file.name))
}

async function record(directory: string, source: ModelSource): Promise<void> {
  const path = join(directory, SOURCE_FILE)
  await writeFile(`${path}.partial`, `${JSON.stringify(source, null, 2)}\n`)
  await rename(`${path}.partial`, path)
}
