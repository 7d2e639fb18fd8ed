import { describe, expect, test } from 'vitest'
import { draw } from './drawing.ts'
import { LIGHTS, lit, STORM } from './light.ts'
import { boundsOf } from './picture-measure.double.ts'
import { randomFor } from './random.ts'
import type { Scene } from './scene.ts'
import { box, fading, line, oval } from './shape.ts'
import { elements } from './svg.ts'
import {
  COMPOSITIONS,
  type Composition,
  SUBJECTS,
  type Subject,
  TIMES,
  type Time,
  WEATHERS,
  type Weather,
} from './vocabulary.ts'

const scene: Scene = { subject: 'castle', setting: 'hills', time: 'noon', style: 'poster' }
const SQUARE = { width: 300, height: 300 }
const FRAMES = [SQUARE, { width: 200, height: 500 }, { width: 500, height: 200 }, { width: 16, height: 16 }]

const drawn = (change: Partial<Scene> = {}, size = SQUARE, key = 'frame') =>
  draw({ ...scene, ...change }, size, randomFor(key))
const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`)

describe('a composition', () => {
  const NAMES = Object.keys(COMPOSITIONS) as Composition[]
  const middleOf = (composition: Composition, key: string) => {
    // The shadow comes first; the figure counts.
    const { left, right, top, bottom } = boundsOf(drawn({ composition }, SQUARE, key).subject.slice(1))
    return { x: (left + right) / 600, y: (top + bottom) / 600, width: (right - left) / 300, top: top / 300 }
  }

  test.each<Composition>(['centred', 'close-up', 'low angle', 'round'])('%s has its subject in the middle', (name) => {
    for (const key of keys) expect(Math.abs(middleOf(name, key).x - 0.5)).toBeLessThan(0.05)
  })

  test('thirds has it a third from one side, and over many seeds on both', () => {
    const places = keys.map((key) => middleOf('thirds', key).x)
    for (const x of places) expect(Math.min(Math.abs(x - 0.27), Math.abs(x - 0.73))).toBeLessThan(0.06)
    expect(places.some((x) => x < 0.5) && places.some((x) => x > 0.5)).toBe(true)
  })

  test('pair has two that look at one another', () => {
    const { subject } = drawn({ composition: 'pair', subject: 'fox' })
    const half = subject.length / 2
    const [left, right] = [boundsOf(subject.slice(0, half)), boundsOf(subject.slice(half))]
    expect(left.right).toBeLessThan(right.left)
    expect(left.width).toBeCloseTo(right.width, 3)
  })

  test('sizes go from wide over pair and centred to low angle and close-up', () => {
    const width = (name: Composition) => middleOf(name, 'key 0').width
    const sizes = (['wide', 'centred', 'low angle', 'close-up'] as const).map(width)
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
  })

  test('round covers everything but a circle with one sheet', () => {
    const sheet = drawn({ composition: 'round' }).front.at(-1)
    expect(boundsOf(sheet ? [sheet] : [])).toMatchObject({ left: expect.closeTo(-7.5), right: expect.closeTo(307.5) })
    expect(sheet?.fill).toBe('#f6f1e6')
  })

  test('silhouette is black before a large bright disc', () => {
    const { subject, sky } = drawn({ composition: 'silhouette' })
    expect(new Set(subject.slice(1).flatMap(({ fill }) => fill ?? []))).toEqual(new Set(['#15121d']))
    const disc = sky.find(({ fill, opacity }) => fill === LIGHTS.noon.disc && !opacity)
    expect(boundsOf(disc ? [disc] : []).width).toBeGreaterThan(100)
  })

  test('silhouette has its disc also where the setting has a sky of its own', () => {
    const plain = drawn({ composition: 'centred', setting: 'space' }).sky.length
    expect(drawn({ composition: 'silhouette', setting: 'space' }).sky.length).toBe(plain + 1)
  })

  test.each(NAMES)('%s fits any frame, and becomes SVG without a number that is none', (composition) => {
    for (const size of FRAMES) {
      const { sky, back, subject, front, unit, ...rest } = drawn({ composition }, size)
      expect(rest).toEqual(size)
      expect(unit).toBeCloseTo(Math.min(size.width, size.height) / 200)
      expect(elements([...sky, ...back, ...subject, ...front], () => ({}))).not.toMatch(/NaN|Infinity|undefined/)
    }
  })
})

describe('a subject', () => {
  const feet = (change: Partial<Scene>) =>
    boundsOf(drawn({ composition: 'centred', ...change }).subject.slice(1)).bottom

  test('casts a shadow where it stands, and none where it floats or flies or fills the frame', () => {
    const shadow = (change: Partial<Scene>) => drawn(change).subject[0]?.opacity === 0.28
    expect(shadow({})).toBe(true)
    expect(shadow({ subject: 'balloon' })).toBe(false)
    expect(shadow({ setting: 'space' })).toBe(false)
    expect(shadow({ setting: 'underwater' })).toBe(false)
    expect(shadow({ subject: 'ship', setting: 'sea' })).toBe(false)
    expect(shadow({ composition: 'close-up' })).toBe(false)
  })

  test('that swims stands on land like any other', () => {
    expect(drawn({ subject: 'ship', setting: 'desert' }).subject[0]?.opacity).toBe(0.28)
  })

  test('stands near the lower edge, well above it', () => {
    expect(feet({})).toBeGreaterThan(240)
    expect(feet({})).toBeLessThan(290)
  })

  test.each(Object.keys(SUBJECTS) as Subject[])('%s is in every composition of every frame', (subject) => {
    for (const size of FRAMES.slice(0, 3)) {
      const { left, right, top, bottom } = boundsOf(drawn({ subject }, size).subject)
      expect(right > 0 && left < size.width && bottom > 0 && top < size.height).toBe(true)
    }
  })

  test('looks to either side, by seed', () => {
    const firsts = new Set(
      keys.map((key) => Math.sign((drawn({ subject: 'horse' }, SQUARE, key).subject[2]?.points[0] ?? 0) - 150)),
    )
    expect(firsts.size).toBe(2)
  })
})

describe('light', () => {
  test.each(Object.keys(TIMES) as Time[])('at %s tints landscape, and takes half as much of the subject', (time) => {
    const shape = box('#808080', 0, 0, [1, 1])
    const light = LIGHTS[time]
    const distance = (share: number) => {
      const fill = lit(shape, light, share).fill as string
      return Math.abs(Number.parseInt(fill.slice(1, 3), 16) - 0x80)
    }
    expect(distance(0.5)).toBeLessThanOrEqual(distance(1))
    expect(lit(shape, light, 0).fill).toBe('#808080')
  })

  test('reaches fills, second colours and strokes alike', () => {
    const night = (shape: Parameters<typeof lit>[0]) => lit(shape, LIGHTS.night, 1)
    const fill = night(box('#ff0000', 0, 0, [1, 1])).fill
    expect(night(fading(box('#00ff00', 0, 0, [1, 1]), '#ff0000')).fade).toBe(fill)
    expect(night(line('#ff0000', 1, '0,0 1,1')).stroke).toBe(fill)
  })

  test.each(['#ffd66b', '#ff8a2a', '#8ff0ff', '#f2702b'])(
    'leaves %s alone: lamps and lava shine by themselves',
    (colour) => {
      expect(lit(oval(colour, 0, 0, [1]), LIGHTS.night, 1).fill).toBe(colour)
    },
  )

  test('of noon changes nothing', () => {
    const shape = box('#336699', 0, 0, [1, 1])
    expect(lit(shape, LIGHTS.noon, 1)).toEqual(shape)
  })

  test('when it is overcast takes colour away', () => {
    const [red, green] = [0, 2].map((at) =>
      Number.parseInt((lit(box('#ff0000', 0, 0, [1, 1]), LIGHTS.overcast, 1).fill as string).slice(1 + at, 3 + at), 16),
    )
    expect(red).toBeLessThan(0xff)
    expect(green).toBeGreaterThan(0x20)
  })

  test('keeps to what a light can be', () => {
    for (const [name, light] of [...Object.entries(LIGHTS), ['storm', STORM] as const]) {
      for (const share of [light.stars, light.strength, light.saturation, light.height])
        expect([name, share >= 0 && share <= 1]).toEqual([name, true])
      for (const colour of [light.top, light.bottom, light.disc, light.clouds, light.tint])
        expect(colour).toMatch(/^#[0-9a-f]{6}$/)
    }
  })
})

describe('weather over a drawing', () => {
  test.each(Object.keys(WEATHERS) as Weather[])('%s lies in front of everything', (weather) => {
    const [clear, wet] = [drawn({}), drawn({ weather })]
    expect(wet.front.length).toBeGreaterThan(clear.front.length)
  })

  test('a thunderstorm is dark whatever the hour', () => {
    const sky = (time: Time) => drawn({ weather: 'lightning', time }).sky[0]
    expect(sky('noon')).toMatchObject({ fill: STORM.top, fade: STORM.bottom })
    expect(sky('night')).toEqual(sky('noon'))
  })
})
