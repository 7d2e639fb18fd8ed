import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, poly, type Shape } from '../shape.ts'

const GOLD = '#e3b23c'
const DARK = '#2a2326'

/** A teapot with steam. */
export function teapot(random: Random): Shape[] {
  const [glaze, trim] = random.pick([
    ['#3f7fb5', '#f4efe2'],
    ['#d9705a', '#f9e4c2'],
    ['#4f8f7b', '#f1dfa3'],
  ] as const)
  return [
    curve('#eef2f4', 7, '92,-34 104,-56 90,-74 102,-96'),
    curve(glaze, 14, '-58,-10 -98,-14 -98,44 -56,50'),
    poly(glaze, '50,36 92,-30 104,-22 64,62'),
    blob(glaze, '-66,30 -50,-28 0,-40 50,-28 66,30 46,80 -46,80'),
    box(trim, -44, 82, [88, 12]),
    blob(trim, '-64,20 0,8 64,20 64,38 0,28 -64,38'),
    blob(glaze, '-34,-36 -26,-56 26,-56 34,-36'),
    oval(trim, 0, -64, [10, 10]),
    ...[-36, 0, 36].map((x) => oval(glaze, x, 23 + Math.abs(x) / 9, [6, 6])),
    oval('#ffffff', -30, -8, [7, 14, 30]),
  ]
}

/** A steaming cup on a saucer. */
export function cup(random: Random): Shape[] {
  const glaze = random.pick(['#f4efe2', '#d9705a', '#5b8fa8'])
  return [
    ...[-24, 0, 24].map((x) => curve('#eef2f4', 7, [x, -40, x + 10, -58, x - 6, -76, x + 8, -98])),
    oval('#d9d2c3', 0, 84, [92, 15]),
    oval('#bfb6a4', 0, 80, [60, 8]),
    curve(glaze, 13, '54,-10 94,-8 88,44 42,48'),
    blob(glaze, '-62,-20 -56,40 -32,76 32,76 56,40 62,-20'),
    oval('#efe7d8', 0, -20, [62, 14]),
    oval('#5b3320', 0, -19, [54, 11]),
    oval('#c99a6b', -10, -20, [20, 4]),
  ]
}

/** An alarm clock. */
export function clock(random: Random): Shape[] {
  const ray = (degrees: number, from: number, to: number) => {
    const [dx, dy] = [Math.sin((degrees * Math.PI) / 180), -Math.cos((degrees * Math.PI) / 180)]
    return [dx * from, 8 + dy * from, dx * to, 8 + dy * to]
  }
  return [
    ...both(oval(GOLD, -46, -76, [24, 20, -35]), line('#8a6a2f', 8, '-50,76 -66,100')),
    line('#8a6a2f', 8, '0,-84 0,-98'),
    oval(GOLD, 0, 8, [90, 90]),
    oval('#faf5e8', 0, 8, [76, 76]),
    ...Array.from({ length: 12 }, (_, hour) => line(DARK, hour % 3 === 0 ? 8 : 4, ray(hour * 30, 56, 68))),
    line(DARK, 9, ray(random.integer(0, 11) * 30, 0, 40)),
    line(DARK, 6, ray(random.integer(0, 11) * 30, 0, 58)),
    oval('#c8342f', 0, 8, [7, 7]),
  ]
}

/** A hanging lantern with a flame. */
export function lantern(): Shape[] {
  return [
    { ...oval('#ffd66b', 0, 14, [100, 100]), opacity: 0.28 },
    curve(DARK, 6, '-26,-64 0,-104 26,-64'),
    poly('#3b3340', '-40,-50 40,-50 22,-74 -22,-74'),
    box('#ffe9a8', -34, -50, [68, 122]),
    blob('#f08a2e', '-15,58 -18,20 0,-30 18,20 15,58'),
    blob('#fff3b8', '-8,56 -8,28 0,4 8,28 8,56'),
    ...[-34, 0, 34].map((x) => line('#3b3340', 6, [x, -50, x, 72])),
    line('#3b3340', 4, '-34,12 34,12'),
    poly('#3b3340', '-46,72 46,72 40,96 -40,96'),
  ]
}

