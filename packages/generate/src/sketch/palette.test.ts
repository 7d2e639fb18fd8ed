import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { luminance, rgbOf } from './colour.ts'
import { grade } from './palette.ts'
import { colourfulness, edgeDensity, type Hue, huesOf, lightness, meanOf, painting } from './picture-measure.double.ts'
import { plain } from './raster.ts'
import { PALETTES, type Palette } from './vocabulary.ts'

const NAMES = Object.keys(PALETTES) as Palette[]

const graded = (colour: string, palette: Palette) => [...grade(plain(1, 1, rgbOf(colour)), palette).data]

const paintings = new Map<string, ReturnType<typeof painting>>()
const inPalette = (palette?: Palette) => {
  const prompt = `balloon, hills, noon${palette ? `, ${PALETTES[palette][0]}` : ''}`
  const made = paintings.get(prompt) ?? painting(prompt)
  paintings.set(prompt, made)
  return made
}

describe('a whole picture', () => {
  test.each<[Palette, Hue, number]>([
    ['crimson', 'red', 0.8],
    ['emerald', 'green', 0.85],
    ['azure', 'blue', 0.75],
    ['pink', 'pink', 0.75],
    ['violet', 'violet', 0.3],
    ['gold', 'yellow', 0.3],
    ['sepia', 'orange', 0.6],
    ['teal and orange', 'orange', 0.3],
    ['monochrome', 'grey', 0.6],
  ])('in %s is %s in %s of its pixels, whatever the scene has', async (palette, hue, share) => {
    const found = huesOf(await inPalette(palette)).find(([name]) => name === hue)?.[1] ?? 0
    expect(found).toBeGreaterThan(share)
  })

  test('in pastel is lighter and paler, in vivid more colourful than without a palette', async () => {
    const [none, pastel, vivid] = await Promise.all([inPalette(), inPalette('pastel'), inPalette('vivid')])
    expect(meanOf(pastel, lightness)).toBeGreaterThan(meanOf(none, lightness) + 25)
    expect(meanOf(pastel, colourfulness)).toBeLessThan(meanOf(none, colourfulness) * 0.6)
    expect(meanOf(vivid, colourfulness)).toBeGreaterThan(meanOf(none, colourfulness) * 1.4)
  })

  test.each(NAMES.filter((palette) => palette !== 'pastel'))(
    'in %s keeps its forms: edges stay edges',
    async (palette) => {
      const [none, own] = [edgeDensity(await inPalette()), edgeDensity(await inPalette(palette))]
      expect(own).toBeGreaterThan(none * 0.55)
    },
  )
})

describe('one colour', () => {
  const mapped: Palette[] = ['sepia', 'teal and orange', 'crimson', 'gold', 'emerald', 'azure', 'violet', 'pink']

  test.each(mapped)('%s goes from a dark end to a light one without turning back', (palette) => {
    const lights = Array.from({ length: 18 }, (_, step) => {
      const grey = `#${(step * 15).toString(16).padStart(2, '0').repeat(3)}`
      return luminance(graded(grey, palette) as unknown as [number, number, number])
    })
    expect(lights).toEqual([...lights].sort((a, b) => a - b))
    expect(lights[0]).toBeLessThan(45)
    expect(lights.at(-1)).toBeGreaterThan(215)
  })

  test.each(NAMES)('%s never leaves the range of a byte', (palette) => {
    const channel = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(channel, channel, channel, (red, green, blue) => {
        const { data } = grade(plain(1, 1, [red, green, blue]), palette)
        expect(data).toHaveLength(3)
        // A byte can't leave its range, but a value cut at 255 by wrapping would turn bright to dark.
        if (Math.min(red, green, blue) > 200) expect(Math.max(...data)).toBeGreaterThan(100)
        if (Math.max(red, green, blue) < 20 && palette !== 'pastel') expect(Math.min(...data)).toBeLessThan(60)
      }),
      { numRuns: 60 },
    )
  })

  test('monochrome is the same grey for all colours of one brightness', () => {
    for (const colour of ['#ff0000', '#00ff00', '#0000ff', '#123456']) {
      const [red, green, blue] = graded(colour, 'monochrome')
      expect([green, blue]).toEqual([red, red])
    }
  })

  test.each([
    ['#404040', '#404040', 'grey stays grey'],
    ['#ffffff', '#ffffff', 'white stays white'],
    ['#000000', '#000000', 'black stays black'],
  ])('vivid leaves %s as %s: %s', (given, expected) => {
    const [wanted, own] = [rgbOf(expected), graded(given, 'vivid')]
    for (const [index, value] of own.entries()) expect(Math.abs(value - (wanted[index] as number))).toBeLessThan(2)
  })
})

test('grading works in place, and gives back the raster that it was given', () => {
  const raster = plain(2, 2, [10, 200, 30])
  const before = [...raster.data]
  expect(grade(raster, 'crimson')).toBe(raster)
  expect([...raster.data]).not.toEqual(before)
})
