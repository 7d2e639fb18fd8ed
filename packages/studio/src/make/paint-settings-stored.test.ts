// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { paintRequestSchema } from '../api/job-request.ts'
import { MOST_PICTURES, type PaintSettings, paintSettings, settingsRequest } from './paint-settings.ts'

const INITIAL = { shape: 'square', count: 4, negativePrompt: '', seed: '', steps: '' }

/** Another tab of the studio, perhaps of an older version, has written settings. */
const written = (value: unknown): PaintSettings => {
  window.dispatchEvent(
    new StorageEvent('storage', {
      key: 'promptloom.paint',
      newValue: typeof value === 'string' ? value : JSON.stringify(value),
    }),
  )
  return paintSettings.value
}

afterEach(() => {
  paintSettings.value = INITIAL as PaintSettings
  localStorage.clear()
})

describe('settings that were kept', () => {
  it('are those of the other tab', () => {
    const other = { shape: 'portrait', count: 2, negativePrompt: 'fog', seed: '7', steps: '20' }
    expect(written(other)).toEqual(other)
  })

  it.each([
    ['no JSON', '{'],
    ['nothing', null],
    ['a list', []],
    ['a shape that there is none of', { ...INITIAL, shape: 'round' }],
    ['a shape by the name of what every object has', { ...INITIAL, shape: 'toString' }],
    ['a count in words', { ...INITIAL, count: 'four' }],
    ['no pictures', { ...INITIAL, count: 0 }],
    ['half a picture', { ...INITIAL, count: 1.5 }],
    ['more pictures than a job makes', { ...INITIAL, count: MOST_PICTURES + 1 }],
    ['those of a page that knew no negative prompt', { shape: 'square', count: 2 }],
    ['a seed that is a number', { ...INITIAL, seed: 42 }],
  ])('give way to the first ones where they are %s', (_, value) => {
    expect(written(value)).toEqual(INITIAL)
  })

  it('always make a request, whatever was kept', () => {
    const kept = fc.record(
      {
        shape: fc.constantFrom('square', 'portrait', 'landscape', 'constructor', '__proto__', ''),
        count: fc.oneof(fc.integer({ min: -2, max: 40 }), fc.double(), fc.string()),
        negativePrompt: fc.oneof(fc.string(), fc.constant(null)),
        seed: fc.oneof(fc.stringMatching(/^\d{0,8}$/), fc.constant(['1'])),
        steps: fc.constantFrom('', '1', '30', 'x', '1000'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(kept, (value) => {
        const request = { ...settingsRequest(written(value)), prompt: 'a cat' }
        expect(paintRequestSchema.safeParse(request).error).toBeUndefined()
      }),
    )
  })
})
