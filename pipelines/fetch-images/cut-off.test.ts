import { beforeAll, describe, expect, it } from 'vitest'
import { isCutOff } from './format.ts'
import { pictureSamples } from './picture-samples.double.ts'

let samples: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  samples = await pictureSamples()
})
const sample = (name: string) => samples[name] as Buffer

describe('isCutOff', () => {
  it.each([
    ['ok.jpg', 'jpeg'],
    ['junk-at-end.jpg', 'jpeg'],
    ['corrupt.jpg', 'jpeg'],
    ['ok.png', 'png'],
    ['corrupt.png', 'png'],
    ['ok.webp', 'webp'],
    ['ok.gif', 'gif'],
    ['moving.gif', 'gif'],
  ] as const)('finds the end of %s', (name, format) => expect(isCutOff(format, sample(name))).toBe(false))

  it.each(['gif', 'png'] as const)('misses the end in every beginning of a %s', (format) => {
    const whole = sample(`ok.${format}`)
    const wrong = Array.from({ length: whole.length - 12 }, (_, at) => at).filter(
      (length) => !isCutOff(format, whole.subarray(0, length)),
    )
    expect(wrong).toEqual([])
  })

  it('takes a GIF with a block of no known kind for damaged, not cut off', () => {
    const gif = Buffer.from(sample('ok.gif'))
    gif[13 + 3 * 2 ** (((gif[10] as number) & 7) + 1)] = 0x77
    expect(isCutOff('gif', gif)).toBe(false)
  })
})
