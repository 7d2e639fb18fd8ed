import { mix, shade } from '../colour.ts'
import { blob, box, curve, fading, oval } from '../shape.ts'
import { land, type Scenery, type Stage, scattered } from './stage.ts'

/** Over a sea of clouds. */
export function clouds(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const bank = (y: number, size: number, colour: string) =>
    Array.from({ length: Math.ceil(width / size) + 2 }, (_, index) =>
      oval(colour, index * size + random.between(-6, 6) - size / 2, y + random.between(-5, 5), [
        size * 0.8,
        size * 0.55,
      ]),
    )
  const white = mix('#ffffff', stage.light.clouds, 0.35)
  return {
    back: [
      ...bank(horizon + 6, 24, shade(white, -0.12)),
      fading(box(shade(white, -0.08), 0, horizon + 8, [width, height]), shade(white, -0.2)),
      ...bank(horizon + 28, 34, shade(white, -0.04)),
      ...bank(horizon + 56, 46, white),
    ],
    front: bank(height + 8, 40, shade(white, 0.4)),
  }
}

/** Between stars, planets and nebulae. */
export function space(stage: Stage): Scenery {
  const { width, height, random } = stage
  const [x, y] = [width * random.between(0.68, 0.9), height * random.between(0.12, 0.26)]
  const nebula = Array.from({ length: 24 }, () => ({
    ...oval(
      random.pick(['#6a2f9c', '#b0398c', '#2f5bb5', '#d9608a']),
      random.next() * width,
      height * random.between(0.2, 0.8),
      [random.between(24, 54), random.between(10, 26), -30],
    ),
    opacity: 0.16,
  }))
  const small = Array.from({ length: 90 }, () =>
    oval(random.pick(['#ffffff', '#ffe9c0', '#bfd4ff']), random.next() * width, random.next() * height, [
      random.between(0.4, 1.3),
    ]),
  )
  return {
    weightless: true,
    sky: [fading(box('#070618', 0, 0, [width, height]), '#1a1140')],
    back: [
      ...nebula,
      ...small,
      oval('#d98a4a', x, y, [20, 20]),
      curve('#b56a34', 4, [x - 18, y - 4, x, y - 1, x + 18, y - 6]),
      curve('#f0b87a', 3, [x - 17, y + 7, x, y + 9, x + 16, y + 5]),
      curve('#e9dcc0', 3, [x - 34, y + 10, x - 14, y + 6, x + 14, y - 3, x + 34, y - 10]),
      oval('#3f7fb5', width * 0.12, height * 0.86, [34, 34]),
      blob('#5fae6a', [
        width * 0.12 - 22,
        height * 0.86 - 8,
        width * 0.12 - 4,
        height * 0.86 - 20,
        width * 0.12 + 10,
        height * 0.86 - 4,
        width * 0.12 - 6,
        height * 0.86 + 10,
      ]),
    ],
  }
}

/** The ground of another world, with craters and a ringed planet in a black sky. */
export function moonscape(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const rock = random.pick(['#a9a6a3', '#c2683f', '#8f86a8'])
  const crater = (x: number, y: number, near: number) => [
    oval(shade(rock, -0.3), x, y, [7 + near * 12, 2 + near * 4]),
    oval(shade(rock, -0.12), x, y + 1.2, [6 + near * 10, 1.6 + near * 3]),
  ]
  const [x, y] = [width * random.between(0.15, 0.35), horizon * 0.4]
  return {
    sky: [
      fading(box('#06060f', 0, 0, [width, height]), mix('#161a35', rock, 0.3)),
      ...Array.from({ length: 60 }, () =>
        oval('#ffffff', random.next() * width, random.next() * horizon, [random.between(0.4, 1.1)]),
      ),
      oval('#4a8fc9', x, y, [24, 24]),
      blob('#e8f0f4', [x - 20, y - 4, x, y - 14, x + 18, y - 6, x, y - 2]),
      blob('#5fae6a', [x - 10, y + 4, x + 8, y + 2, x + 14, y + 12, x - 2, y + 18]),
    ],
    back: [
      land(stage, shade(rock, -0.35), { y: horizon, swell: 30, step: 26, jagged: true }),
      fading(land(stage, rock, { y: horizon + 12, swell: 5, step: 40 }), shade(rock, -0.25)),
      ...scattered(stage, { count: 12, from: horizon + 18, to: height - 6 }, crater),
    ],
  }
}
