import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { flush, PARTIAL, writeDurably } from '@promptloom/runner/disk'
import { RequestError } from '@promptloom/search/server/request-error'
import { type MapState, mapSchema, type ReadyMap } from '@promptloom/studio/api/map'
import type { MadeMap, MapMessage, MapTask } from './map-task.ts'

/** Raise it when the same pictures give another map than before. */
const VERSION = 1

/** What a cabinet needs. */
export interface MapCabinetOptions {
  readonly workspace: string
  /** Limits of the map; see `MapTask`. */
  readonly limits?: Pick<MapTask, 'mostPoints' | 'mostProjected'>
  /** Hears why a map could not be made. */
  readonly onError?: (error: unknown) => void
}

/** The pictures of a workspace as the embed stage has committed them. */
interface Collected extends Pick<MapTask, 'tables' | 'dimension' | 'pictures'> {
  readonly fingerprint: string
}

/**
 * The maps of a workspace's pictures, in `cache/map/`: made in a worker thread, so that the server answers meanwhile,
 * when somebody first asks, and anew when somebody wants it. Made from the files of the embed stage, so that a map can
 * be made while a run has the database.
 */
export class MapCabinet implements AsyncDisposable {
  readonly #options: MapCabinetOptions
  readonly #folder: string
  #work:
    | { readonly worker: Worker; readonly ended: Promise<void>; progress: { fraction: number; state: string } }
    | undefined
  #closed = false
  #failure: { readonly fingerprint: string; readonly note: string } | undefined

  constructor(options: MapCabinetOptions) {
    this.#options = options
    this.#folder = join(options.workspace, 'cache', 'map')
  }

  /** The newest map; where there is none, one begins to be made. */
  async state(): Promise<MapState> {
    const collected = await this.#collect()
    const newest = await this.#newest(collected?.fingerprint)
    if (newest) {
      const stale = newest.fingerprint !== collected?.fingerprint
      return { ...newest, stale, updating: this.#work?.progress ?? null }
    }
    if (!collected) return { state: 'empty', note: 'No picture has been embedded yet; a run of the pipeline does it.' }
    if (this.#failure?.fingerprint === collected.fingerprint) return { state: 'failed', note: this.#failure.note }
    return { state: 'working', progress: this.#begin(collected) }
  }

  /** Begins a map of the pictures as they are now, unless it is there or being made. */
  async renew(): Promise<MapState> {
    const collected = await this.#collect()
    this.#failure = undefined
    if (collected && (await this.#newest(collected.fingerprint))?.fingerprint !== collected.fingerprint) {
      this.#begin(collected)
    }
    return this.state()
  }

  /** The packed points of a map. @throws RequestError 404 where it is no longer there */
  async points(fingerprint: string): Promise<Buffer> {
    const bytes = await readFile(join(this.#folder, `${fingerprint}.points`)).catch(() => undefined)
    if (bytes) return bytes
    throw new RequestError(404, 'not_found', `There is no map ${fingerprint}; /api/map tells which there is.`)
  }

  /** Gives the work up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#work?.worker.terminate()
    await this.#work?.ended
  }

  async #collect(): Promise<Collected | undefined> {
    const { workspace, limits } = this.#options
    const folder = new CheckpointFolder(workspace, 'embed')
    const shards = (await folder.list()).filter(({ shard }) => shard.startsWith('image-'))
    const hash = createHash('sha256').update(JSON.stringify([VERSION, limits ?? {}]))
    const tables: { path: string; rows: number }[] = []
    for (const { files, outcomes } of shards) {
      const table = files.find(({ name }) => name.endsWith('.parquet'))
      if (!table) continue
      hash.update(`${table.sha256}\n`)
      tables.push({ path: join(folder.path, table.name), rows: (outcomes.ok ?? 0) + (outcomes.duplicate ?? 0) })
    }
    const pictures = shards.reduce((sum, { outcomes }) => sum + (outcomes.ok ?? 0), 0)
    const dimension = shards.find(({ facts }) => typeof facts.dimension === 'number')?.facts.dimension as number
    if (pictures === 0 || !dimension) return undefined
    return { tables, pictures, dimension, fingerprint: hash.digest('hex').slice(0, 24) }
  }

  /** The map of that fingerprint, else the one that was made last. */
  async #newest(fingerprint: string | undefined): Promise<ReadyMap | undefined> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.json'))
    const wanted = names.find((name) => name === `${fingerprint}.json`)
    const found: ReadyMap[] = []
    for (const name of wanted ? [wanted] : names) {
      const parsed = mapSchema.safeParse(await readJson(join(this.#folder, name)))
      if (parsed.success && parsed.data.state === 'ready') found.push(parsed.data)
    }
    return found.sort((a, b) => (a.made < b.made ? 1 : -1))[0]
  }

  #begin({ fingerprint, ...collected }: Collected): { fraction: number; state: string } {
    if (this.#work) return this.#work.progress
    mkdirSync(this.#folder, { recursive: true })
    const started = performance.now()
    const output = join(this.#folder, `${fingerprint}.points${PARTIAL}`)
    const task: MapTask = { ...collected, ...this.#options.limits, output }
    const worker = new Worker(new URL('./map-worker.mjs', import.meta.url), { workerData: task })
    const progress = { fraction: 0, state: 'beginning' }
    const ended = made(worker, progress)
      .then((map) => this.#keep(map, { fingerprint, output, seconds: (performance.now() - started) / 1000 }))
      .catch((error: Error) => {
        if (this.#closed) return
        this.#failure = { fingerprint, note: `The map could not be made: ${error.message}` }
        this.#options.onError?.(error)
      })
      .finally(() => {
        this.#work = undefined
      })
    this.#work = { worker, ended, progress }
    return progress
  }

  /** Puts a map in the place of earlier ones: the points first, then the file that says that they are there. */
  async #keep(
    map: MadeMap,
    { fingerprint, output, seconds }: { fingerprint: string; output: string; seconds: number },
  ): Promise<void> {
    await flush(output)
    await rename(output, join(this.#folder, `${fingerprint}.points`))
    const ready: ReadyMap = {
      state: 'ready',
      fingerprint,
      ...map,
      sources: [...map.sources],
      clusters: [...map.clusters],
      seconds: Math.round(seconds * 10) / 10,
      made: new Date().toISOString(),
      stale: false,
      updating: null,
    }
    await writeDurably(join(this.#folder, `${fingerprint}.json`), `${JSON.stringify(ready)}\n`)
    for (const name of await readdir(this.#folder)) {
      if (!name.startsWith(fingerprint)) await rm(join(this.#folder, name), { force: true })
    }
  }
}

/** What the worker makes; `progress` follows it. */
function made(worker: Worker, progress: { fraction: number; state: string }): Promise<MadeMap> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: MapMessage) => {
      if (message.type === 'done') resolve(message.map)
      else if (message.type === 'failed') reject(Object.assign(new Error(message.message), { stack: message.stack }))
      else Object.assign(progress, { fraction: message.fraction, state: message.state })
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('its worker has ended')))
  })
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
