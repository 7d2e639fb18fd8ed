import type { Random } from '../random.ts'
import { blob, both, curve, oval, placed, poly, type Shape } from '../shape.ts'

const DARK = '#2a2326'

/** A butterfly with open wings. */
export function butterfly(random: Random): Shape[] {
  const [wing, spot] = random.pick([
    ['#e8792b', '#fbe3b0'],
    ['#3a7bd5', '#cfe6ff'],
    ['#b34cc4', '#f6d0f7'],
  ] as const)
  return [
    ...both(
      blob('#2b2230', '-4,-10 -40,-84 -92,-80 -98,-30 -60,4'),
      blob('#2b2230', '-4,6 -60,0 -82,44 -54,88 -20,70'),
      blob(wing, '-10,-14 -40,-74 -84,-70 -88,-34 -56,-4'),
      blob(wing, '-10,10 -56,8 -72,44 -50,76 -24,62'),
      oval(spot, -66, -48, [11, 13]),
      oval(spot, -46, 42, [9, 11]),
      oval(spot, -40, -30, [6, 8]),
      curve('#2b2230', 3, '-2,-50 -14,-80 -24,-88'),
    ),
    oval('#2b2230', 0, 4, [7, 52]),
    oval('#2b2230', 0, -48, [9, 9]),
  ]
}

/** A bird in flight. */
export function bird(random: Random): Shape[] {
  const [coat, belly] = random.pick([
    ['#3f7fb5', '#f7efe0'],
    ['#c8553d', '#f4dcc0'],
    ['#f3f5f7', '#d8dee4'],
  ] as const)
  return [
    poly(coat, '-50,8 -98,-4 -84,14 -98,30 -48,24'),
    blob(coat, '-8,0 -44,-50 -40,-96 -10,-70 30,-8'),
    blob(coat, '-56,14 -20,-10 40,-22 68,-6 50,26 0,36 -40,30'),
    blob(belly, '64,6 40,28 0,36 -36,28 10,14'),
    blob(coat, '2,4 0,-60 40,-90 44,-50 34,-4'),
    oval(coat, 62, -18, [22, 20]),
    poly('#f0a02e', '80,-24 100,-14 80,-8'),
    oval(DARK, 68, -22, [4, 4]),
  ]
}

/** A dragon with spread wings. */
export function dragon(random: Random): Shape[] {
  const [skin, wing] = random.pick([
    ['#3f8f57', '#8fce7c'],
    ['#b5322f', '#f08a4b'],
    ['#47418c', '#9c8fe0'],
  ] as const)
  return [
    blob(wing, '-6,-16 -40,-90 -98,-70 -84,-50 -70,-40 -60,-14 -44,-20 -34,6 -20,-4'),
    curve(skin, 22, '-26,44 -64,70 -92,54 -86,26'),
    poly(wing, '-94,32 -76,34 -84,4'),
    blob(skin, '-46,50 -34,4 0,-18 36,0 40,50 10,80 -30,78'),
    ...[-26, 24].map((x) => blob(skin, [x - 14, 54, x + 14, 54, x + 22, 100, x - 16, 100])),
    blob('#f1dfa3', '-4,74 -6,20 16,-4 32,30 24,70'),
    blob(skin, '4,4 22,-56 46,-66 46,-30 34,14'),
    blob(skin, '26,-84 54,-90 96,-62 92,-46 52,-40 32,-54'),
    blob(wing, '16,-8 30,-60 60,-104 84,-40 70,-34 60,-10 46,-20 36,8'),
    ...[
      [30, -82, 14],
      [42, -88, 16],
    ].map(([x = 0, y = 0, long = 0]) => poly('#f1dfa3', [x, y, x + 10, y, x - 8, y - long])),
    oval('#ffe26a', 58, -70, [6, 6]),
    oval(DARK, 59, -70, [3, 5]),
    ...[0, 1, 2].map((index) =>
      placed(poly(wing, '-8,0 8,0 0,-16'), { x: 6 + index * 7, y: -4 - index * 20, scale: 0.9 }),
    ),
    oval(DARK, 88, -60, [3, 3]),
  ]
}
