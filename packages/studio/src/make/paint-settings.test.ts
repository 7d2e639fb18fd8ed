// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { paintRequestSchema } from '../api/job-request.ts'
import { type PaintSettings, paintSettings, settingsRequest } from './paint-settings.ts'

const settings: PaintSettings = { shape: 'portrait', count: 2, negativePrompt: ' blurry ', seed: '42', steps: '30' }

describe('settingsRequest', () => {
  it('makes a request that the server takes', () => {
    const request = { ...settingsRequest(settings), prompt: 'a cat' }
    expect(paintRequestSchema.parse(request)).toEqual({
      prompt: 'a cat',
      count: 2,
      width: 512,
      height: 768,
      negativePrompt: 'blurry',
      seed: 42,
      steps: 30,
      parents: [],
    })
  })

  it.each(['', 'random', '-1', '1.5', '99999999999'])('leaves a seed of %j to the painter', (seed) => {
    expect(settingsRequest({ ...settings, seed, steps: '', negativePrompt: ' ' })).toEqual({
      count: 2,
      width: 512,
      height: 768,
    })
  })

  it('begins with four square pictures', () => {
    expect(settingsRequest(paintSettings.value)).toEqual({ count: 4, width: 512, height: 512 })
  })
})
