import { type Interpretation, interpret } from '@promptloom/generate/sketch/interpretation'
import { randomFor } from '@promptloom/generate/sketch/random'
import { STYLES, SUBJECTS } from '@promptloom/generate/sketch/vocabulary'
import { drawWish, writePrompt } from './prompt-writer.ts'

/** One pair that the sample model has never seen: the prompt, and what to paint its picture with. */
export interface HeldOutPair {
  readonly prompt: string
  readonly seed: number
  readonly width: number
  readonly height: number
}

/** Sizes that pictures are trained and tested with. */
export const TRAINING_SIZES = ['384x384', '384x384', '384x576', '576x384', '512x512', '512x768', '256x256'] as const

const UNSEEN = 24

/**
 * Subject and style pairs, as `subject|style`, that no training picture and no training prompt shows together. The
 * style that is painted when none is named is not among them.
 */
export function unseenPairs(): ReadonlySet<string> {
  const random = randomFor('held-out:pairs')
  const styles = Object.keys(STYLES).filter((style) => style !== 'illustration')
  const pairs = new Set<string>()
  while (pairs.size < UNSEEN) pairs.add(`${random.pick(Object.keys(SUBJECTS))}|${random.pick(styles)}`)
  return pairs
}

/** Whether the prompt names a subject and a style that are held out together. */
export function showsUnseenPair({ concepts }: Interpretation, unseen: ReadonlySet<string>): boolean {
  return concepts.subject.some((subject) => concepts.style.some((style) => unseen.has(`${subject}|${style}`)))
}

/**
 * The held-out pairs: 580 drawn as the collection's prompts are, but all naming subject, setting and style; 96 of the
 * unseen combinations, four each; and 24 that repeat the prompt of another pair with another seed.
 */
export function heldOutPairs(): readonly HeldOutPair[] {
  const ordinary = Array.from({ length: 580 }, (_, index) => pairFor(`held-out:${index}`))
  const unseen = [...unseenPairs()].flatMap((pair) => {
    const [subject = '', style = ''] = pair.split('|')
    return Array.from({ length: 4 }, (_, index) => pairFor(`held-out:${pair}:${index}`, { subject, style }))
  })
  const repeated = ordinary.slice(0, 24).map((pair) => ({ ...pair, seed: (pair.seed + 1) % 2 ** 32 }))
  return [...ordinary, ...unseen, ...repeated]
}

function pairFor(name: string, fixed: { readonly subject?: string; readonly style?: string } = {}): HeldOutPair {
  const random = randomFor(name)
  const wish = { ...drawWish(random, ['subject', 'setting', 'style']), ...fixed }
  const [width = 0, height = 0] = random.pick(TRAINING_SIZES).split('x').map(Number)
  return { prompt: writePrompt(wish, random), seed: random.integer(0, 2 ** 32 - 1), width, height }
}

/** The prompt without what does not change its meaning: case, spaces and commas at the end. */
export function normalised(prompt: string): string {
  return prompt
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[\s,]+$/, '')
    .trim()
}

/** Whether two prompts name the same concepts first, so that either describes the other's picture. */
export function sameScene(one: string, other: string): boolean {
  const [a, b] = [interpret(one).concepts, interpret(other).concepts]
  return Object.keys(a).every((kind) => a[kind as keyof typeof a][0] === b[kind as keyof typeof b][0])
}
