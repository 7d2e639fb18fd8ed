import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, poly, type Shape } from '../shape.ts'

const DARK = '#2a2326'

/** A sitting cat, seen from the front. All figures fill −100…100 both ways and stand on y = 100. */
export function cat(random: Random): Shape[] {
  const [coat, pale] = random.pick([
    ['#e08a3c', '#f7dcb4'],
    ['#6f6a72', '#d9d5da'],
    ['#3a3540', '#8c8494'],
    ['#c9a27a', '#f5e8d2'],
  ] as const)
  return [
    curve(coat, 17, '40,85 82,78 92,30 70,0'),
    blob(coat, '-50,100 -44,30 -22,-8 22,-8 44,30 50,100'),
    blob(pale, '-18,88 -22,30 0,5 22,30 18,88'),
    ...both(
      oval(coat, -24, 93, [19, 11]),
      poly(coat, '-44,-30 -46,-100 -6,-62'),
      poly('#e9a7a0', '-36,-48 -38,-82 -18,-62'),
    ),
    oval(coat, 0, -35, [48, 40]),
    ...both(oval('#f4f1d6', -19, -38, [13, 14]), oval('#5d9c59', -19, -38, [10, 13]), oval(DARK, -19, -38, [4, 12])),
    ...both(oval(pale, -9, -16, [13, 10]), line('#fff7ea', 2, '-14,-16 -62,-24'), line('#fff7ea', 2, '-14,-13 -60,-6')),
    poly('#d9706c', '-7,-24 7,-24 0,-15'),
    line(DARK, 5, '0,-74 0,-58'),
    ...both(line(DARK, 4, '-13,-70 -10,-57')),
  ]
}

/** A sitting dog with hanging ears. */
export function dog(random: Random): Shape[] {
  const [coat, ear] = random.pick([
    ['#b9804a', '#6d4526'],
    ['#efe6d8', '#4a3b34'],
    ['#8a5a34', '#53321c'],
  ] as const)
  return [
    curve(coat, 14, '42,80 76,60 88,20'),
    blob(coat, '-48,100 -44,30 -26,0 26,0 44,30 48,100'),
    oval('#f6ecdd', 0, 48, [23, 40]),
    ...both(oval(coat, -25, 94, [22, 11])),
    box('#c23b3b', -32, -8, [64, 12]),
    oval('#f0c24b', 0, 8, [8, 8]),
    oval(coat, 0, -42, [44, 46]),
    ...both(blob(ear, '-34,-80 -62,-70 -72,-15 -52,8 -40,-30')),
    oval('#f6ecdd', 0, -20, [29, 25]),
    oval(DARK, 0, -34, [13, 9]),
    ...both(oval(DARK, -18, -54, [7, 8]), oval('#ffffff', -16, -57, [2, 2])),
    blob('#e2737a', '-9,-10 9,-10 8,14 -8,14'),
    ...both(curve(DARK, 3, '0,-25 -3,-12 -16,-10')),
  ]
}

/** A sitting fox with a large tail. */
export function fox(): Shape[] {
  const coat = '#d9622b'
  return [
    blob(coat, '20,95 70,98 98,55 88,0 64,20 60,60'),
    blob('#fbf3e6', '88,0 64,20 70,34 96,36'),
    blob(coat, '-42,100 -38,30 -18,-8 18,-8 38,30 42,100'),
    blob('#fbf3e6', '-16,70 -24,20 0,0 24,20 16,70'),
    ...both(
      oval('#3b2a24', -20, 93, [15, 11]),
      poly(coat, '-46,-32 -56,-100 -8,-62'),
      poly('#3b2a24', '-44,-60 -54,-96 -30,-74'),
    ),
    poly(coat, '-58,-36 -34,-70 34,-70 58,-36 0,12'),
    ...both(poly('#fbf3e6', '-58,-36 -26,-34 0,12'), oval(DARK, -20, -42, [6, 7])),
    oval(DARK, 0, 6, [9, 7]),
  ]
}

