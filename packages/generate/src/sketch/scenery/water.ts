import { mix, shade } from '../colour.ts'
import { blob, box, curve, fading, line, oval, poly, type Shape } from '../shape.ts'
import { spruce } from './plants.ts'
import { afar, land, type Scenery, type Stage, scattered } from './stage.ts'

/** Open water with rolling waves. */
export function sea(stage: Stage): Scenery {
  const { width, height, horizon } = stage
  const wave = (y: number, size: number, colour: string) => {
    const points: number[] = []
    for (let x = -size * 2; x <= width + size * 2; x += size) points.push(x, y, x + size * 0.5, y - size * 0.28)
    return [
      blob(colour, [-size * 3, height + 80, ...points, width + size * 3, height + 80]),
      curve(shade(colour, 0.45), size * 0.06, points),
    ]
  }
  const deep = (near: number) => mix(mix('#2f7fa8', stage.light.bottom, 0.35 * (1 - near)), '#14507a', near * 0.7)
  const waterline = horizon + (height - horizon) * 0.56
  return {
    water: waterline,
    ground: waterline + 6,
    back: [
      fading(box(deep(0), 0, horizon, [width, height]), deep(1)),
      ...[0.06, 0.18, 0.34].flatMap((down, index) =>
        wave(horizon + (height - horizon) * down + 4, 14 + index * 9, deep(0.2 + down)),
      ),
    ],
    front: [0.6, 0.84].flatMap((down, index) =>
      wave(horizon + (height - horizon) * down + 4, 40 + index * 14, deep(0.75 + index * 0.25)),
    ),
  }
}

/** A shore with palms. */
export function beach(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const palm = (x: number, y: number, size: number, lean: number) => {
    const [topX, topY] = [x + lean * size * 0.3, y - size]
    const leaf = (dx: number, dy: number) =>
      blob('#2f8a4a', [
        topX,
        topY,
        topX + dx * size * 0.25,
        topY + dy * size * 0.1 - size * 0.14,
        topX + dx * size * 0.5,
        topY + dy * size * 0.3,
        topX + dx * size * 0.25,
        topY + dy * size * 0.14,
      ])
    return [
      curve('#8a6238', size * 0.07, [x, y, x + lean * size * 0.08, y - size * 0.5, topX, topY]),
      ...[leaf(-1, 0.6), leaf(1, 0.6), leaf(-0.9, -0.5), leaf(0.9, -0.5), leaf(-0.4, 1.2), leaf(0.4, 1.2)],
      oval('#5b3a20', topX, topY + 3, [3, 3]),
    ]
  }
  const shore = horizon + (height - horizon) * 0.3
  const side = random.pick([-1, 1])
  return {
    water: shore,
    back: [
      fading(box(afar(stage, '#3aa6c4', 0.2), 0, horizon, [width, height]), '#7fd6d8'),
      ...[0.08, 0.16].map((down) =>
        curve('#d8f4f4', 1.4, [
          0,
          horizon + 60 * down,
          width * 0.4,
          horizon + 60 * down + 2,
          width,
          horizon + 60 * down,
        ]),
      ),
      curve('#ffffff', 5, [
        -20,
        shore + 2,
        width * 0.25,
        shore - 4,
        width * 0.5,
        shore + 3,
        width * 0.8,
        shore - 3,
        width + 20,
        shore + 2,
      ]),
      fading(land(stage, '#f2dca0', { y: shore + 6, swell: 5, step: 60 }), '#dcb873'),
      ...palm(side > 0 ? width * 0.12 : width * 0.88, shore + 22, 96, side),
      ...palm(side > 0 ? width * 0.26 : width * 0.76, shore + 12, 66, side),
      ...scattered(stage, { count: 6, from: shore + 24, to: height - 8 }, (x, y) => [
        oval(random.pick(['#f7efe0', '#e8a08a']), x, y, [2.6, 1.8]),
      ]),
    ],
  }
}

/** A still lake that mirrors the trees on its far shore. */
export function lake(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const trees = Array.from(
    { length: 20 },
    (_, index) => [((index + random.next()) * width) / 20, 22 + random.next() * 26] as const,
  )
  const mirrored: Shape[] = trees.map(([x, size]) => ({
    ...poly('#2a5a54', [x - size * 0.35, horizon + 10, x + size * 0.35, horizon + 10, x, horizon + 10 + size * 0.95]),
    opacity: 0.45,
  }))
  const reeds = scattered(stage, { count: 20, from: height - 2, to: height + 4 }, (x, y) => [
    line('#3a5a2c', 1.8, [x, y, x + random.between(-3, 3), y - 30]),
    oval('#6b4226', x, y - 30, [2, 6]),
  ])
  const water = horizon + 26
  return {
    water,
    back: [
      land(stage, afar(stage, '#6d8f8a', 0.4), { y: horizon - 6, swell: 30, step: 50 }),
      fading(
        box(mix(stage.light.top, '#3f8aa0', 0.5), 0, horizon + 8, [width, height]),
        mix(stage.light.top, '#1f5a70', 0.7),
      ),
      box('#4f6f3c', 0, horizon + 4, [width, 7]),
      ...trees.flatMap(([x, size]) => spruce(x, horizon + 9, size, '#2f6448')),
      ...mirrored,
      ...[22, 34, 50, 68].map((down) =>
        line('#cfe8ee', 1.2, [
          random.between(0, width * 0.5),
          horizon + down,
          random.between(width * 0.55, width),
          horizon + down,
        ]),
      ),
    ],
    front: reeds,
  }
}

/** The sea floor with corals, weeds and rays of light. */
export function underwater(stage: Stage): Scenery {
  const { width, height, random } = stage
  const floor = height * 0.86
  const ray = (x: number) => ({
    ...poly('#c9f4f4', [x, -10, x + 16, -10, x + 50, height, x + 6, height]),
    opacity: 0.16,
  })
  const weed = (x: number) =>
    curve(random.pick(['#2f8f5a', '#3fae6a', '#1f7a5c']), 5, [
      x,
      height,
      x + 8,
      height - 24,
      x - 6,
      height - 48,
      x + 6,
      height - random.between(60, 90),
    ])
  const coral = (x: number, colour: string) =>
    [-28, -8, 14, 32].map((lean) =>
      curve(colour, 6, [x, floor + 8, x + lean * 0.4, floor - 12, x + lean, floor - random.between(22, 40)]),
    )
  const bubbles = Array.from({ length: 16 }, () => ({
    ...oval('#dff8fb', random.next() * width, random.next() * height * 0.8, [random.between(1, 3.6)]),
    opacity: 0.7,
  }))
  return {
    weightless: true,
    water: height * 0.5,
    sky: [
      fading(box(mix('#35b4cf', stage.light.top, 0.25), 0, 0, [width, height]), mix('#07395c', stage.light.top, 0.2)),
    ],
    back: [
      ...[0.1, 0.35, 0.62, 0.85].map((at) => ray(width * at - 20)),
      ...bubbles,
      land(stage, '#1d5f74', { y: floor - 14, swell: 30, step: 34 }),
      ...Array.from({ length: 6 }, () =>
        weed(random.pick([random.between(0, width * 0.3), random.between(width * 0.7, width)])),
      ),
      ...coral(width * 0.15, '#f0717f'),
      ...coral(width * 0.84, '#f2a44b'),
      ...coral(width * 0.97, '#c86fd0'),
      fading(land(stage, '#e0cf9c', { y: floor + 6, swell: 6, step: 40 }), '#b9a36e'),
    ],
    front: bubbles.slice(0, 3),
  }
}
