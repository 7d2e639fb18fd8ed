import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { digestFile, flush, PARTIAL, removeDurably, writeDurably } from './disk.ts'
import type { Checkpoint, FileRef, Json } from './stage.ts'

/** Ending of a commit under way: the checkpoint is decided, its files may still have to be moved into place. */
const COMMIT = '.commit'
const CHECKPOINT = '.json'

const fileRef = z.object({
  stage: z.string(),
  shard: z.string(),
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
})
const checkpointSchema = z.object({
  stage: z.string(),
  shard: z.string(),
  fingerprint: z.string(),
  rows: z.number(),
  outcomes: z.record(z.string(), z.number()),
  files: z.array(fileRef),
  facts: z.record(z.string(), z.custom<Json>()),
  parts: z.record(z.string(), z.string()),
  timings: z.record(z.string(), z.number()),
  seconds: z.number(),
  run: z.string(),
  committed: z.string(),
})

/** The checkpoints of one stage on disk. A checkpoint that cannot be read counts as absent: its shard runs again. */
export class CheckpointFolder {
  readonly path: string

  constructor(workspace: string, stage: string) {
    this.path = join(workspace, stage)
  }

  /** All committed checkpoints in name order. */
  async list(): Promise<Checkpoint[]> {
    const names = (await entries(this.path)).filter((name) => name.endsWith(CHECKPOINT)).sort()
    const found: Checkpoint[] = []
    for (const name of names) {
      const checkpoint = await readCheckpoint(join(this.path, name))
      if (checkpoint) found.push(checkpoint)
    }
    return found
  }

  /** Finishes commits that a crash cut short, and sweeps away what was never committed. Needs the workspace's lock. */
  async recover(): Promise<void> {
    await mkdir(this.path, { recursive: true })
    for (const name of await entries(this.path)) {
      if (!name.endsWith(COMMIT)) continue
      const checkpoint = await readCheckpoint(join(this.path, name))
      if (checkpoint) await this.#finish(checkpoint)
      else await rm(join(this.path, name))
    }
    for (const name of await entries(this.path)) {
      if (name.endsWith(PARTIAL)) await rm(join(this.path, name), { force: true })
    }
  }

  /** Where an output of the shard is written until it is committed. */
  partial(shard: string, ending: string): string {
    return join(this.path, `${shard}.${ending}${PARTIAL}`)
  }

  /** Flushes and digests the shard's written files; nothing is moved yet. */
  async seal(stage: string, shard: string, endings: Iterable<string>): Promise<FileRef[]> {
    const files: FileRef[] = []
    for (const ending of [...endings].sort()) {
      const partial = this.partial(shard, ending)
      await flush(partial)
      files.push({ stage, shard, name: `${shard}.${ending}`, ...(await digestFile(partial)) })
    }
    return files
  }

  /**
   * Commits a shard whose files are sealed. The rename of the `.commit` file decides: before it, the old state
   * holds; after it, `recover` completes what is left.
   */
  async commit(checkpoint: Checkpoint): Promise<void> {
    await writeDurably(join(this.path, `${checkpoint.shard}${COMMIT}`), `${JSON.stringify(checkpoint, null, 1)}\n`)
    await this.#finish(checkpoint)
  }

  /** Forgets a shard: first its checkpoint, then its files. */
  async remove(checkpoint: Checkpoint): Promise<void> {
    await this.invalidate(checkpoint.shard)
    for (const file of checkpoint.files) await rm(join(this.path, file.name), { force: true })
  }

  /** Takes a shard's checkpoint away, so that the next run does it again. */
  async invalidate(shard: string): Promise<void> {
    await removeDurably(join(this.path, `${shard}${CHECKPOINT}`))
  }

  /** Deletes files that belong to none of these checkpoints: left by a shard that now writes fewer files, or none. */
  async sweep(checkpoints: readonly Checkpoint[]): Promise<void> {
    const known = new Set(checkpoints.flatMap((one) => [`${one.shard}${CHECKPOINT}`, ...one.files.map((f) => f.name)]))
    for (const name of await entries(this.path)) {
      if (!known.has(name)) await rm(join(this.path, name), { recursive: true, force: true })
    }
  }

  /** Name of the first file that is missing or has another size than committed; undefined when all are in place. */
  async missing(checkpoint: Checkpoint): Promise<string | undefined> {
    for (const file of checkpoint.files) {
      const found = await stat(join(this.path, file.name)).catch(() => undefined)
      if (found?.size !== file.bytes) return file.name
    }
    return undefined
  }

  async #finish(checkpoint: Checkpoint): Promise<void> {
    for (const file of checkpoint.files) {
      const path = join(this.path, basename(file.name))
      // A crash may have come after this file's rename: then there is nothing left to move.
      await rename(`${path}${PARTIAL}`, path).catch(ignoreMissing)
    }
    await flush(this.path)
    await rename(join(this.path, `${checkpoint.shard}${COMMIT}`), join(this.path, `${checkpoint.shard}${CHECKPOINT}`))
    await flush(this.path)
  }
}

async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  try {
    return checkpointSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

async function entries(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    ignoreMissing(error)
    return []
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
