import type { PaintRequest } from '../api/job-request.ts'
import { storedSignal } from '../interface/stored-signal.ts'

/** How pictures are painted, as chosen; what is empty is left to the painter. */
export interface PaintSettings {
  readonly shape: keyof typeof SHAPES
  readonly count: number
  readonly negativePrompt: string
  readonly seed: string
  readonly steps: string
}

/** Width and height in pixels. */
export const SHAPES = {
  square: [512, 512],
  portrait: [512, 768],
  landscape: [768, 512],
} as const

/** Most pictures of one job. */
export const MOST_PICTURES = 8

const INITIAL: PaintSettings = { shape: 'square', count: 4, negativePrompt: '', seed: '', steps: '' }

/** The settings; they stay in this browser. */
export const paintSettings = storedSignal<PaintSettings>('paint', INITIAL, (value) => {
  const { shape = '', count = 0, ...texts } = (value ?? {}) as Partial<PaintSettings>
  const areTexts = [texts.negativePrompt, texts.seed, texts.steps].every((text) => typeof text === 'string')
  const isCount = Number.isInteger(count) && count >= 1 && count <= MOST_PICTURES
  return areTexts && isCount && Object.hasOwn(SHAPES, shape)
})

/** The part of a request that the settings say. */
export function settingsRequest(settings: PaintSettings): Omit<PaintRequest, 'prompt'> {
  const [width, height] = SHAPES[settings.shape]
  const seed = wholeOf(settings.seed)
  const steps = wholeOf(settings.steps)
  return {
    count: settings.count,
    width,
    height,
    ...(settings.negativePrompt.trim() ? { negativePrompt: settings.negativePrompt.trim() } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(steps === undefined ? {} : { steps }),
  }
}

function wholeOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text.trim()) ? Number(text) : undefined
}
