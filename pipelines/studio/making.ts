import type { BackEnd, Picture, Progress } from '@promptloom/generate/back-end'
import type { Neighbour, Variant as RefinedVariant, Refiner } from '@promptloom/refine/refiner'
import type { JobPicture, Variant } from '@promptloom/studio/api/job'
import { paintRequestSchema, refineRequestSchema } from '@promptloom/studio/api/job-request'
import type { JobWork } from './job-board.ts'

/** Seeds are 32 bits wide, as painting programs have them. */
const SEEDS = 2 ** 32

/** What is searched for before a prompt is refined. */
export interface NeighbourQuestion {
  readonly prompt: string
  /** Rows to draw on, in place of the nearest ones. */
  readonly neighbours?: readonly string[] | undefined
  /** Id of a row whose picture is searched with, beside the words. */
  readonly like?: string | undefined
}

/** What improving prompts needs. */
export interface RefiningParts {
  readonly refiner: Refiner
  readonly retrieve: (question: NeighbourQuestion, signal: AbortSignal) => Promise<readonly Neighbour[]>
}

/**
 * Improves a prompt. Tried again, it keeps the variants that were answered and asks for the rest alone; a refiner that
 * costs nothing is asked anew, because its first answer to the same question is always the same.
 */
export function refineWork({ refiner, retrieve }: RefiningParts): JobWork {
  return async ({ job, signal, emit }) => {
    const { prompt, neighbours: ids, like, variants, seed } = refineRequestSchema.parse(job.request)
    const free = refiner.describe().kind === 'offline'
    const had = free ? [] : job.variants
    if (had.length >= variants) return {}
    const neighbours =
      job.neighbours.length > 0 ? job.neighbours : await retrieve({ prompt, neighbours: ids, like }, signal)
    emit({
      type: 'neighbours',
      neighbours: neighbours.map(({ id, prompt, similarity }) => ({ id, prompt, similarity })),
    })
    emit({ type: 'progress', fraction: null, state: 'writing' })
    const request = {
      prompt,
      neighbours,
      variants: variants - had.length,
      ...(seed === undefined ? {} : { seed: seed + had.length }),
    }
    const told: Variant[] = []
    const tell = (given: RefinedVariant, at: number) => {
      const variant = plainVariant(given)
      if (JSON.stringify(told[at]) === JSON.stringify(variant)) return
      told[at] = variant
      emit({ type: 'variant', position: had.length + at, variant })
    }
    const result = await refiner.refine(request, { signal, onVariant: tell })
    // What was told on the way is a preview; the answer is what counts, and it must be on the disk before the end.
    result.variants.forEach(tell)
    const found = result.variants.map(plainVariant)
    return { variants: [...had, ...found.filter(({ prompt }) => had.every((one) => one.prompt !== prompt))] }
  }
}

function plainVariant({ prompt, reason, neighbours }: RefinedVariant): Variant {
  return { prompt, reason, neighbours: [...neighbours] }
}

/**
 * Paints pictures, one after the other, so that a painter that tries again after a failure asks for that one alone.
 * Tried again, the job paints those that are missing, with the seeds that they would have had.
 */
export function paintWork(painter: BackEnd): JobWork {
  return async ({ job, signal, emit, savePicture }) => {
    const { count, seed, parents: _, refined: __, ...what } = paintRequestSchema.parse(job.request)
    const request = Object.fromEntries(Object.entries(what).filter(([, value]) => value !== undefined))
    const had = new Set(job.pictures.map(({ position }) => position))
    for (let position = 0; position < count; position++) {
      if (had.has(position)) continue
      const onProgress = ({ fraction, state }: Progress) => {
        const words =
          count > 1 ? `picture ${position + 1} of ${count}: ${state.replace(/^picture 1 of 1 /, '')}` : state
        emit({ type: 'progress', fraction: (position + (fraction ?? 0)) / count, state: words })
      }
      const [picture] = await painter.generate(
        {
          ...request,
          prompt: what.prompt,
          count: 1,
          ...(seed === undefined ? {} : { seed: (seed + position) % SEEDS }),
        },
        { signal, onProgress },
      )
      if (!picture) throw new Error(`The painter ${painter.describe().label} ended without a picture.`)
      await savePicture(position, picture.bytes)
      emit({ type: 'picture', picture: jobPicture(picture, position) })
    }
    return {}
  }
}

function jobPicture({ width, height, mediaType, parameters }: Picture, position: number): JobPicture {
  const { prompt, negativePrompt, seed, steps, sampler, cfg, model } = parameters
  return { position, width, height, mediaType, prompt, negativePrompt, seed, steps, sampler, cfg, model }
}
