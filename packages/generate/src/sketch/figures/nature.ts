import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, placed, poly, type Shape } from '../shape.ts'

/** A broad old tree. */
export function tree(random: Random): Shape[] {
  const [dark, mid, pale] = random.pick([
    ['#2f6b3a', '#478f47', '#79b65a'],
    ['#a4501f', '#d07a2a', '#efb04a'],
    ['#9c4668', '#d77a9c', '#f4b8c8'],
  ] as const)
  return [
    blob('#6b4a2f', '-16,100 -10,40 -14,0 14,0 12,40 22,100'),
    line('#6b4a2f', 9, '0,30 -40,-20'),
    line('#6b4a2f', 8, '2,20 40,-26'),
    ...[
      [-52, -18, 40],
      [52, -16, 40],
      [0, -24, 48],
    ].map(([x = 0, y = 0, r = 1]) => oval(dark, x, y, [r, r * 0.82])),
    ...[
      [-36, -50, 36],
      [38, -50, 36],
      [0, -66, 40],
    ].map(([x = 0, y = 0, r = 1]) => oval(mid, x, y, [r, r * 0.8])),
    ...[
      [-22, -72, 22],
      [20, -78, 20],
      [-52, -36, 16],
      [40, -40, 18],
    ].map(([x = 0, y = 0, r = 1]) => oval(pale, x, y, [r, r * 0.7])),
  ]
}

/** A toadstool with a spotted cap. */
export function mushroom(): Shape[] {
  return [
    blob('#f3e8d2', '-22,100 -16,40 -18,0 18,0 16,40 24,100'),
    blob('#e2d2b4', '-30,26 0,14 30,26 24,38 0,30 -24,38'),
    blob('#c9302c', '-88,10 -74,-46 -30,-88 0,-94 30,-88 74,-46 88,10 0,22'),
    blob('#f3e0c4', '-76,12 0,0 76,12 40,24 -40,24'),
    ...[
      [-46, -28, 14],
      [0, -56, 17],
      [44, -30, 13],
      [-12, -16, 9],
      [64, -6, 7],
      [-70, -6, 7],
      [24, -80, 7],
      [-30, -72, 8],
    ].map(([x = 0, y = 0, r = 1]) => oval('#fdf6ea', x, y, [r, r * 0.85])),
  ]
}

/** A sunflower-like flower on a stem. */
export function flower(random: Random): Shape[] {
  const [petal, heart] = random.pick([
    ['#f5bd2e', '#6b3f1d'],
    ['#ffffff', '#f2b632'],
    ['#7a6fe0', '#f7d455'],
  ] as const)
  const petals = Array.from({ length: 14 }, (_, index) => {
    const angle = (index / 14) * 2 * Math.PI
    return oval(petal, Math.cos(angle) * 42, -40 + Math.sin(angle) * 42, [22, 9, (angle * 180) / Math.PI])
  })
  return [
    curve('#4d8b3c', 8, '0,-30 6,30 0,100'),
    blob('#5fa047', '4,60 40,24 66,30 44,62'),
    blob('#5fa047', '2,76 -34,44 -60,50 -40,80'),
    ...petals,
    oval(heart, 0, -40, [26, 26]),
    ...[
      [-8, -48],
      [8, -46],
      [0, -34],
      [-10, -34],
      [11, -35],
    ].map(([x = 0, y = 0]) => oval('#3b2412', x, y, [3, 3])),
  ]
}

/** A red rose. */
export function rose(): Shape[] {
  return [
    curve('#3f7a35', 8, '0,0 -4,50 4,100'),
    blob('#4f9145', '0,56 34,30 56,42 36,64'),
    blob('#4f9145', '-2,74 -36,52 -54,64 -30,84'),
    ...both(poly('#4f9145', '-8,4 -40,-10 -20,-22')),
    blob('#a3162e', '-56,-40 -46,4 0,18 46,4 56,-40 30,-84 -30,-84'),
    blob('#c81f3c', '-52,-44 -16,14 28,0 20,-56 -20,-80'),
    blob('#d93350', '52,-46 22,8 -22,-6 -10,-60 26,-78'),
    blob('#b51a36', '-30,-52 0,-14 30,-52 14,-84 -16,-84'),
    curve('#f06a80', 5, '-14,-56 4,-40 18,-58 0,-72 -12,-62 2,-54'),
  ]
}

