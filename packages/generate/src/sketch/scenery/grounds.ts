import { shade } from '../colour.ts'
import { box, curve, fading, line, oval, poly } from '../shape.ts'
import { afar, land, type Scenery, type Stage, scattered } from './stage.ts'

/** Broken columns of a temple. */
export function ruins(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const stone = '#d3c7ad'
  const column = (x: number, tall: number, whole: boolean) => {
    const base = horizon + 20
    return [
      box(stone, x - 7, base - tall, [14, tall]),
      ...[-4, 0, 4].map((dx) => line(shade(stone, -0.25), 1, [x + dx, base - tall + 2, x + dx, base - 2])),
      box(shade(stone, 0.15), x - 10, base - 4, [20, 6]),
      whole
        ? box(shade(stone, 0.15), x - 10, base - tall - 5, [20, 6])
        : poly(stone, [x - 7, base - tall, x - 2, base - tall - 7, x + 3, base - tall - 2, x + 7, base - tall]),
    ]
  }
  return {
    back: [
      land(stage, afar(stage, '#93a872', 0.4), { y: horizon, swell: 20, step: 60 }),
      fading(land(stage, '#a3ad6a', { y: horizon + 16, swell: 5, step: 50 }), '#7d8a4c'),
      box(stone, width * 0.03, horizon - 82, [width * 0.32, 9]),
      poly(shade(stone, -0.08), [width * 0.02, horizon - 82, width * 0.19, horizon - 106, width * 0.36, horizon - 82]),
      ...[0.06, 0.19, 0.32].flatMap((at) => column(width * at, 90, true)),
      ...[0.7, 0.83, 0.95].flatMap((at) => column(width * at, random.between(28, 86), false)),
      ...scattered(stage, { count: 6, from: horizon + 28, to: height - 10 }, (x, y) => [
        poly(shade(stone, -0.1), [x - 8, y, x - 5, y - 7, x + 6, y - 6, x + 9, y]),
      ]),
    ],
  }
}

/** Cherry trees in blossom, a red bridge and falling petals. */
export function garden(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const pinks = ['#f4b6c8', '#f7cbd8', '#e890ae']
  const tree = (x: number, side: number) => [
    curve('#5b3a33', 9, [x, horizon + 30, x + side * 4, horizon - 10, x + side * 26, horizon - 50]),
    curve('#5b3a33', 5, [x + side * 5, horizon - 14, x - side * 14, horizon - 44]),
    ...Array.from({ length: 16 }, () =>
      oval(random.pick(pinks), x + side * 20 + random.between(-42, 42), horizon - 62 + random.between(-26, 24), [
        random.between(10, 18),
        random.between(8, 14),
      ]),
    ),
  ]
  const petals = (count: number) =>
    Array.from({ length: count }, () =>
      oval(random.pick(pinks), random.next() * width, random.next() * height, [2.2, 1.3, random.between(0, 180)]),
    )
  return {
    back: [
      land(stage, afar(stage, '#9db88f', 0.4), { y: horizon, swell: 18, step: 60 }),
      fading(land(stage, '#8fbf68', { y: horizon + 14, swell: 4, step: 60 }), '#649a48'),
      curve('#c8342f', 5, [width * 0.3, horizon + 24, width * 0.5, horizon + 8, width * 0.7, horizon + 24]),
      ...[0.36, 0.45, 0.55, 0.64].map((at) =>
        line('#c8342f', 2.4, [width * at, horizon + 4, width * at, horizon + 22]),
      ),
      ...tree(width * 0.06, 1),
      ...tree(width * 0.94, -1),
      ...petals(22),
    ],
    front: petals(12),
  }
}
