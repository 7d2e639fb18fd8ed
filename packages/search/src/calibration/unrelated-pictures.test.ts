import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { shape, uppermost } from './flat-patterns.ts'
import { colour, mix, patternPictures, roughField, SIDE, several, shaded } from './pattern.ts'
import { seededRandom } from './random.ts'
import { unrelatedPictures } from './unrelated-pictures.ts'

describe('pictures that show nothing', () => {
  let all: Uint8Array[]
  beforeAll(async () => {
    all = await unrelatedPictures(29)
  })

  it('are PNG of one size, no two the same, and the same each time', async () => {
    const digests = all.map((bytes) => Buffer.from(bytes).toString('base64'))
    expect(new Set(digests).size).toBe(29)
    const again = await unrelatedPictures(3)
    expect(again.map((bytes) => Buffer.from(bytes).toString('base64'))).toEqual(digests.slice(0, 3))
    expect(await sharp(all[20]).metadata()).toMatchObject({ format: 'png', width: SIDE, height: SIDE })
  })

  it('show something of every kind: none is one flat colour', async () => {
    for (const [at, bytes] of all.entries()) {
      const { channels } = await sharp(bytes).stats()
      expect(Math.max(...channels.map(({ stdev }) => stdev)), `kind ${at % 28}`).toBeGreaterThan(2)
    }
  })

  it('come kind by kind, so that every second one leaves half of the kinds unseen', async () => {
    // Pictures 28 apart are of one kind, and 28 is even: noise is 0 and 28, a page and a table are next to each other.
    const bright = async (at: number) => (await sharp(all[at]).greyscale().stats()).channels[0]?.mean ?? 0
    for (const at of [10, 11]) expect(await bright(at)).toBeGreaterThan(180)
    for (const at of [0, 28]) expect(Math.abs((await bright(at)) - 127)).toBeLessThan(5)
  })
})

describe('what patterns are made of', () => {
  it('is cut to what a pixel can be', async () => {
    const [picture] = await patternPictures([() => (x) => [300, -5, x]], { count: 1, seed: 1 })
    const { data } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 6)]).toEqual([255, 0, 0, 255, 0, 1])
  })

  it('covers pixels with the first shape that reaches them', () => {
    const big = { ...shape(seededRandom(6), 40), x: 100, y: 100, round: true }
    const small = { ...big, x: 110, reach: 10, round: false }
    const seen = uppermost([small, big])
    expect(seen(105, 95)).toBe(small)
    expect([seen(70, 100), seen(121, 100)]).toEqual([big, big])
    // In the corner of the box around the disc, there is nothing.
    expect([seen(62, 62), seen(200, 200)]).toEqual([undefined, undefined])
    expect(uppermost([{ ...big, x: -20, y: 250 }])(5, 255)).toMatchObject({ reach: 40 })
  })

  it('mixes and shades colours in proportion', () => {
    expect(mix([0, 100, 200], [100, 0, 200], 0.25)).toEqual([25, 75, 200])
    expect(shaded([10, 20, 30], 0.5)).toEqual([5, 10, 15])
    for (const value of colour(seededRandom(3))) expect(value >= 0 && value <= 255).toBe(true)
  })

  it('draws numbers between the bounds', () => {
    const drawn = several(seededRandom(4), 500, [-3, 7])
    expect(drawn).toHaveLength(500)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(-3)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(7)
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(9)
  })

  it('is rough without a jump: neighbours differ little, the whole much', () => {
    const field = roughField(seededRandom(5))
    const line = Array.from({ length: SIDE }, (_, x) => field(x, 100))
    expect(Math.min(...line)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...line)).toBeLessThanOrEqual(1)
    const steps = line.slice(1).map((value, at) => Math.abs(value - (line[at] as number)))
    expect(Math.max(...steps)).toBeLessThan(0.12)
    expect(Math.max(...line) - Math.min(...line)).toBeGreaterThan(0.15)
  })
})
