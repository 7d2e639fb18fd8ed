import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { UserError } from '@promptloom/runner/errors'

const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif'])
/** More than so many pictures change a rate little. */
const MOST = 1_000

/**
 * The pictures that lie in a folder itself, by their names' order, at most a thousand; undefined where no folder is
 * named.
 * @throws UserError for a folder that is not there or holds none.
 */
export async function picturesIn(folder: string | undefined): Promise<Uint8Array[] | undefined> {
  if (folder === undefined) return undefined
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`--unrelated is "${folder}", which is no folder that can be read; name one with pictures.`, {
      cause,
    })
  })
  const pictures = names.filter((name) => PICTURES.has(extname(name).toLowerCase())).sort()
  if (pictures.length > 0) return Promise.all(pictures.slice(0, MOST).map((name) => readFile(join(folder, name))))
  const expected = [...PICTURES].map((ending) => ending.slice(1)).join(', ')
  throw new UserError(`--unrelated: the folder "${folder}" holds no picture; expected are ${expected}.`)
}
