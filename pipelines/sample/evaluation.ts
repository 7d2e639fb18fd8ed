import { interpret } from '@promptloom/generate/sketch/interpretation'
import { paint } from '@promptloom/generate/sketch/paint'
import pLimit from 'p-limit'
import { type HeldOutPair, normalised, showsUnseenPair, unseenPairs } from './held-out.ts'

/** What an evaluation needs of a model: unit vectors, one a text or picture, in order. */
export interface DualEncoder {
  texts(texts: readonly string[]): Promise<readonly Float32Array[]>
  pictures(pictures: readonly Uint8Array[]): Promise<readonly Float32Array[]>
}

/** The model's figures on pairs that it was not trained on; shares from 0 to 1. */
export interface HeldOutFigures {
  readonly pairs: number
  /** Prompts whose own picture comes first among all pictures. */
  readonly recallAt1: number
  /** Prompts whose own picture is among the first ten. */
  readonly recallAt10: number
  /** Pairs of a subject and a style that training never showed together, and their recall@1 among all pictures. */
  readonly unseen: { readonly pairs: number; readonly recallAt1: number }
  /** Share of a picture's ten nearest other pictures that have its style; the mean over all pictures. */
  readonly stylePrecisionAt10: number
}

/** What the figures must reach. */
export const AIMS = { recallAt1: 0.6, recallAt10: 0.95, stylePrecisionAt10: 0.8 } as const

/**
 * Paints the pairs' pictures, embeds both sides and ranks them.
 *
 * Pictures of the same prompt (case, spaces and commas at the end aside) are equally right answers, so they can't
 * count against each other; when pictures of other prompts are exactly as near, they count as nearer. Among a
 * picture's neighbours, itself and other pictures of its prompt are left out.
 */
export async function evaluate(
  pairs: readonly HeldOutPair[],
  encoder: DualEncoder,
  onPainted?: (done: number) => void,
): Promise<HeldOutFigures> {
  const limit = pLimit(4)
  let done = 0
  const painted = await Promise.all(
    pairs.map((pair) =>
      limit(async () => {
        const { bytes, scene } = await paint({ ...pair, format: 'jpeg' })
        done++
        onPainted?.(done)
        return { bytes, style: scene.style }
      }),
    ),
  )
  const pictures = await encoder.pictures(painted.map(({ bytes }) => bytes))
  const texts = await encoder.texts(pairs.map(({ prompt }) => prompt))
  const prompts = pairs.map(({ prompt }) => normalised(prompt))
  const ranks = texts.map((text, at) => rank(scores(text, pictures), (other) => prompts[other] === prompts[at]))
  const unseen = unseenPairs()
  const isUnseen = pairs.map(({ prompt }) => showsUnseenPair(interpret(prompt), unseen))
  const precision = pictures.map((picture, at) => {
    const nearest = scores(picture, pictures)
      .map((score, other) => ({ score, other }))
      .filter(({ other }) => prompts[other] !== prompts[at])
      .sort((a, b) => b.score - a.score)
      .slice(0, 10)
    return nearest.filter(({ other }) => painted[other]?.style === painted[at]?.style).length / nearest.length
  })
  return {
    pairs: pairs.length,
    recallAt1: share(ranks.map((one) => one < 1)),
    recallAt10: share(ranks.map((one) => one < 10)),
    unseen: {
      pairs: isUnseen.filter(Boolean).length,
      recallAt1: share(ranks.filter((_, at) => isUnseen[at]).map((one) => one < 1)),
    },
    stylePrecisionAt10: precision.reduce((sum, value) => sum + value, 0) / precision.length,
  }
}

/** Figures that miss their aim, by name. */
export function missedAims(figures: HeldOutFigures): readonly (keyof typeof AIMS)[] {
  return (Object.keys(AIMS) as (keyof typeof AIMS)[]).filter((name) => !(figures[name] >= AIMS[name]))
}

/** How many wrong answers score at least as high as the best right one. */
export function rank(scores: readonly number[], isRight: (at: number) => boolean): number {
  const best = Math.max(...scores.filter((_, at) => isRight(at)))
  return scores.filter((score, at) => !isRight(at) && score >= best).length
}

function scores(vector: Float32Array, others: readonly Float32Array[]): number[] {
  return others.map((other) => other.reduce((sum, value, at) => sum + value * (vector[at] as number), 0))
}

function share(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length
}
