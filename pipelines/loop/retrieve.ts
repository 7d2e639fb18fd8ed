import type { Neighbour } from '@promptloom/refine/refiner'
import { UserError } from '@promptloom/runner/errors'
import { TEXT_LIMIT } from '@promptloom/search/question'
import type { Searcher } from '@promptloom/search/searcher'
import { isFile, readPictureFile } from '../picture-file.ts'

/** Rows that a refiner is shown where nobody says how many. */
export const NEIGHBOURS = 12

/** What neighbours are looked for. */
export interface NeighbourQuestion {
  readonly prompt: string
  /** A picture to lean on: its bytes, or the id of a row. */
  readonly like?: Uint8Array | string | undefined
  /** Default `NEIGHBOURS`. */
  readonly count?: number
}

/**
 * The prompts nearest to a prompt, and to a picture where one is given; nearest first, near-duplicates once. The
 * cut-off is off: a prompt that nothing resembles still has its nearest, and the refiner is told how near they are.
 * @throws what `Searcher.ask` throws
 */
export async function retrieve(
  searcher: Searcher,
  { prompt, like, count = NEIGHBOURS }: NeighbourQuestion,
  signal?: AbortSignal,
): Promise<Neighbour[]> {
  const uploads = new Map(like instanceof Uint8Array ? [['picture', like] as const] : [])
  const picture = typeof like === 'string' ? [{ id: like }] : like ? [{ upload: 'picture' }] : []
  const terms = [{ text: prompt.slice(0, TEXT_LIMIT) }, ...picture]
  const { hits } = await searcher.ask(
    { find: 'prompts', terms, k: count, cutoff: false },
    { uploads, ...(signal ? { signal } : {}) },
  )
  return hits.flatMap(({ id, prompt, distance }) =>
    distance === null ? [] : [{ id, prompt, similarity: 1 - distance }],
  )
}

/**
 * What `--like` means: the bytes of a file, or else the id of a row.
 * @throws UserError for a file that is too large, and for a path that leads nowhere
 */
export async function likeOf(given: string): Promise<Uint8Array | string> {
  if (await isFile(given)) return readPictureFile(given)
  if (/[\\/]|\.(jpe?g|png|webp|gif|avif)$/i.test(given))
    throw new UserError(`There is no file ${given}; give a picture's file, or the id of a row.`)
  return given
}
