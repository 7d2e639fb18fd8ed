import { describe, expect, test } from 'vitest'
import { LIGHTS } from '../light.ts'
import {
  boundsOf,
  colourfulness,
  difference,
  type Hue,
  huesOf,
  lightness,
  meanOf,
  painting,
  type Region,
} from '../picture-measure.double.ts'
import { randomFor } from '../random.ts'
import type { Raster } from '../raster.ts'
import type { Shape } from '../shape.ts'
import { elements } from '../svg.ts'
import { SETTINGS, type Setting, TIMES, type Time } from '../vocabulary.ts'
import { spruce, tuft } from './plants.ts'
import { SETTING_PAINTERS } from './settings.ts'
import { sky, weatherOver } from './sky.ts'
import { afar, land, type Stage, scattered } from './stage.ts'

const NAMES = Object.keys(SETTINGS) as Setting[]

const stageOf = (more: Partial<Stage> = {}, key = 'stage'): Stage => ({
  width: 200,
  height: 200,
  horizon: 126,
  light: LIGHTS.noon,
  random: randomFor(key),
  ...more,
})

const allShapes = (setting: Setting, stage: Stage): Shape[] => {
  const { sky: own = [], back, front = [] } = SETTING_PAINTERS[setting](stage)
  return [...own, ...back, ...front]
}

const UPPER: Region = [0, 0, 1, 0.3]
const LOWER: Region = [0, 0.75, 1, 1]

describe('what a setting looks like', () => {
  const landscapes = new Map<Setting, Promise<Raster>>()
  const landscape = (setting: Setting) => {
    const made = landscapes.get(setting) ?? painting(`${SETTINGS[setting][0]}, noon, illustration`, { seed: 3 })
    landscapes.set(setting, made)
    return made
  }
  const has = (raster: Raster, hue: Hue, region?: Region) =>
    huesOf(raster, region).find(([name]) => name === hue)?.[1] ?? 0

  test.each<[Setting, Hue, number, string]>([
    ['forest', 'green', 0.4, 'trees'],
    ['jungle', 'green', 0.8, 'nothing but leaves'],
    ['meadow', 'green', 0.2, 'grass'],
    ['hills', 'green', 0.3, 'grass on the hills'],
    ['mountains', 'green', 0.2, 'the valley below them'],
    ['desert', 'orange', 0.3, 'sand'],
    ['canyon', 'orange', 0.25, 'red rocks'],
    ['canyon', 'brown', 0.1, 'the rocks in the shade'],
    ['beach', 'orange', 0.1, 'the sand'],
    ['beach', 'blue', 0.2, 'the sea and the sky'],
    ['sea', 'blue', 0.8, 'water to the horizon'],
    ['lake', 'blue', 0.3, 'the water'],
    ['lake', 'green', 0.1, 'the trees on its shore'],
    ['underwater', 'cyan', 0.3, 'water all around'],
    ['city', 'grey', 0.2, 'concrete'],
    ['village', 'orange', 0.2, 'timber and clay'],
    ['snow', 'white', 0.2, 'snow'],
    ['volcano', 'black', 0.2, 'ash and cooled lava'],
    ['volcano', 'orange', 0.05, 'lava'],
    ['space', 'black', 0.05, 'the void'],
    ['clouds', 'white', 0.25, 'clouds below'],
    ['ruins', 'orange', 0.05, 'sandstone'],
    ['garden', 'green', 0.2, 'its lawn'],
    ['room', 'brown', 0.2, 'wooden furniture'],
    ['studio', 'white', 0.8, 'an empty backdrop'],
  ])('%s is %s in at least %s of the picture: %s', async (setting, hue, share) => {
    expect(has(await landscape(setting), hue)).toBeGreaterThan(share)
  })

  test.each<Setting>(['mountains', 'hills', 'desert', 'sea', 'beach', 'meadow', 'snow', 'city', 'ruins'])(
    '%s lies under a blue sky at noon',
    async (setting) => {
      expect(has(await landscape(setting), 'blue', UPPER)).toBeGreaterThan(0.4)
    },
  )

  test.each<Setting>(['space', 'moonscape'])('%s has a black sky at noon too', async (setting) => {
    expect(meanOf(await landscape(setting), lightness, UPPER)).toBeLessThan(70)
  })

  test.each<Setting>(['underwater', 'room', 'studio', 'space', 'moonscape'])(
    '%s has a backdrop of its own in place of the sky',
    (setting) => {
      const { sky: own } = SETTING_PAINTERS[setting](stageOf())
      expect(own?.length).toBeGreaterThan(0)
    },
  )

  test.each<Setting>(['snow', 'clouds', 'studio'])('%s is bright at its lower edge', async (setting) => {
    expect(meanOf(await landscape(setting), lightness, LOWER)).toBeGreaterThan(170)
  })

  test('the studio is the calmest of all, so that the subject alone counts', async () => {
    const studio = meanOf(await landscape('studio'), colourfulness)
    for (const setting of NAMES.filter((name) => name !== 'studio'))
      expect(meanOf(await landscape(setting), colourfulness)).toBeGreaterThan(studio)
  })

  test.each(NAMES)('%s is drawn anew for other seeds', async (setting) => {
    const first = await landscape(setting)
    const others = await Promise.all([4, 5, 6].map((seed) => painting(`${SETTINGS[setting][0]}, noon`, { seed })))
    // The studio varies only the shade of its wall.
    const changes = others.map((other) => difference(first, other))
    expect(Math.max(...changes)).toBeGreaterThan(setting === 'studio' ? 0.2 : 1)
  })
})

