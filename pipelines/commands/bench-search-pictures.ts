import { readFile } from 'node:fs/promises'
import { UserError } from '@promptloom/runner/errors'
import { pictureFiles } from './picture-folder.ts'

const ENDINGS = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'avif']
/** More than so many pictures change a rate little. */
const MOST = 1_000

/**
 * The pictures that lie in a folder itself, by their names' order, at most a thousand; undefined where no folder is
 * named.
 * @throws UserError for a folder that is not there or holds none.
 */
export async function picturesIn(folder: string | undefined): Promise<Uint8Array[] | undefined> {
  if (folder === undefined) return undefined
  const pictures = await pictureFiles(folder, ENDINGS).catch((cause: unknown) => {
    throw new UserError(`--unrelated is "${folder}", which is no folder that can be read; name one with pictures.`, {
      cause,
    })
  })
  if (pictures.length > 0) return Promise.all(pictures.slice(0, MOST).map((path) => readFile(path)))
  throw new UserError(`--unrelated: the folder "${folder}" holds no picture; expected are ${ENDINGS.join(', ')}.`)
}
