import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '@promptloom/runner/errors'

/**
 * Paths of the pictures (JPEG, PNG, WebP, by their names) in a folder that a user has named, sorted by name.
 * @throws UserError when the folder can't be read or has none.
 */
export async function picturePaths(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`The folder of pictures ${folder} can't be read (${error.code}); give another one.`)
  })
  const pictures = names.filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort()
  if (pictures.length === 0)
    throw new UserError(`There are no pictures in ${folder}; name a folder of JPEG, PNG or WebP files.`)
  return pictures.map((name) => join(folder, name))
}