/** An open umbrella. */
export function umbrella(random: Random): Shape[] {
  const [one, two] = random.pick([
    ['#c8342f', '#f4efe2'],
    ['#2f7fb5', '#f6d04d'],
    ['#7a4ea8', '#f2a0c6'],
  ] as const)
  return [
    curve('#6b4a2f', 8, '0,-60 0,70 12,94 30,84 30,70'),
    blob(one, '-98,8 -84,-44 -40,-80 0,-88 40,-80 84,-44 98,8 60,-8 32,8 0,-8 -32,8 -60,-8'),
    blob(two, '-32,6 -34,-40 -6,-86 6,-86 34,-40 32,6 0,-8'),
    ...both(curve(DARK, 2, '0,-88 -34,-40 -32,6')),
    line('#6b4a2f', 6, '0,-86 0,-102'),
  ]
}

/** A guitar, upright. */
export function guitar(random: Random): Shape[] {
  const wood = random.pick(['#c98a4b', '#a8532f', '#7a3b24'])
  return [
    box('#4a2d1c', -8, -84, [16, 90]),
    blob('#3b2416', '-12,-80 -16,-108 16,-108 12,-80'),
    ...[-104, -94, -84].flatMap((y) => both(line('#d9dce0', 5, [-14, y, -22, y]))),
    blob(wood, '-36,12 -30,-22 0,-30 30,-22 36,12 52,60 36,94 0,100 -36,94 -52,60'),
    blob('#e6bd84', '-24,6 -20,-12 0,-18 20,-12 24,6 38,58 26,82 0,88 -26,82 -38,58'),
    oval(DARK, 0, 24, [16, 16]),
    box('#4a2d1c', -22, 62, [44, 8]),
    ...[-5, 0, 5].map((x) => line('#f4efe2', 1.6, [x, -96, x, 66])),
  ]
}

/** A jewelled crown. */
export function crown(): Shape[] {
  return [
    poly(GOLD, '-84,60 -94,-44 -44,6 0,-72 44,6 94,-44 84,60'),
    poly('#c9922a', '0,-72 44,6 94,-44 84,60 0,60'),
    box('#a8283c', -84, 60, [168, 24]),
    box(GOLD, -88, 54, [176, 10]),
    box(GOLD, -88, 82, [176, 10]),
    ...both(oval('#d8443c', -93, -50, [10, 10]), oval('#4a86c5', -52, 34, [11, 14])),
    oval('#d8443c', 0, -80, [12, 12]),
    oval('#4fae7b', 0, 22, [14, 18]),
    ...[-60, -30, 0, 30, 60].map((x) => oval('#f8f1dd', x, 72, [6, 6])),
  ]
}

/** An hourglass. */
export function hourglass(): Shape[] {
  return [
    blob('#d5edf2', '-52,-78 -46,-30 -8,0 -46,30 -52,78 52,78 46,30 8,0 46,-30 52,-78'),
    blob('#e9b44c', '-38,-42 0,-30 38,-42 24,-18 4,0 -4,0 -24,-18'),
    line('#e9b44c', 4, '0,0 0,70'),
    blob('#e9b44c', '-46,76 -24,52 0,40 24,52 46,76'),
    ...both(
      line('#7a4a2a', 9, '-64,-80 -64,80'),
      box('#5b3a20', -78, -100, [78, 20]),
      box('#5b3a20', -78, 80, [78, 20]),
    ),
    curve('#ffffff', 4, '-38,-66 -36,-46 -26,-32'),
  ]
}

/** A sword in a stone. */
export function sword(): Shape[] {
  return [
    poly('#dfe6ec', '-13,-30 0,-30 0,72 -13,60'),
    poly('#a9b5c0', '13,-30 0,-30 0,72 13,60'),
    box(GOLD, -46, -42, [92, 13]),
    ...both(oval(GOLD, -48, -36, [9, 9])),
    box('#6b2f2a', -8, -86, [16, 46]),
    ...[-78, -66, -54].map((y) => line(GOLD, 4, [-8, y, 8, y + 6])),
    oval('#c8342f', 0, -94, [12, 12]),
    blob('#7d7a80', '-84,100 -70,66 -30,44 24,46 68,64 86,100'),
    blob('#96939a', '-60,84 -44,60 -20,50 -10,70'),
    line('#3b3840', 7, '-15,52 15,54'),
  ]
}