/** A rabbit with upright ears. */
export function rabbit(random: Random): Shape[] {
  const coat = random.pick(['#efe9e2', '#b89a7d', '#9a9aa2'])
  return [
    oval('#ffffff', 48, 78, [18, 17]),
    ...both(oval(coat, -18, -68, [13, 42, -8]), oval('#eab0ae', -18, -66, [6, 32, -8])),
    oval(coat, 0, 52, [48, 50]),
    oval('#ffffff', 0, 58, [26, 34]),
    ...both(oval(coat, -32, 92, [25, 11]), oval(coat, -16, 52, [10, 20])),
    oval(coat, 0, -8, [37, 33]),
    ...both(oval(DARK, -16, -14, [6, 8]), oval('#ffffff', -8, 4, [11, 9]), oval('#f0bcb4', -27, 0, [7, 5])),
    poly('#d9706c', '-6,-5 6,-5 0,3'),
    box('#ffffff', -5, 8, [10, 9]),
  ]
}

/** An owl on a branch, or on the ground. */
export function owl(): Shape[] {
  const coat = '#8a6242'
  return [
    blob(coat, '-56,80 -62,0 -48,-70 0,-80 48,-70 62,0 56,80 0,96'),
    ...both(poly(coat, '-52,-60 -58,-100 -14,-78'), blob('#5f3f28', '-56,70 -76,20 -58,-25 -40,20')),
    blob('#e6cfa6', '-34,70 -38,10 0,-10 38,10 34,70 0,86'),
    ...[20, 38, 56].flatMap((y) =>
      both(curve('#8a6242', 4, [-26, y, -18, y + 8, -10, y]), curve('#8a6242', 4, [-8, y, 0, y + 8, 8, y])),
    ),
    ...both(
      oval('#f4e6c8', -24, -38, [27, 27]),
      oval('#f2b632', -23, -38, [18, 18]),
      oval('#1d1a1a', -22, -38, [10, 10]),
    ),
    ...both(
      oval('#ffffff', -26, -43, [3, 3]),
      line('#e0932f', 6, '-20,92 -20,100'),
      line('#e0932f', 6, '-30,92 -32,100'),
    ),
    poly('#e0932f', '-9,-28 9,-28 0,-6'),
  ]
}

/** A standing bear. */
export function bear(random: Random): Shape[] {
  const coat = random.pick(['#6b4423', '#8c5e34', '#4d3423'])
  const pale = '#c99f6e'
  return [
    ...both(
      oval(coat, -34, -82, [18, 18]),
      oval(pale, -34, -82, [9, 9]),
      oval(coat, -60, 30, [20, 40, 20]),
      oval(coat, -32, 82, [27, 20]),
    ),
    oval(coat, 0, 34, [58, 60]),
    oval(pale, 0, 40, [34, 40]),
    ...both(oval('#3d2817', -32, 92, [16, 8])),
    oval(coat, 0, -48, [48, 42]),
    oval(pale, 0, -32, [24, 20]),
    oval(DARK, 0, -42, [10, 7]),
    ...both(oval(DARK, -20, -58, [6, 6]), curve(DARK, 3, '0,-35 -3,-26 -12,-25')),
  ]
}

/** A penguin. */
export function penguin(): Shape[] {
  const coat = '#25303f'
  return [
    ...both(blob(coat, '-44,-20 -80,30 -74,56 -44,28'), blob('#f0a02e', '-38,92 -10,88 -8,100 -42,100')),
    blob(coat, '-46,88 -56,20 -42,-50 0,-90 42,-50 56,20 46,88 0,97'),
    blob('#f8f6ef', '-32,84 -40,20 -22,-14 0,-8 22,-14 40,20 32,84 0,92'),
    ...both(oval('#f8f6ef', -17, -46, [19, 22]), oval('#14181f', -15, -50, [6, 7]), oval('#f7c948', -30, -24, [9, 7])),
    poly('#f0a02e', '-13,-38 13,-38 0,-18'),
  ]
}
