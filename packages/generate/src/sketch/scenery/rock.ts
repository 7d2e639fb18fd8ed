import { shade } from '../colour.ts'
import { blob, box, curve, fading, oval, poly } from '../shape.ts'
import { spruce } from './plants.ts'
import { afar, land, type Scenery, type Stage, scattered } from './stage.ts'

/** Rows of snow-capped peaks. */
export function mountains(stage: Stage): Scenery {
  const { width, horizon, random } = stage
  const peak = (x: number, top: number, half: number, distance: number) => {
    const foot = horizon + 12
    const rock = afar(stage, '#5b6b86', distance)
    const at = (share: number, side: number) => [x + side * half * share, top + (foot - top) * share]
    return [
      poly(rock, [x - half, foot, x, top, x + half, foot]),
      poly(shade(rock, -0.22), [x, top, x + half, foot, x + half * 0.1, foot]),
      poly(afar(stage, '#f6f9fc', distance * 0.5), [
        x,
        top,
        ...at(0.34, -1),
        ...at(0.26, -0.4),
        ...at(0.36, 0),
        ...at(0.27, 0.5),
        ...at(0.34, 1),
      ]),
    ]
  }
  const row = (count: number, low: number, distance: number) =>
    Array.from({ length: count }, (_, index) =>
      peak(
        ((index + random.between(0.2, 0.8)) * width) / count,
        horizon - random.between(low * 0.7, low),
        low * random.between(0.7, 1),
        distance,
      ),
    ).flat()
  return {
    back: [
      ...row(4, 92, 0.5),
      ...row(3, 66, 0.15),
      fading(land(stage, '#5f8a58', { y: horizon + 8, swell: 10, step: 40 }), '#3f6b42'),
      ...scattered(stage, { count: 16, from: horizon + 6, to: horizon + 30 }, (x, y, near) =>
        spruce(x, y, 9 + near * 10, '#2f5a40'),
      ),
    ],
  }
}

/** Sand dunes in rows. */
export function desert(stage: Stage): Scenery {
  const { horizon, width, random } = stage
  const dune = (y: number, light: string, dark: string) => {
    const x = random.between(0.2, 0.8) * width
    return [
      blob(light, [
        -60,
        y + 90,
        -30,
        y + 14,
        x - 60,
        y,
        x,
        y - 20,
        x + 70,
        y + 8,
        width + 40,
        y + 16,
        width + 60,
        y + 90,
      ]),
      blob(dark, [x, y - 20, x + 70, y + 8, width + 30, y + 18, width + 30, y + 60, x + 60, y + 40, x + 20, y + 20]),
    ]
  }
  return {
    back: [
      ...dune(horizon - 6, afar(stage, '#e3b06a', 0.3), afar(stage, '#c48a4a', 0.3)),
      ...dune(horizon + 10, '#e6b566', '#c08541'),
      ...dune(horizon + 34, '#eebf70', '#cf9850'),
      ...[50, 62, 74].map((down) =>
        curve('#d9a457', 1.5, [
          0,
          horizon + down,
          width * 0.3,
          horizon + down - 4,
          width * 0.7,
          horizon + down + 3,
          width,
          horizon + down,
        ]),
      ),
    ],
  }
}

/** Table mountains of red rock. */
export function canyon(stage: Stage): Scenery {
  const { width, horizon, random } = stage
  const mesa = (x: number, top: number, half: number, distance: number) => {
    const rock = afar(stage, '#b4552f', distance)
    return [
      poly(rock, [
        x - half * 1.25,
        horizon + 16,
        x - half,
        top + 16,
        x - half * 0.9,
        top,
        x + half * 0.9,
        top,
        x + half,
        top + 16,
        x + half * 1.25,
        horizon + 16,
      ]),
      ...[0.2, 0.42, 0.66].map((share) =>
        box(shade(rock, -0.2), x - half, top + (horizon - top) * share, [half * 2, 4]),
      ),
      poly(shade(rock, -0.25), [
        x + half * 0.3,
        top,
        x + half * 0.9,
        top,
        x + half * 1.25,
        horizon + 16,
        x + half * 0.5,
        horizon + 16,
      ]),
    ]
  }
  return {
    back: [
      ...[0.5, 0.85].flatMap((at) =>
        mesa(width * at + random.between(-14, 14), horizon - random.between(30, 46), 22, 0.4),
      ),
      ...mesa(width * 0.08, horizon - random.between(78, 104), 40, 0.05),
      ...mesa(width * 0.96, horizon - random.between(62, 96), 38, 0.05),
      fading(land(stage, '#cf7a45', { y: horizon + 14, swell: 6, step: 34 }), '#9c4a2a'),
      ...scattered(stage, { count: 8, from: horizon + 24, to: horizon + 70 }, (x, y, near) => [
        oval('#8f4325', x, y, [3 + near * 5, 2 + near * 3]),
      ]),
    ],
  }
}

/** A volcano with lava running down. */
export function volcano(stage: Stage): Scenery {
  const { width, horizon, random } = stage
  const x = width * random.between(0.42, 0.58)
  const top = horizon - 88
  const smoke = Array.from({ length: 8 }, (_, index) =>
    oval(shade('#5a4f55', index * 0.06), x + random.between(-10, 10) + index * 3, top - 6 - index * 7, [
      12 + index * 3,
      8 + index * 2,
    ]),
  )
  const bombs = Array.from({ length: 12 }, () =>
    oval('#ff8a2a', x + random.between(-50, 50), top - random.between(4, 54), [1.8, 1.8]),
  )
  return {
    back: [
      ...smoke,
      blob('#ff8a2a', [x - 12, top + 6, x - 20, top - 26, x, top - 44, x + 18, top - 24, x + 12, top + 6]),
      ...bombs,
      poly('#4a3a3c', [x - 100, horizon + 14, x - 18, top, x + 18, top, x + 100, horizon + 14]),
      poly('#352a2e', [x + 4, top, x + 18, top, x + 100, horizon + 14, x + 30, horizon + 14]),
      curve('#ff8a2a', 7, [x, top, x - 8, top + 30, x + 4, top + 60, x - 6, horizon + 14]),
      curve('#ffd84f', 3, [x, top, x - 8, top + 30, x + 4, top + 60, x - 6, horizon + 14]),
      curve('#ff8a2a', 5, [x + 10, top, x + 26, top + 34, x + 40, horizon + 14]),
      curve('#ff8a2a', 4, [x - 12, top, x - 34, top + 44, x - 52, horizon + 14]),
      fading(land(stage, '#3d3236', { y: horizon + 12, swell: 6, step: 22, jagged: true }), '#241c20'),
      ...[24, 44].map((down) =>
        curve('#ff8a2a', 3, [
          0,
          horizon + down,
          width * 0.3,
          horizon + down + 6,
          width * 0.6,
          horizon + down - 3,
          width,
          horizon + down + 5,
        ]),
      ),
    ],
  }
}
