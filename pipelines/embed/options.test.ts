import { describe, expect, it } from 'vitest'
import { embedOptions, speedOptions } from './options.ts'

describe('options of embed', () => {
  it('need the model alone', () => {
    expect(embedOptions.parse({ model: 'models/clip' })).toEqual({
      model: 'models/clip',
      device: 'auto',
      precision: 'auto',
      overlong: 'truncate',
    })
  })

  it.each([
    [{}],
    [{ model: '' }],
    [{ model: 'm', device: 'gpu' }],
    [{ model: 'm', precision: 'fp8' }],
    [{ model: 'm', overlong: 'drop' }],
    [{ model: 'm', gpus: [] }],
    [{ model: 'm', gpus: [-1] }],
    [{ model: 'm', batch: 0 }],
    [{ model: 'm', batch: 4097 }],
    [{ model: 'm', workers: 257 }],
    [{ model: 'm', batchSize: 32 }],
  ])('%j is refused', (options) => {
    expect(embedOptions.safeParse(options).success).toBe(false)
  })

  it('say of every key what it means, with its default', () => {
    for (const [key, schema] of Object.entries(embedOptions.shape)) {
      expect(schema.description, key).toMatch(/[Dd]efault/)
    }
  })

  it('redo nothing but for the treatment of long prompts: all else stands in the model’s digest', () => {
    const keys = Object.keys(embedOptions.shape)
    expect(keys.filter((key) => !speedOptions.some((one) => one === key))).toEqual(['overlong'])
    expect(speedOptions.filter((key) => !keys.includes(key))).toEqual([])
  })
})
