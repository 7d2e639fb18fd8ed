import { blob, box, curve, fading, line, oval, poly } from '../shape.ts'
import { spruce, tuft } from './plants.ts'
import { afar, land, type Scenery, type Stage, scattered } from './stage.ts'

/** A dense wood of firs. */
export function forest(stage: Stage): Scenery {
  const { horizon, height } = stage
  return {
    back: [
      land(stage, afar(stage, '#4d7a5c', 0.45), { y: horizon - 30, swell: 26, step: 9, jagged: true }),
      land(stage, afar(stage, '#3a6a4b', 0.2), { y: horizon - 12, swell: 30, step: 10, jagged: true }),
      fading(land(stage, '#41693c', { y: horizon + 6, swell: 6, step: 30 }), '#2c4a2c'),
      ...scattered(stage, { count: 26, from: horizon + 4, to: horizon + 34 }, (x, y, near) =>
        spruce(x, y, 44 + near * 44, near > 0.5 ? '#1f4d33' : '#2d6142'),
      ),
    ],
    front: scattered(stage, { count: 9, from: height - 6, to: height + 4 }, (x, y) => tuft(x, y, 12, '#274a2a')),
  }
}

/** Rainforest: lianas, fronds and broad leaves. */
export function jungle(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const frond = (x: number, y: number, size: number, colour: string) =>
    [-70, -40, -12, 14, 42, 72].map((degrees) => {
      const [dx, dy] = [Math.sin((degrees * Math.PI) / 180), -Math.cos((degrees * Math.PI) / 180)]
      return blob(colour, [
        x,
        y,
        x + dx * size * 0.5 - dy * size * 0.12,
        y + dy * size * 0.5 + dx * size * 0.12,
        x + dx * size,
        y + dy * size,
        x + dx * size * 0.5 + dy * size * 0.12,
        y + dy * size * 0.5 - dx * size * 0.12,
      ])
    })
  return {
    back: [
      fading(box(afar(stage, '#3f8a5a', 0.35), 0, 0, [width, height]), afar(stage, '#7fbf7a', 0.2)),
      ...Array.from({ length: 7 }, (_, index) =>
        curve(afar(stage, '#3b5a34', 0.15), random.between(5, 10), [
          ((index + random.next()) * width) / 7,
          -10,
          ((index + random.next()) * width) / 7,
          height * 0.5,
          ((index + random.next()) * width) / 7,
          height,
        ]),
      ),
      ...scattered(stage, { count: 12, from: horizon - 30, to: horizon + 20 }, (x, y, near) =>
        frond(x, y, 46, near > 0.5 ? '#1f6b3d' : '#358a4c'),
      ),
      fading(land(stage, '#2f6b38', { y: horizon + 14, swell: 6, step: 26 }), '#1d4526'),
      ...Array.from({ length: 6 }, (_, index) =>
        blob('#17472c', [
          ((index + 0.1) * width) / 6,
          -12,
          ((index + 0.5) * width) / 6,
          random.between(22, 44),
          ((index + 0.9) * width) / 6,
          -12,
        ]),
      ),
    ],
    front: scattered(stage, { count: 6, from: height + 2, to: height + 6 }, (x, y) => frond(x, y, 34, '#123c24')),
  }
}

/** A meadow full of flowers. */
export function meadow(stage: Stage): Scenery {
  const { horizon, height, random } = stage
  const colours = ['#e8443c', '#f5c93c', '#ffffff', '#d667c2', '#7a6fe0']
  const bloom = (x: number, y: number, near: number) => [
    line('#3f7a35', 0.8 + near, [x, y, x + random.between(-2, 2), y + 6 + near * 10]),
    oval(random.pick(colours), x, y, [1.6 + near * 3.6, 1.4 + near * 3.2]),
    oval('#f7d455', x, y, [0.6 + near * 1.2, 0.6 + near * 1.2]),
  ]
  return {
    back: [
      land(stage, afar(stage, '#6fa864', 0.4), { y: horizon, swell: 12, step: 44 }),
      fading(land(stage, '#79b84e', { y: horizon + 10, swell: 4, step: 40 }), '#4a8a38'),
      ...scattered(stage, { count: 90, from: horizon + 12, to: height * 0.92 }, bloom),
    ],
    front: [
      ...scattered(stage, { count: 14, from: height - 4, to: height + 4 }, (x, y) => tuft(x, y, 14, '#3a7a30')),
      ...scattered(stage, { count: 10, from: height - 14, to: height - 6 }, (x, y) => bloom(x, y, 1.2)),
    ],
  }
}

/** Rolling green hills with fields and hedges. */
export function hills(stage: Stage): Scenery {
  const { horizon, height } = stage
  const bush = (x: number, y: number, size: number) => [
    oval('#3d7040', x, y - size * 0.4, [size, size * 0.8]),
    oval('#4f8a4a', x - size * 0.2, y - size * 0.6, [size * 0.6, size * 0.5]),
  ]
  return {
    back: [
      land(stage, afar(stage, '#7fae6c', 0.5), { y: horizon - 8, swell: 24, step: 60 }),
      land(stage, afar(stage, '#74aa58', 0.22), { y: horizon + 4, swell: 18, step: 70 }),
      ...scattered(stage, { count: 9, from: horizon, to: horizon + 12 }, (x, y, near) => bush(x, y, 4 + near * 4)),
      fading(land(stage, '#84b954', { y: horizon + 20, swell: 12, step: 80 }), '#5c9440'),
    ],
    front: scattered(stage, { count: 7, from: height - 2, to: height + 4 }, (x, y) => tuft(x, y, 9, '#4a7f34')),
  }
}

/** A snowfield with firs under snow. */
export function snow(stage: Stage): Scenery {
  const { horizon } = stage
  const white = (x: number, y: number, size: number) => [
    ...spruce(x, y, size, '#4f7a72'),
    ...[0, 1, 2].map((tier) => {
      const half = size * (0.3 - tier * 0.08)
      const base = y - size * (0.3 + tier * 0.32)
      return poly('#f6fafd', [
        x - half,
        base,
        x - half * 0.3,
        base - 1.5,
        x + half * 0.4,
        base + 1,
        x,
        base - size * 0.34,
      ])
    }),
  ]
  return {
    back: [
      land(stage, afar(stage, '#c5d6e6', 0.25), { y: horizon - 10, swell: 26, step: 50 }),
      land(stage, afar(stage, '#dbe7f1', 0.1), { y: horizon + 6, swell: 14, step: 50 }),
      ...scattered(stage, { count: 13, from: horizon + 8, to: horizon + 28 }, (x, y, near) =>
        white(x, y, 26 + near * 24),
      ),
      fading(land(stage, '#f4f8fb', { y: horizon + 26, swell: 8, step: 60 }), '#cddceb'),
    ],
  }
}
