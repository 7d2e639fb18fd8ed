import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, placed, poly, type Shape } from '../shape.ts'

const GLOW = '#ffd66b'

/** A castle with five towers and a flag. */
export function castle(random: Random): Shape[] {
  const [stone, roof] = random.pick([
    ['#a9a3a0', '#7a3b4e'],
    ['#c9b79a', '#3d5a80'],
    ['#8f95a3', '#a4432f'],
  ] as const)
  const tower = (x: number, width: number, top: number) => [
    box(stone, x - width / 2, top, [width, 100 - top]),
    poly(roof, [x - width / 2 - 5, top, x + width / 2 + 5, top, x, top - width * 1.3]),
    box('#3b3340', x - 4, top + 16, [8, 15]),
  ]
  return [
    ...tower(-72, 30, -8),
    ...tower(72, 30, -8),
    box(stone, -74, 32, [148, 68]),
    ...[-60, -36, -12, 12, 36, 60].map((x) => box(stone, x - 7, 20, [14, 14])),
    ...tower(-36, 28, -34),
    ...tower(36, 28, -34),
    ...tower(0, 36, -50),
    line('#3b3340', 3, '0,-96 0,-116'),
    poly('#e0a23a', '0,-116 24,-109 0,-102'),
    blob('#3b2a24', '-17,100 -17,66 0,50 17,66 17,100'),
    ...both(box(GLOW, -56, 56, [9, 14]), box(GLOW, -40, 4, [8, 12])),
  ]
}

/** A striped lighthouse with its beam. */
export function lighthouse(): Shape[] {
  const half = (y: number) => 17 + ((y + 50) / 150) * 17
  const stripe = (top: number, bottom: number) =>
    poly('#c8342f', [-half(top), top, half(top), top, half(bottom), bottom, -half(bottom), bottom])
  return [
    { ...poly('#ffeeb0', '0,-66 150,-110 150,-30'), opacity: 0.45 },
    { ...poly('#ffeeb0', '0,-66 -150,-100 -150,-40'), opacity: 0.45 },
    blob('#6f6a68', '-70,100 -46,84 0,80 50,84 74,100'),
    poly('#f6f1e7', '-17,-50 17,-50 34,100 -34,100'),
    stripe(-24, 6),
    stripe(40, 72),
    box('#33323a', -25, -54, [50, 7]),
    box(GLOW, -13, -80, [26, 26]),
    ...[-13, 0, 13].map((x) => line('#33323a', 3, [x, -80, x, -54])),
    poly('#c8342f', '-19,-80 19,-80 0,-104'),
    box('#33323a', -7, 76, [14, 24]),
    oval('#33323a', 0, 22, [5, 7]),
    oval('#33323a', 0, -12, [4, 6]),
  ]
}

/** A cottage with a smoking chimney. */
export function cottage(random: Random): Shape[] {
  const [wall, roof] = random.pick([
    ['#e9d8b6', '#8c3f2b'],
    ['#b9825a', '#4a4e57'],
    ['#d7dfe2', '#2f5d62'],
  ] as const)
  const pane = [
    box('#ffffff', -61, 24, [34, 34]),
    box(GLOW, -58, 27, [28, 28]),
    line('#ffffff', 4, '-44,26 -44,56'),
    line('#ffffff', 4, '-58,41 -30,41'),
  ]
  return [
    box('#8a6f63', 34, -74, [20, 46]),
    curve('#e8e4e0', 12, '44,-80 56,-98 44,-112 60,-126'),
    box(wall, -70, 0, [140, 100]),
    poly(roof, '-94,6 0,-80 94,6'),
    box('#5b3a29', -18, 36, [36, 64]),
    oval(GLOW, 10, 70, [3, 3]),
    ...both(...pane),
    oval('#ffffff', 0, -24, [15, 15]),
    oval(GLOW, 0, -24, [11, 11]),
  ]
}

