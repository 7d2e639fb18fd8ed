import { randomInt } from 'node:crypto'
import type { PaintRequest } from './back-end.ts'
import { GeneratorError } from './generator-error.ts'

const SEEDS = 2 ** 32
const MOST_PICTURES = 100
const LONGEST_PROMPT = 20_000
const LARGEST_SIDE = 16_384

/** A request with its count and seed settled. */
export type CheckedPaintRequest = PaintRequest & { readonly count: number; readonly seed: number }

/**
 * Fills the defaults in (one picture, a random seed) and checks the rest.
 *
 * @throws GeneratorError `generator_invalid` that names the value
 */
export function checkPaintRequest(request: PaintRequest): CheckedPaintRequest {
  if (request.prompt.trim() === '') throw invalid('The prompt to paint is empty; write one.')
  if (request.prompt.length > LONGEST_PROMPT)
    throw invalid(`The prompt has ${request.prompt.length} characters; shorten it to ${LONGEST_PROMPT} or fewer.`)
  const { count = 1, seed = randomInt(SEEDS) } = request
  requireWhole('number of pictures', count, 1, MOST_PICTURES)
  requireWhole('seed', seed, 0, SEEDS - 1)
  requireWhole('width', request.width ?? 512, 16, LARGEST_SIDE)
  requireWhole('height', request.height ?? 512, 16, LARGEST_SIDE)
  requireWhole('number of steps', request.steps ?? 20, 1, 1000)
  if (request.cfg !== undefined && !(request.cfg >= 0 && request.cfg <= 100))
    throw invalid(`The guidance scale is ${request.cfg}; give a number from 0 to 100.`)
  return { ...request, count, seed }
}

/** The seed of the picture at a position. */
export function seedAt(seed: number, position: number): number {
  return (seed + position) % SEEDS
}

function requireWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw invalid(`The ${what} is ${value}; give a whole number from ${least} to ${most}.`)
}

function invalid(message: string): GeneratorError {
  return new GeneratorError('generator_invalid', message)
}