describe('the shapes of every setting', () => {
  const frames = [
    { width: 200, height: 200, horizon: 126 },
    { width: 200, height: 320, horizon: 200 },
    { width: 400, height: 200, horizon: 120 },
    { width: 200, height: 200, horizon: 172 },
  ]

  test.each(NAMES)('%s covers the lower edge of any frame from side to side', (setting) => {
    for (const frame of frames) {
      const shapes = allShapes(setting, stageOf(frame))
      const areas = shapes.filter(({ fill, opacity = 1 }) => fill !== undefined && opacity > 0.8)
      const broad = areas.filter((shape) => {
        const { left, right, bottom } = boundsOf([shape])
        return left <= 1 && right >= frame.width - 1 && bottom >= frame.height - 1
      })
      expect([frame, broad.length > 0]).toEqual([frame, true])
    }
  })

  test.each(NAMES)('%s holds nothing that SVG can not say', (setting) => {
    for (const frame of frames) {
      const shapes = allShapes(setting, stageOf(frame))
      expect(elements(shapes, () => ({}))).not.toMatch(/NaN|Infinity|undefined|null/)
      for (const { fill, fade, stroke, opacity = 1 } of shapes) {
        for (const colour of [fill, fade, stroke]) if (colour) expect(colour).toMatch(/^#[0-9a-f]{6}$/)
        expect(opacity > 0 && opacity <= 1).toBe(true)
      }
    }
  })

  test.each(NAMES)('%s is the same for the same numbers, and stays within a few thousand shapes', (setting) => {
    expect(SETTING_PAINTERS[setting](stageOf())).toEqual(SETTING_PAINTERS[setting](stageOf()))
    expect(allShapes(setting, stageOf({ width: 800 })).length).toBeLessThan(4000)
  })

  test.each<[Setting, boolean]>([
    ['sea', true],
    ['lake', true],
    ['beach', true],
    ['underwater', true],
    ['desert', false],
    ['city', false],
    ['room', false],
    ['clouds', false],
  ])('%s has water to lie in: %s', (setting, wet) => {
    const { water } = SETTING_PAINTERS[setting](stageOf())
    expect(water !== undefined).toBe(wet)
    if (water !== undefined) expect(water > 0 && water < 200).toBe(true)
  })

  test('everything floats under water and in space, and nowhere else', () => {
    const weightless = NAMES.filter((setting) => SETTING_PAINTERS[setting](stageOf()).weightless)
    expect(weightless.sort()).toEqual(['space', 'underwater'])
  })
})

describe('the sky', () => {
  const count = (shapes: readonly Shape[], holds: (shape: Shape) => boolean) => shapes.filter(holds).length
  const isStar = ({ fill, points }: Shape) => fill === '#ffffff' && boundsOf([{ points, smooth: true }]).width < 3

  test.each<[Time, number, string]>([
    ['noon', 0, 'no stars by day'],
    ['dawn', 0, 'nor in the morning'],
    ['sunset', 0, 'nor in the evening'],
    ['overcast', 0, 'nor behind clouds'],
    ['dusk', 18, 'a quarter of them after sunset'],
    ['night', 70, 'all at night'],
  ])('at %s has %i stars: %s', (time, stars) => {
    expect(count(sky(stageOf({ light: LIGHTS[time] }), false), isStar)).toBe(stars)
  })

  test('begins with its gradient over the whole frame', () => {
    for (const time of Object.keys(TIMES) as Time[]) {
      const light = LIGHTS[time]
      const [first] = sky(stageOf({ light }), false)
      expect(first).toMatchObject({ fill: light.top, fade: light.bottom, points: [0, 0, 200, 0, 200, 200, 0, 200] })
    }
  })

  test('has its sun or moon above the horizon, unless clouds hide it', () => {
    for (const time of Object.keys(TIMES) as Time[]) {
      const light = LIGHTS[time]
      const discs = sky(stageOf({ light }), false).filter(({ fill, opacity }) => fill === light.disc && !opacity)
      expect(discs).toHaveLength(light.radius > 0 ? 1 : 0)
      for (const disc of discs) expect(boundsOf([disc]).top).toBeLessThan(126)
    }
  })

  test('behind a silhouette has a larger disc, in the middle', () => {
    const { left, right } = boundsOf([
      sky(stageOf(), true).find(({ fill, opacity }) => fill === LIGHTS.noon.disc && !opacity) as Shape,
    ])
    expect((left + right) / 2).toBeCloseTo(100)
    expect(right - left).toBeGreaterThan(80)
  })

  test('is cloudier when it is overcast', () => {
    const clouds = (time: Time) =>
      count(sky(stageOf({ light: LIGHTS[time] }), false), ({ fill }) => fill === LIGHTS[time].clouds)
    expect(clouds('overcast')).toBeGreaterThan(clouds('noon'))
  })
})

describe('weather', () => {
  test.each(['rain', 'snowfall', 'fog', 'lightning'] as const)('%s reaches over the whole width', (weather) => {
    const keys = Array.from({ length: 12 }, (_, index) => `w${index}`)
    const xs = keys.flatMap((key) => weatherOver(weather, stageOf({}, key)).map((shape) => boundsOf([shape])))
    expect(Math.min(...xs.map(({ left }) => left))).toBeLessThan(80)
    expect(Math.max(...xs.map(({ right }) => right))).toBeGreaterThan(120)
  })

  test('rain falls in slanting lines, all to the same side', () => {
    for (const { points, stroke, fill } of weatherOver('rain', stageOf())) {
      expect(stroke).toBeDefined()
      expect(fill).toBeUndefined()
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points
      expect(y2).toBeGreaterThan(y1)
      expect(x2).toBeLessThan(x1)
    }
  })

  test('snow falls in white flakes of several sizes', () => {
    const flakes = weatherOver('snowfall', stageOf())
    expect(new Set(flakes.map(({ fill }) => fill))).toEqual(new Set(['#ffffff']))
    const sizes = flakes.map((flake) => boundsOf([flake]).width)
    expect(Math.max(...sizes)).toBeGreaterThan(2 * Math.min(...sizes))
  })

  test('fog lets shine through what lies behind', () => {
    for (const { opacity = 1 } of weatherOver('fog', stageOf())) expect(opacity).toBeLessThan(0.7)
  })

  test('lightning strikes from the upper edge', () => {
    for (const bolt of weatherOver('lightning', stageOf())) expect(boundsOf([bolt]).top).toBe(0)
  })
})

describe('what settings share', () => {
  test('afar a colour fades into the sky at the horizon', () => {
    expect(afar(stageOf(), '#ff0000', 0)).toBe('#ff0000')
    expect(afar(stageOf(), '#ff0000', 1)).toBe(LIGHTS.noon.bottom)
  })

  test.each([false, true])('land reaches past both sides and the lower edge (jagged: %s)', (jagged) => {
    for (const width of [200, 555]) {
      const { left, right, top, bottom } = boundsOf([
        land(stageOf({ width }), '#00ff00', { y: 120, swell: 20, step: 30, jagged }),
      ])
      expect(left).toBeLessThan(0)
      expect(right).toBeGreaterThan(width)
      expect(bottom).toBeGreaterThan(200)
      expect(top).toBeGreaterThanOrEqual(100)
    }
  })

  test('scattered things come with the far ones first, in their band', () => {
    const seen: [number, number, number][] = []
    scattered(stageOf(), { count: 50, from: 130, to: 190 }, (x, y, near) => {
      seen.push([x, y, near])
      return []
    })
    expect(seen).toHaveLength(50)
    expect(seen.map(([, y]) => y)).toEqual(seen.map(([, y]) => y).sort((a, b) => a - b))
    for (const [x, y, near] of seen) {
      expect(x >= 0 && x < 200 && near >= 0 && near < 1).toBe(true)
      expect(y).toBeCloseTo(130 + 60 * near)
    }
  })

  test('scattering draws all shapes of each thing, and nothing for none', () => {
    const shape: Shape = { points: [0, 0, 1, 1], smooth: false, stroke: '#000000' }
    expect(scattered(stageOf(), { count: 7, from: 0, to: 1 }, () => [shape, shape])).toHaveLength(14)
    expect(scattered(stageOf(), { count: 0, from: 0, to: 1 }, () => [shape])).toEqual([])
  })

  test('plants stand on their spot and grow with their size', () => {
    for (const plant of [spruce, tuft]) {
      const [small, large] = [boundsOf(plant(50, 100, 10, '#225522')), boundsOf(plant(50, 100, 40, '#225522'))]
      expect(large.height).toBeGreaterThan(3 * small.height)
      expect(large.top).toBeLessThan(100)
      expect(large.left).toBeLessThan(50)
      expect(large.right).toBeGreaterThan(50)
    }
  })
})
