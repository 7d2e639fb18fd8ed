import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { DownloadError } from './download-error.ts'

/** A file's content, and what the file system said of it when it was read. */
export interface FileIdentity {
  readonly sha256: string
  /** Device, inode, size, and times of last change of content and of status, in nanoseconds. */
  readonly state: string
}

const remembered = z.object({ path: z.string(), state: z.string(), sha256: z.string() })

/** A file changed less than this long ago may change again within the same tick of the file system's clock. */
const SETTLED_MS = 2_000

/**
 * Identifies a local file by its content. The digest is remembered in the file `memory`, and used again as long as
 * the file system says that nothing changed: the time of status change cannot be set back by programs, so a file
 * that was replaced or edited is noticed even where its size and modification time were preserved.
 * @throws DownloadError when there is no such file.
 */
export async function identifyFile(path: string, memory: string, signal?: AbortSignal): Promise<FileIdentity> {
  const state = await fileState(path)
  const known = await recall(memory)
  if (known?.path === resolve(path) && known.state === state) return { sha256: known.sha256, state }
  const sha256 = await digest(path, signal)
  const identity = { sha256, state }
  if ((await isSettled(path)) && (await fileState(path)) === state) await remember(memory, resolve(path), identity)
  return identity
}

/** What the file system says of a file: different after every change. */
export async function fileState(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
    throw new DownloadError('not_found', `There is no file ${path}; set source to the collection's CSV file.`)
  })
  if (!found.isFile()) throw new DownloadError('bad_source', `${path} is no file; set source to a CSV file.`)
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(':')
}

async function isSettled(path: string): Promise<boolean> {
  const { ctimeMs } = await stat(path)
  return Date.now() - ctimeMs > SETTLED_MS
}

async function digest(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, signal ? { signal } : {})
  return hash.digest('hex')
}

async function recall(memory: string): Promise<z.infer<typeof remembered> | undefined> {
  try {
    return remembered.parse(JSON.parse(await readFile(memory, 'utf8')))
  } catch {
    return undefined
  }
}

async function remember(memory: string, path: string, identity: FileIdentity): Promise<void> {
  // A workspace that doesn't exist yet is not made by asking what would be done in it.
  if (!(await stat(dirname(dirname(memory))).catch(() => undefined))) return
  await mkdir(dirname(memory), { recursive: true })
  await writeFile(`${memory}.partial`, JSON.stringify({ path, ...identity }))
  await rename(`${memory}.partial`, memory)
}