/** A cactus with two arms. */
export function cactus(): Shape[] {
  const green = '#3f8a4a'
  const prickles = [-84, -60, -36, -12, 12, 36, 60].flatMap((y) => both(line('#dff0c8', 2, [-8, y, -14, y - 5])))
  return [
    blob(green, '-24,100 -26,-60 -16,-94 0,-100 16,-94 26,-60 24,100'),
    curve(green, 24, '-20,30 -60,26 -64,-24'),
    curve(green, 22, '20,10 56,6 62,-46'),
    ...[-10, 0, 10].map((x) => line('#2f6b3a', 3, [x, -88, x, 96])),
    ...prickles,
    oval('#f06fa0', 0, -98, [11, 8]),
    oval('#f06fa0', -64, -38, [9, 7]),
    oval('#f06fa0', 62, -58, [9, 7]),
  ]
}

/** A cluster of crystals. */
export function crystal(random: Random): Shape[] {
  const [dark, mid, pale] = random.pick([
    ['#3a4fa0', '#6f8fe8', '#c9d8ff'],
    ['#7a2f8f', '#b565d6', '#efd0fb'],
    ['#12776f', '#3fc0ae', '#c9f5ea'],
  ] as const)
  const spike = (x: number, scale: number, lean: number) =>
    [
      poly(dark, [0, 100, -22, 100, -28 + lean, -30, lean, -62]),
      poly(mid, [0, 100, 22, 100, 28 + lean, -30, lean, -62]),
      poly(pale, [lean, -62, -28 + lean, -30, lean - 4, -20, 28 + lean, -30]),
    ].map((shape) => placed(shape, { x, y: 100 - 100 * scale, scale }))
  return [
    ...spike(-52, 0.66, -46),
    ...spike(54, 0.6, 50),
    ...spike(-22, 0.9, -16),
    ...spike(28, 0.85, 20),
    ...spike(2, 1.2, 0),
  ]
}

/** A snowman with hat and scarf. */
export function snowman(): Shape[] {
  return [
    line('#6b4a2f', 5, '-34,6 -84,-26'),
    line('#6b4a2f', 5, '34,6 84,-26'),
    line('#6b4a2f', 4, '-70,-18 -78,-40'),
    line('#6b4a2f', 4, '70,-18 78,-40'),
    oval('#eef4f9', 0, 62, [50, 40]),
    oval('#f5f9fc', 0, 4, [38, 33]),
    oval('#ffffff', 0, -46, [29, 27]),
    box('#23242b', -30, -74, [60, 8]),
    box('#23242b', -20, -102, [40, 30]),
    box('#c23b3b', -20, -80, [40, 7]),
    box('#c23b3b', -28, -26, [56, 11]),
    poly('#c23b3b', '10,-18 26,-18 30,22 14,22'),
    poly('#f08a2e', '0,-48 34,-42 0,-38'),
    ...both(oval('#23242b', -10, -54, [4, 4])),
    ...[-4, 14, 50].map((y) => oval('#23242b', -2, y, [4, 4])),
  ]
}

/** A human skull, from the front. */
export function skull(): Shape[] {
  const bone = '#efe6d2'
  const dark = '#2b2326'
  return [
    blob(bone, '-40,60 -36,96 0,100 36,96 40,60 0,50'),
    blob(bone, '-60,30 -76,-20 -62,-74 0,-98 62,-74 76,-20 60,30 36,58 -36,58'),
    ...both(blob(dark, '-50,-14 -30,-34 -8,-18 -14,10 -42,12'), oval('#d2c4a8', -58, 22, [9, 13])),
    poly(dark, '0,6 -10,34 0,28 10,34'),
    box(dark, -32, 62, [64, 5]),
    ...[-24, -12, 0, 12, 24].map((x) => line(dark, 4, [x, 52, x, 90])),
    curve('#cdbd9d', 4, '-20,-84 -8,-64 -16,-48'),
  ]
}
