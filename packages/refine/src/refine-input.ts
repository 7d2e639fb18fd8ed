import type { RefineRequest } from './refiner.ts'

/** A request, an option or an instruction file that can't be used: the user's mistake. */
export class RefineInputError extends Error {
  override readonly name = 'RefineInputError'
  readonly exitCode = 2
}

/** Variants wanted where a request does not say. */
export const DEFAULT_VARIANTS = 3

/** Most variants that one request may ask for. */
export const MOST_VARIANTS = 50

/** Longest prompt that is refined, in characters. */
const LONGEST_PROMPT = 10_000

/** A request with nothing left open. */
export type CheckedRequest = RefineRequest & { readonly variants: number }

/**
 * Fills the defaults in and checks the rest.
 *
 * @throws RefineInputError that names the value
 */
export function checkRequest(request: RefineRequest): CheckedRequest {
  const variants = request.variants ?? DEFAULT_VARIANTS
  if (request.prompt.trim() === '') throw new RefineInputError('The prompt to refine is empty; write one.')
  if (request.prompt.length > LONGEST_PROMPT)
    throw new RefineInputError(
      `The prompt to refine has ${request.prompt.length} characters; shorten it to ${LONGEST_PROMPT} or fewer.`,
    )
  if (!Number.isInteger(variants) || variants < 1 || variants > MOST_VARIANTS)
    throw new RefineInputError(`${variants} variants can't be made; ask for 1 to ${MOST_VARIANTS}.`)
  if (request.seed !== undefined && !Number.isSafeInteger(request.seed))
    throw new RefineInputError(`The seed ${request.seed} is not an integer; give one, or none.`)
  return { ...request, variants }
}