/** A windmill with four sails. */
export function windmill(random: Random): Shape[] {
  const turn = random.between(15, 75)
  const sail = (quarter: number) => {
    const angle = ((turn + quarter) * Math.PI) / 180
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const at = (along: number, across: number) => [along * cos - across * sin, -34 + along * sin + across * cos]
    return [
      poly('#f3ead6', [...at(18, 2), ...at(88, 2), ...at(88, 24), ...at(18, 20)]),
      line('#5b4636', 5, [...at(0, 0), ...at(92, 0)]),
      line('#b59a78', 2, [...at(18, 11), ...at(88, 13)]),
    ]
  }
  return [
    poly('#d8c3a0', '-24,-34 24,-34 42,100 -42,100'),
    poly('#a8482f', '-28,-34 28,-34 0,-72'),
    box('#5b3a29', -12, 62, [24, 38]),
    box('#5e7f94', -8, 10, [16, 20]),
    ...[0, 90, 180, 270].flatMap(sail),
    oval('#5b4636', 0, -34, [8, 8]),
  ]
}

/** Three tall buildings, the middle one with a spire. */
export function skyscraper(): Shape[] {
  const house = (wall: string, [x, top, columns]: readonly [number, number, number]) => [
    box(wall, x, top, [columns * 11 + 6, 100 - top]),
    ...Array.from({ length: columns * Math.floor((96 - top) / 15) }, (_, index) =>
      box(
        index % 3 === 1 ? '#9fc3da' : GLOW,
        x + 5 + (index % columns) * 11,
        top + 7 + Math.floor(index / columns) * 15,
        [7, 8],
      ),
    ),
  ]
  return [
    ...house('#4e6378', [-68, -6, 3]),
    ...house('#5a7089', [30, -26, 3]),
    line('#3a4a5c', 4, '0,-80 0,-124'),
    poly('#3a4a5c', '-16,-70 16,-70 0,-96'),
    ...house('#3a4a5c', [-31, -70, 5]),
  ]
}

/** A pagoda of four roofs. */
export function pagoda(): Shape[] {
  const floor = (level: number) => {
    const y = 70 - level * 40
    const half = 56 - level * 10
    const [eave, ridge] = [half + 20, half * 0.5]
    return [
      box('#b5382c', -half * 0.62, y - 14, [half * 1.24, level === 0 ? 44 : 32]),
      box('#f4dfb5', -half * 0.3, y - 4, [half * 0.6, 16]),
      poly('#2f3b46', [
        -eave,
        y - 22,
        -half,
        y - 22,
        -ridge,
        y - 38,
        ridge,
        y - 38,
        half,
        y - 22,
        eave,
        y - 22,
        half,
        y - 10,
        -half,
        y - 10,
      ]),
    ]
  }
  return [
    box('#8d8378', -66, 92, [132, 8]),
    ...[0, 1, 2, 3].flatMap(floor),
    line('#d9a441', 5, '0,-84 0,-112'),
    oval('#d9a441', 0, -104, [6, 6]),
  ]
}

/** Two pyramids of stone. */
export function pyramid(): Shape[] {
  const sides = [poly('#d9b36a', '-100,100 0,-70 12,100'), poly('#a97c3f', '0,-70 100,100 12,100')]
  const courses = [-20, 20, 60].map((y) => line('#b98f4e', 2, [-((y + 70) * 100) / 170, y, (y + 70) / 14, y]))
  return [...sides.map((shape) => placed(shape, { x: 62, y: 44, scale: 0.56 })), ...sides, ...courses]
}

/** A tent with a fire beside it. */
export function tent(random: Random): Shape[] {
  const [cloth, dark] = random.pick([
    ['#e0a13a', '#a86a1f'],
    ['#d3523f', '#96352a'],
    ['#4f8f7b', '#2f5f52'],
  ] as const)
  return [
    poly(cloth, '-84,100 -10,-60 40,100'),
    poly(dark, '-10,-60 84,100 40,100'),
    poly('#3b2a24', '-42,100 -14,-10 10,100'),
    poly(GLOW, '-32,100 -14,30 2,100'),
    line('#5b4636', 4, '-10,-60 -16,-76'),
    line('#e9dcc0', 2, '-12,-60 -98,86'),
    line('#6b4a2f', 6, '64,100 96,90'),
    line('#6b4a2f', 6, '66,90 96,100'),
    blob('#f08a2e', '66,94 70,66 80,50 90,68 94,94'),
    blob('#ffd66b', '73,94 80,68 88,94'),
  ]
}
