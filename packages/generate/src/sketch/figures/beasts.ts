import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, poly, type Shape } from '../shape.ts'

const DARK = '#2a2326'

/** A horse in profile, looking right. */
export function horse(random: Random): Shape[] {
  const [coat, mane] = random.pick([
    ['#8a5230', '#2e1d14'],
    ['#5a3a28', '#1c1310'],
    ['#b58a5c', '#f1e2c4'],
  ] as const)
  return steed(coat, mane)
}

/** A white horse with a horn and a coloured mane. */
export function unicorn(): Shape[] {
  return [
    ...steed('#f6f2fb', '#c77dd6'),
    curve('#7fb8ea', 8, '22,-74 12,-44 2,-20'),
    curve('#f2a0c6', 7, '-70,-14 -90,20 -84,62'),
    poly('#f5c84c', '50,-82 62,-78 78,-124'),
  ]
}

function steed(coat: string, mane: string): Shape[] {
  return [
    curve(mane, 18, '-66,-18 -90,10 -86,70'),
    ...[-58, -40, 24, 42].map((x) => poly(coat, [x - 9, 20, x + 11, 20, x + 5, 92, x - 5, 92])),
    ...[-58, -40, 24, 42].map((x) => box(DARK, x - 7, 90, [14, 10])),
    blob(coat, '-70,-10 -40,-24 20,-20 52,-18 54,20 30,36 -40,34 -70,24'),
    blob(coat, '14,-10 30,-66 52,-84 66,-70 58,-30 52,10'),
    blob(coat, '40,-84 62,-88 96,-48 88,-36 74,-40 50,-56'),
    poly(coat, '40,-80 46,-100 58,-82'),
    blob(mane, '46,-92 26,-70 8,-20 20,-14 36,-50 52,-80'),
    oval(DARK, 66, -68, [5, 5]),
    oval(DARK, 89, -46, [3, 3]),
  ]
}

/** A stag in profile with antlers. */
export function deer(): Shape[] {
  const coat = '#a86f3f'
  const horn = '#e4cfa4'
  return [
    ...[-46, -32, 18, 32].map((x) => poly(coat, [x - 7, 20, x + 8, 20, x + 3, 100, x - 4, 100])),
    blob(coat, '-60,-8 -30,-16 30,-14 44,8 30,30 -40,30 -60,16'),
    oval('#f2e4cd', -62, 0, [8, 13, 20]),
    blob(coat, '18,-6 34,-46 54,-50 52,-10 40,16'),
    blob(coat, '34,-60 56,-62 84,-40 76,-30 46,-34'),
    poly(coat, '34,-56 18,-66 36,-44'),
    oval(DARK, 56, -51, [4, 4]),
    oval(DARK, 81, -37, [5, 4]),
    curve(horn, 6, '44,-60 30,-82 34,-108'),
    line(horn, 5, '33,-84 12,-96'),
    curve(horn, 6, '52,-60 66,-82 60,-108'),
    line(horn, 5, '64,-84 84,-98'),
    line(horn, 5, '38,-72 46,-88'),
    ...[-40, -22, -4, 12].map((x, index) => oval('#f2e4cd', x, -2 + (index % 2) * 10, [4, 3])),
  ]
}

/** An elephant in profile. */
export function elephant(): Shape[] {
  const skin = '#8d929c'
  return [
    curve(skin, 5, '-76,0 -92,30 -86,52'),
    ...[-56, -24, 14, 38].map((x) => box(skin, x - 12, 30, [26, 66])),
    ...[-56, -24, 14, 38].map((x) => box('#e6dfd0', x - 11, 90, [24, 9])),
    oval(skin, -14, 0, [68, 52]),
    oval(skin, 50, -30, [40, 40]),
    curve(skin, 22, '78,-24 92,20 84,62 96,80'),
    curve('#f8f1dd', 9, '66,2 84,16 98,8'),
    blob('#747a86', '36,-66 2,-60 -8,-10 16,20 42,-6'),
    oval(DARK, 66, -38, [5, 6]),
  ]
}

/** A giraffe in profile. */
export function giraffe(): Shape[] {
  const coat = '#e8b455'
  const patch = '#9a5a26'
  return [
    curve(coat, 5, '-58,16 -70,40'),
    ...[-48, -32, 6, 22].map((x) => poly(coat, [x - 6, 30, x + 7, 30, x + 4, 100, x - 4, 100])),
    blob(coat, '-58,14 -20,4 26,-4 36,20 20,44 -46,42'),
    poly(coat, '2,10 30,-80 48,-76 36,22'),
    blob(coat, '26,-92 48,-96 76,-76 68,-66 34,-70'),
    line(patch, 4, '36,-92 34,-108'),
    line(patch, 4, '46,-92 47,-108'),
    ...[
      [-40, 20],
      [-24, 30],
      [-18, 14],
      [0, 26],
      [14, 14],
      [20, 32],
      [18, -10],
      [28, -4],
      [26, -30],
      [34, -24],
      [32, -50],
      [40, -44],
      [36, -66],
    ].map(([x = 0, y = 0]) => oval(patch, x, y, [6, 5, 30])),
    oval(DARK, 50, -84, [4, 4]),
  ]
}

