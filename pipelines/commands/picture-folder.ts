import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { UserError } from '@promptloom/runner/errors'

/** Endings of the files that every command takes for pictures, in lower case and without the dot. */
const ENDINGS: readonly string[] = ['jpg', 'jpeg', 'png', 'webp']

/**
 * Paths of the files in a folder that are pictures by the ending of their names, sorted by name. Rejects with the
 * system's error where the folder can't be read.
 */
export async function pictureFiles(folder: string, endings = ENDINGS): Promise<string[]> {
  const isPicture = (name: string) => endings.includes(extname(name).slice(1).toLowerCase())
  return (await readdir(folder))
    .filter(isPicture)
    .sort()
    .map((name) => join(folder, name))
}

/**
 * Paths of the pictures (JPEG, PNG, WebP, by their names) in a folder that a user has named, sorted by name.
 * @throws UserError when the folder can't be read or has none.
 */
export async function picturePaths(folder: string): Promise<string[]> {
  const pictures = await pictureFiles(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`The folder of pictures ${folder} can't be read (${error.code}); give another one.`)
  })
  if (pictures.length === 0)
    throw new UserError(`There are no pictures in ${folder}; name a folder of JPEG, PNG or WebP files.`)
  return pictures
}
