import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Ending of everything that is not finished; such files are swept away when a stage starts. */
export const PARTIAL = '.partial'

/** Writes a file so that after a crash either all of it is there or nothing: flushed, then renamed, then the folder. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}${PARTIAL}`
  const file = await open(partial, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(partial, path)
  await flush(dirname(path))
}

/** Asks the operating system to put a file's bytes, or a folder's entries, on the disk now. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Deletes a file and makes the deletion durable; a file that isn't there is no error. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await flush(dirname(path))
}

/** SHA-256 (lower-case hex) and size of a file, read as a stream. */
export async function digestFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { sha256: hash.digest('hex'), bytes }
}