/** A whale, with its fountain. */
export function whale(): Shape[] {
  const skin = '#3f6f9e'
  return [
    curve('#cfe8f5', 7, '20,-44 14,-74 -10,-84'),
    curve('#cfe8f5', 7, '20,-44 26,-74 50,-84'),
    blob(skin, '-64,10 -86,-24 -104,-50 -78,-46 -72,-60 -58,-44 -50,-20'),
    blob(skin, '-70,-8 -30,-10 20,-42 80,-26 98,20 70,56 10,66 -40,44'),
    blob('#dcebf2', '96,24 70,56 10,66 -30,48 20,40'),
    ...[30, 44, 58].map((x) => curve('#9db9cc', 3, [x, 42, x - 10, 52, x - 14, 62])),
    blob(skin, '10,44 -6,76 -26,84 -14,46'),
    oval('#ffffff', 66, 6, [6, 7]),
    oval(DARK, 67, 7, [4, 5]),
  ]
}

/** A fish. */
export function fish(random: Random): Shape[] {
  const [skin, fin] = random.pick([
    ['#f28c38', '#d9541e'],
    ['#f2c14e', '#3b8ea5'],
    ['#e4572e', '#f6efe2'],
  ] as const)
  return [
    blob(fin, '-50,0 -98,-50 -84,0 -98,50'),
    blob(fin, '-20,-40 14,-74 44,-36'),
    blob(fin, '-14,40 4,68 26,38'),
    blob(skin, '-64,0 -20,-44 40,-46 90,0 40,46 -20,44'),
    ...[-26, 4, 34].map((x) => curve(fin, 7, [x, -38, x + 10, 0, x, 38])),
    oval('#ffffff', 62, -12, [12, 12]),
    oval(DARK, 65, -12, [6, 7]),
    curve(DARK, 4, '86,10 76,16 66,14'),
  ]
}

/** An octopus with eight arms. */
export function octopus(random: Random): Shape[] {
  const skin = random.pick(['#c8475e', '#8e4aa8', '#d9703a'])
  const arm = (x: number, out: number, end: number) =>
    curve(skin, 17, [x, 10, x + out * 0.5, 50, x + out, 84, x + out + end, 70])
  return [
    ...both(arm(-32, -40, -20), arm(-24, -20, -22), arm(-14, -8, -16), curve(skin, 17, '-38,0 -70,20 -90,-4 -78,-24')),
    blob(skin, '-44,14 -54,-40 -34,-88 0,-98 34,-88 54,-40 44,14 0,30'),
    ...both(oval('#ffffff', -19, -18, [14, 16]), oval(DARK, -17, -15, [7, 9]), oval('#f4c9c9', -30, 8, [5, 4])),
    ...both(oval('#eab0b6', -62, 62, [4, 4]), oval('#eab0b6', -40, 66, [4, 4])),
    curve(DARK, 4, '-9,8 0,14 9,8'),
    oval('#f3d3d3', -18, -66, [9, 6, -30]),
  ]
}

/** A jellyfish. */
export function jellyfish(): Shape[] {
  const tentacle = (x: number, width: number) =>
    curve('#d9a7e8', width, [x, 0, x - 10, 26, x + 8, 52, x - 8, 78, x + 4, 100])
  return [
    ...[-44, -22, 0, 22, 44].map((x) => tentacle(x, x % 44 === 0 ? 6 : 10)),
    blob('#b673d6', '-66,4 -62,-50 -30,-90 0,-96 30,-90 62,-50 66,4 44,-6 22,6 0,-6 -22,6 -44,-6'),
    blob('#e3bff0', '-40,-20 -34,-62 0,-82 34,-62 40,-20 0,-34'),
    oval('#f7e6fb', -22, -62, [8, 5, -40]),
  ]
}

/** A turtle in profile. */
export function turtle(): Shape[] {
  return [
    blob('#7da35a', '-70,50 -96,58 -72,66'),
    ...[-44, 38].map((x) => blob('#7da35a', [x - 14, 50, x + 14, 50, x + 16, 88, x - 16, 88])),
    blob('#7da35a', '54,46 70,4 96,4 100,26 82,40 70,62'),
    blob('#4d6b35', '-76,54 -62,0 -10,-34 44,-6 66,54'),
    ...[
      [-36, 22],
      [-8, -4],
      [22, 20],
      [-8, 34],
      [44, 36],
      [-56, 42],
    ].map(([x = 0, y = 0]) => poly('#86a653', hexagon(x, y, 12))),
    poly('#c9b06b', '-78,50 68,50 62,64 -70,64'),
    oval(DARK, 84, 14, [4, 5]),
  ]
}

function hexagon(x: number, y: number, radius: number): number[] {
  return [0, 1, 2, 3, 4, 5].flatMap((corner) => [
    x + radius * Math.cos((corner * Math.PI) / 3),
    y + radius * Math.sin((corner * Math.PI) / 3),
  ])
}
