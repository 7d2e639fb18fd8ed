import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf, cutOut, type Hue, hueOf } from '../picture-measure.double.ts'
import { randomFor } from '../random.ts'
import { placed, type Shape } from '../shape.ts'
import { elements } from '../svg.ts'
import { SUBJECTS, type Subject } from '../vocabulary.ts'
import { AFLOAT, AIRBORNE, CAST } from './cast.ts'

const NAMES = Object.keys(SUBJECTS) as Subject[]
const SIDE = 80
/** Enough keys to see every way in which a figure's colours can fall. */
const KEYS = Array.from({ length: 40 }, (_, index) => `look ${index}`)

const figure = (name: Subject, key = 'look 0') => CAST[name](randomFor(key))

/** The figure without its glows and beams, in the middle of a small square. */
async function rendered(shapes: readonly Shape[]): Promise<Buffer> {
  const opaque = shapes.filter(({ opacity = 1 }) => opacity > 0.8)
  return cutOut(
    opaque.map((shape) => placed(shape, { x: SIDE / 2, y: SIDE / 2, scale: SIDE / 300 })),
    SIDE,
  )
}

/** The hue of most of a figure's pixels. */
async function mainHue(shapes: readonly Shape[]): Promise<Hue> {
  const rgba = await rendered(shapes)
  const counts = new Map<Hue, number>()
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at + 3] as number) < 128) continue
    const hue = hueOf(rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number)
    counts.set(hue, (counts.get(hue) ?? 0) + 1)
  }
  return ([...counts].sort((a, b) => b[1] - a[1])[0] as [Hue, number])[0]
}

/** Whatever the figure looks like, once each. */
function looksOf(name: Subject): readonly Shape[][] {
  const looks = new Map<string, Shape[]>()
  for (const key of KEYS) {
    const shapes = figure(name, key)
    looks.set(JSON.stringify(shapes.map(({ fill, stroke }) => [fill, stroke])), shapes)
  }
  return [...looks.values()]
}

describe('the colours that make a thing that thing', () => {
  test.each<[Subject, readonly Hue[], string]>([
    ['fox', ['orange'], 'a fox is red, as people call it'],
    ['bear', ['brown'], 'brown, whatever its shade'],
    ['deer', ['brown'], 'a brown coat'],
    ['owl', ['brown'], 'brown feathers'],
    ['elephant', ['grey'], 'grey skin'],
    ['giraffe', ['orange'], 'yellowish with spots'],
    ['penguin', ['white'], 'its belly, towards whoever looks'],
    ['unicorn', ['white'], 'white, or it would be a horse'],
    ['whale', ['blue'], 'a blue whale'],
    ['turtle', ['green'], 'a green shell'],
    ['jellyfish', ['violet'], 'violet'],
    ['snowman', ['white'], 'of snow'],
    ['cactus', ['green'], 'a green plant'],
    ['mushroom', ['red'], 'the red cap with white dots'],
    ['rose', ['red'], 'a red rose'],
    ['crown', ['orange'], 'gold'],
    ['submarine', ['orange'], 'the yellow one'],
    ['rocket', ['white'], 'a white hull'],
    ['astronaut', ['white'], 'a white suit'],
    ['sword', ['grey'], 'steel'],
    ['pyramid', ['orange'], 'sandstone'],
    ['fish', ['orange', 'red'], 'goldfish and koi'],
    ['horse', ['brown', 'orange'], 'bay or chestnut'],
    ['cat', ['orange', 'grey', 'black'], 'ginger, grey or black'],
    ['dog', ['orange', 'white', 'brown'], 'golden, cream or brown'],
    ['rabbit', ['white', 'orange', 'grey'], 'white, sandy or grey'],
    ['tree', ['green', 'brown', 'pink', 'orange'], 'summer, autumn or blossom'],
    ['balloon', ['red', 'blue', 'violet'], 'bright stripes'],
    ['dragon', ['green', 'red', 'blue', 'orange'], 'green or blue, or a red one with orange wings'],
    ['butterfly', ['orange', 'blue', 'pink'], 'bright wings'],
    ['bird', ['blue', 'red', 'white'], 'a swallow, a robin or a gull'],
    ['umbrella', ['red', 'blue', 'violet', 'cyan'], 'a bright canopy'],
    ['teapot', ['blue', 'red', 'green', 'cyan'], 'glazed in one colour'],
    ['airplane', ['red', 'orange', 'blue'], 'a painted fuselage'],
    ['car', ['red', 'cyan', 'orange', 'blue'], 'a painted body'],
  ])('%s: %j, for it is %s', async (name, hues) => {
    const seen = new Set<Hue>()
    for (const look of looksOf(name)) seen.add(await mainHue(look))
    for (const hue of seen) expect(hues).toContain(hue)
    expect(seen.size).toBeGreaterThan(hues.length > 1 ? 1 : 0)
  })
})

