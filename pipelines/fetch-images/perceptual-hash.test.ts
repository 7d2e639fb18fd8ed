import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Pixels, perceptualHash } from './perceptual-hash.ts'

/** A picture whose brightness follows `shade`, from 0 to 1 across and down. */
function pictureOf(shade: (x: number, y: number) => number, width = 64, height = 64, channels = 3): Pixels {
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = Math.max(0, Math.min(255, Math.round(shade(x / width, y / height))))
      for (let channel = 0; channel < channels; channel++) {
        const alpha = channels % 2 === 0 && channel === channels - 1
        data[(y * width + x) * channels + channel] = alpha ? 255 : value
      }
    }
  }
  return { data, width, height, channels }
}
const distance = (a: string, b: string) => {
  let bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
  let count = 0
  for (; bits > 0n; bits >>= 1n) count += Number(bits & 1n)
  return count
}
const waves = (x: number, y: number) =>
  128 + 60 * Math.sin(9 * x + 2) + 50 * Math.cos(7 * y) + 30 * Math.sin(5 * (x + y))

describe('the hash of a picture', () => {
  test('is sixteen digits, whatever the picture', () => {
    const size = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(size, size, fc.constantFrom(1, 2, 3, 4), fc.nat(), (width, height, channels, seed) => {
        const data = Uint8Array.from(
          { length: width * height * channels },
          (_, at) => (at * 2_654_435_761 + seed) >>> 24,
        )
        expect(perceptualHash({ data, width, height, channels })).toMatch(/^[0-9a-f]{16}$/)
      }),
    )
  })

  test.each([
    ['twice as large', pictureOf(waves, 128, 128)],
    ['stretched', pictureOf(waves, 200, 64)],
    ['in grey', pictureOf(waves, 64, 64, 1)],
    ['in grey with transparency', pictureOf(waves, 64, 64, 2)],
    ['with transparency', pictureOf(waves, 64, 64, 4)],
    ['brighter', pictureOf((x, y) => waves(x, y) * 0.9 + 20)],
    ['with noise', pictureOf((x, y) => waves(x, y) + 6 * Math.sin(9999 * x * y))],
  ])('is nearly the same %s', (_, picture) => {
    expect(distance(perceptualHash(picture), perceptualHash(pictureOf(waves)))).toBeLessThanOrEqual(6)
  })

  test.each([
    ['mirrored', pictureOf((x, y) => waves(1 - x, y))],
    ['upside down', pictureOf((x, y) => waves(x, 1 - y))],
    ['turned', pictureOf((x, y) => waves(y, x))],
    ['something else', pictureOf((x, y) => 128 + 100 * Math.sin(20 * x * y + 1))],
  ])('is another %s', (_, picture) => {
    expect(distance(perceptualHash(picture), perceptualHash(pictureOf(waves)))).toBeGreaterThan(8)
  })

  test('depends on the picture alone', () => {
    const picture = pictureOf(waves)
    expect(perceptualHash(picture)).toBe(perceptualHash({ ...picture, data: Uint8Array.from(picture.data) }))
  })
})
