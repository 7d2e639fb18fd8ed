import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackEnd, PaintRequest } from '@promptloom/generate/back-end'
import type { RefineRequest, Refiner } from '@promptloom/refine/refiner'
import sharp from 'sharp'
import { generatedId, refinedId } from '../inbox-row.ts'
import type { Examine } from '../row-shard.ts'
import type { QueueMakers, QueueParts, QueueResult } from './makers.ts'

/** How the makers of the double behave. */
export interface QueueDoubleOptions {
  /** Told of every call before it is answered. */
  readonly onCall: (call: string) => void
  /** Throws what a refiner or painter would. */
  readonly refine?: (request: RefineRequest) => void
  readonly paint?: (request: PaintRequest) => void
  readonly retrieve?: (prompt: string) => void
  readonly opened?: (spent: { readonly tokens: number; readonly cost: number }) => void
  readonly recipe?: { readonly refine: string; readonly paint: string }
  readonly delayMs?: number
}

/** Makers that answer at once and the same each time, and count what they are asked. */
export function queueDouble(options: QueueDoubleOptions): QueueParts {
  const { onCall, refine, paint, retrieve, opened, delayMs = 0 } = options
  const refiner: Refiner = {
    describe: () => ({ kind: 'llm', label: 'a model for tests' }),
    async refine(request) {
      onCall(`refine ${request.prompt}`)
      await sleep(delayMs)
      refine?.(request)
      const variants = Array.from({ length: request.variants ?? 1 }, (_, at) => ({
        prompt: `${request.prompt}, better ${at}`,
        reason: `for test ${at}`,
        neighbours: request.neighbours.map(({ id }) => id),
      }))
      const usage = { calls: 1, inputTokens: 10, outputTokens: 5, cost: 0.25, estimated: false }
      return { refiner: refiner.describe() as never, variants, usage, repaired: false }
    },
  }
  const painter: BackEnd = {
    describe: () => ({ kind: 'double', label: 'a painter for tests', standIn: true }),
    async generate(request) {
      onCall(`paint ${request.prompt} ${request.seed}`)
      await sleep(delayMs)
      paint?.(request)
      const bytes = await pictureOf(`${request.prompt} ${request.seed}`)
      const parameters = { prompt: request.prompt, negativePrompt: '', seed: request.seed ?? null, ...unknown }
      return [{ bytes, mediaType: 'image/png', width: 8, height: 8, parameters }]
    },
  }
  const makers: QueueMakers = {
    refiner,
    painter,
    async retrieve(prompt) {
      retrieve?.(prompt)
      return [{ id: 'near', prompt: 'a near prompt', similarity: 0.5 }]
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
  return {
    recipe: async () => options.recipe ?? { refine: 'model 1', paint: 'painter 1' },
    async open(spent) {
      opened?.(spent)
      return makers
    },
    rowsOf,
  }
}

const unknown = { steps: null, sampler: null, cfg: null, model: null }

/** The rows that a result becomes, as the loop makes them. */
function rowsOf({ refined, picture, parameters }: QueueResult) {
  const { prompt, asked, parents } = refined
  const id = refinedId(prompt, parents)
  const improved = { row: { id, prompt, origin: 'refined' as const, parents: [...parents], lineage: { asked } } }
  if (!picture) return [improved]
  const lineage = { asked, parameters: { ...parameters } }
  return [
    improved,
    { row: { id: generatedId(picture), prompt, origin: 'generated' as const, parents: [id], lineage }, picture },
  ]
}

/** A small picture that differs for every text. */
function pictureOf(text: string): Promise<Buffer> {
  const pixels = Buffer.alloc(8 * 8 * 3)
  for (let at = 0; at < pixels.length; at++) pixels[at] = (text.charCodeAt(at % text.length) * (at + 1)) % 256
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer()
}

/** Takes every picture as it is: the rules of pictures are tested elsewhere. */
export const takeAll: Examine = async (bytes) => ({
  picture: {
    ...{ format: 'png', stored_format: 'png', width: 8, height: 8, stored_width: 8, stored_height: 8 },
    ...{ orientation: 0, frames: 1, alpha: false, space: 'srgb', icc: false, phash: '0'.repeat(16), stored: bytes },
  },
})

/** Options of the stage in tests. */
export const PICTURE_RULES = { store: 'original', quality: 85, maxSide: 64, minSide: 8, maxPixels: 10_000 } as const

/** Writes every call down where a killed process leaves it. */
export function callLog(path: string): (call: string) => void {
  return (call) => appendFileSync(path, `${call}\n`)
}
