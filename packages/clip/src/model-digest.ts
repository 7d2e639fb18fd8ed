import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ModelDirectory } from './model-directory.ts'
import { ModelDirectoryError } from './model-error.ts'

interface Known {
  readonly size: number
  readonly modified: number
  readonly sha256: string
}

/**
 * SHA-256 over the names and digests of the files that decide a model's vectors. `cache` is the path of a JSON file
 * that remembers digests by path, size and time of change, so that gigabytes are hashed once.
 */
export async function digestModel(model: ModelDirectory, cache?: string): Promise<string> {
  const known = await readCache(cache)
  const fresh: Record<string, Known> = {}
  const total = createHash('sha256')
  for (const name of model.files) {
    const path = join(model.path, name)
    const one = await digestOf(path, known[path])
    fresh[path] = one
    total.update(`${name}\0${one.sha256}\n`)
  }
  if (cache !== undefined && Object.entries(fresh).some(([path, one]) => known[path] !== one)) {
    await writeCache(cache, { ...known, ...fresh })
  }
  return total.digest('hex')
}

async function digestOf(path: string, old: Known | undefined): Promise<Known> {
  try {
    const { size, mtimeMs: modified } = await stat(path)
    if (old && old.size === size && old.modified === modified) return old
    return { size, modified, sha256: await sha256OfFile(path) }
  } catch (cause) {
    throw new ModelDirectoryError(`${path} can't be read (${(cause as NodeJS.ErrnoException).code ?? cause})`, {
      cause,
    })
  }
}

/** SHA-256 of a file's bytes, lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/** What can't be read is hashed again: the cache is no more than a saving. */
async function readCache(cache: string | undefined): Promise<Record<string, Known>> {
  if (cache === undefined) return {}
  try {
    return JSON.parse(await readFile(cache, 'utf8'))
  } catch {
    return {}
  }
}

async function writeCache(cache: string, content: Record<string, Known>): Promise<void> {
  await mkdir(dirname(cache), { recursive: true })
  const partial = `${cache}.${process.pid}.partial`
  await writeFile(partial, JSON.stringify(content))
  await rename(partial, cache)
}
