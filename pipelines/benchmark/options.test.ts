import { describe, expect, it } from 'vitest'
import { benchmarkOptions, measureOptions, speedOptions } from './options.ts'
import { TRACK_NAMES, tracks } from './track.ts'

describe('options of the benchmark', () => {
  it('need nothing', () => {
    expect(measureOptions.parse({})).toEqual({
      queries: 1000,
      seed: 'promptloom',
      sweep: 'quick',
      tolerance: 1e-6,
      targetRecall: 0.99,
      lifecycleRows: 0,
      calibrate: true,
      repeat: 'changed',
      keep: 30,
    })
  })

  it.each([
    [{ queries: 0 }],
    [{ queries: 100_001 }],
    [{ seed: '' }],
    [{ tracks: [] }],
    [{ tracks: ['text-to-music'] }],
    [{ questions: '' }],
    [{ sweep: 'half' }],
    [{ k: [] }],
    [{ k: [0] }],
    [{ k: [1001] }],
    [{ efforts: [-1] }],
    [{ clients: [257] }],
    [{ filters: [0] }],
    [{ filters: [1] }],
    [{ cellSeconds: 0 }],
    [{ tolerance: 0.2 }],
    [{ targetRecall: 0 }],
    [{ targetRecall: 1.01 }],
    [{ lifecycleRows: -5 }],
    [{ repeat: 'never' }],
    [{ keep: 0 }],
    [{ querys: 10 }],
  ])('%j is refused', (options) => {
    expect(measureOptions.safeParse(options).success).toBe(false)
  })

  it('say of every key what it means, with its default', () => {
    for (const [key, schema] of Object.entries(measureOptions.shape)) {
      expect(schema.description, key).toMatch(/Default[: ]|default/)
    }
  })

  it('that only concern speed and place are options', () => {
    expect(speedOptions.filter((key) => !(key in benchmarkOptions.shape))).toEqual([])
  })
})

describe('tracks', () => {
  it('have each name once, made of what is asked with and what is searched', () => {
    expect(tracks.map(({ name }) => name)).toEqual([...TRACK_NAMES])
    for (const { name, from, to } of tracks) expect(name).toBe(`${from}-to-${to}`)
  })

  it('are out of distribution where the vectors are of another kind than the rows', () => {
    const far = tracks.filter(({ outOfDistribution }) => outOfDistribution).map(({ name }) => name)
    expect(far).toEqual(['text-to-image', 'image-to-text', 'questions-to-image'])
  })
})