describe('the form that makes it recognisable from afar', () => {
  const form = (name: Subject) => {
    const { width, height } = boundsOf(figure(name))
    return width / height > 1.2 ? 'wide' : width / height < 0.8 ? 'tall' : 'square'
  }
  test.each<[Subject, string]>([
    ['giraffe', 'tall'],
    ['skyscraper', 'tall'],
    ['rocket', 'tall'],
    ['guitar', 'tall'],
    ['man', 'tall'],
    ['woman', 'tall'],
    ['wizard', 'tall'],
    ['pagoda', 'tall'],
    ['windmill', 'tall'],
    ['rabbit', 'tall'],
    ['turtle', 'wide'],
    ['car', 'wide'],
    ['airplane', 'wide'],
    ['bicycle', 'wide'],
    ['submarine', 'wide'],
    ['bird', 'wide'],
    ['fish', 'wide'],
    ['whale', 'wide'],
    ['pyramid', 'wide'],
    ['clock', 'square'],
    ['umbrella', 'square'],
    ['cup', 'square'],
    ['teapot', 'square'],
    ['octopus', 'square'],
  ])('%s is %s', (name, expected) => {
    expect(form(name)).toBe(expected)
  })

  test.each<Subject>([
    'bear',
    'owl',
    'penguin',
    'rabbit',
    'pagoda',
    'lantern',
    'balloon',
    'butterfly',
    'rocket',
    'guitar',
    'octopus',
    'skull',
  ])('%s looks straight ahead: its two halves mirror each other', async (name) => {
    const rgba = await rendered(figure(name))
    let apart = 0
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE / 2; x++) {
        const [left, right] = [(y * SIDE + x) * 4, (y * SIDE + SIDE - 1 - x) * 4]
        if ([0, 1, 2, 3].some((part) => Math.abs((rgba[left + part] as number) - (rgba[right + part] as number)) > 90))
          apart++
      }
    }
    expect(apart / (SIDE * SIDE * 0.5)).toBeLessThan(0.02)
  })

  test.each<Subject>(['horse', 'elephant', 'train', 'ship', 'whale', 'dragon', 'airplane'])(
    '%s is seen from the side: its halves differ',
    async (name) => {
      const rgba = await rendered(figure(name))
      const alpha = (x: number, y: number) => ((rgba[(y * SIDE + x) * 4 + 3] as number) > 128 ? 1 : 0)
      let apart = 0
      for (let y = 0; y < SIDE; y++)
        for (let x = 0; x < SIDE / 2; x++) apart += Math.abs(alpha(x, y) - alpha(SIDE - 1 - x, y))
      expect(apart).toBeGreaterThan(SIDE)
    },
  )
})

