import { readFile, stat } from 'node:fs/promises'
import { UserError } from '@promptloom/runner/errors'

/** Bytes of a file that can still be a picture, what `fetch-images` takes by default; larger ones are not read. */
const MOST_BYTES = 20 * 1024 * 1024

/** Whether there is a file at a path; a folder is none. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  )
}

/**
 * A picture's file that a user named.
 * @throws UserError for a file that is not there, too large, or cannot be read
 */
export async function readPictureFile(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined)
  if (!info?.isFile()) throw new UserError(`There is no file ${path}; give the file of a picture.`)
  if (info.size > MOST_BYTES) {
    throw new UserError(`${path} has ${info.size} bytes; pictures of up to ${MOST_BYTES} are read.`)
  }
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${cause.code}); check the rights of the file.`, { cause })
  })
}