describe('the choices that a figure leaves to the random source', () => {
  const distinct = (name: Subject) => new Set(KEYS.map((key) => JSON.stringify(figure(name, key)))).size

  test.each<[Subject, number, string]>([
    ['cat', 4, 'coats'],
    ['dog', 3, 'coats'],
    ['robot', 3, 'metals'],
    ['tree', 3, 'seasons'],
    ['balloon', 3, 'pairs of colours'],
    ['car', 4, 'paints'],
    ['ship', 3, 'sails'],
    ['knight', 3, 'crests'],
    ['dragon', 3, 'kinds'],
  ])('%s has %i %s', (name, looks) => {
    expect(distinct(name)).toBe(looks)
  })

  test.each<Subject>(['man', 'woman', 'wizard'])('a %s has any skin, hair and clothes: dozens of people', (name) => {
    expect(distinct(name)).toBeGreaterThan(8)
  })

  test.each<Subject>(['windmill', 'clock'])('a %s stands at any position of its sails or hands', (name) => {
    expect(distinct(name)).toBeGreaterThan(10)
  })

  test.each<Subject>(['fox', 'owl', 'rocket', 'ufo', 'snowman'])('a %s is always the same', (name) => {
    expect(distinct(name)).toBe(1)
  })

  test.each(NAMES)('%s keeps its outline, whatever its colours', (name) => {
    const first = boundsOf(figure(name, 'a'))
    const second = boundsOf(figure(name, 'b'))
    expect(Math.abs(first.width - second.width)).toBeLessThan(60)
    expect(Math.abs(first.height - second.height)).toBeLessThan(60)
  })
})

describe('every figure', () => {
  test('is drawn once: no two of the cast share an outline', () => {
    const outlines = NAMES.map((name) => JSON.stringify(figure(name).map(({ points }) => points)))
    expect(new Set(outlines).size).toBe(NAMES.length)
  })

  test('is the same for the same key, whatever was drawn before', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.string(), (name, key) => {
        const before = figure(name, key)
        for (const other of NAMES.slice(0, 5)) figure(other, key)
        expect(figure(name, key)).toEqual(before)
      }),
      { numRuns: 60 },
    )
  })

  test('keeps to its box and holds nothing that SVG can not say, for any key', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.string(), (name, key) => {
        for (const { points, width, opacity, fill, stroke } of figure(name, key)) {
          expect(points.length).toBeGreaterThanOrEqual(4)
          expect(points.length % 2).toBe(0)
          for (const value of points) expect(Math.abs(value)).toBeLessThan(260)
          if (width !== undefined) expect(width).toBeGreaterThan(0)
          if (opacity !== undefined) expect(opacity > 0 && opacity <= 1).toBe(true)
          expect(fill ?? stroke).toBeDefined()
        }
      }),
      { numRuns: 150 },
    )
  })

  test('becomes SVG without a number that is none', () => {
    for (const name of NAMES) expect(elements(figure(name), () => ({}))).not.toMatch(/NaN|Infinity|undefined|null/)
  })

  test('fills a good part of its box with paint', async () => {
    for (const name of NAMES) {
      const rgba = await rendered(figure(name))
      let painted = 0
      for (let at = 3; at < rgba.length; at += 4) if ((rgba[at] as number) > 128) painted++
      // The box of 200 units is 53 pixels wide here.
      expect([name, painted / 53 ** 2 > 0.15]).toEqual([name, true])
    }
  })
})

describe('who flies and who swims', () => {
  test.each<[Subject, boolean]>([
    ['balloon', true],
    ['airplane', true],
    ['ufo', true],
    ['bird', true],
    ['butterfly', true],
    ['rocket', true],
    ['castle', false],
    ['penguin', false],
    ['man', false],
  ])('%s in the air: %s', (name, flies) => {
    expect(AIRBORNE.has(name)).toBe(flies)
  })

  test('nobody does both, and all are of the cast', () => {
    for (const name of AIRBORNE) expect(AFLOAT.has(name)).toBe(false)
    for (const name of [...AIRBORNE, ...AFLOAT.keys()]) expect(NAMES).toContain(name)
  })

  test('whoever swims has a waterline between its middle and its keel', () => {
    for (const [name, draught] of AFLOAT) {
      const { top, bottom } = boundsOf(figure(name))
      expect(draught).toBeGreaterThan(top)
      expect(draught).toBeLessThan(bottom)
    }
  })
})
