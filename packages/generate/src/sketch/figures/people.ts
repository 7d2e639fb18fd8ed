import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, poly, type Shape } from '../shape.ts'

const DARK = '#2a2326'
const SKINS = ['#f2c9a5', '#d9a074', '#a56b45', '#7a4a30'] as const

/** An astronaut. */
export function astronaut(): Shape[] {
  const suit = '#eceff3'
  return [
    box('#aab1bd', -44, -28, [88, 74]),
    ...both(
      blob(suit, '-34,-16 -74,16 -78,46 -58,50 -34,18'),
      oval('#d8663a', -68, 50, [12, 11]),
      blob(suit, '-34,36 -38,92 -6,92 -4,36'),
      box('#8d95a3', -42, 88, [38, 12]),
    ),
    blob(suit, '-38,-14 -40,48 0,58 40,48 38,-14 0,-24'),
    box('#c7ced8', -18, 6, [36, 22]),
    oval('#d8443c', -9, 17, [5, 5]),
    oval('#4a86c5', 8, 17, [5, 5]),
    oval(suit, 0, -54, [44, 44]),
    oval('#20304a', 0, -52, [34, 30]),
    blob('#f2b84b', '-26,-48 -20,-68 6,-74 -6,-52'),
    oval('#ffffff', 14, -44, [5, 4]),
  ]
}

/** A friendly robot. */
export function robot(random: Random): Shape[] {
  const [metal, trim] = random.pick([
    ['#9fb3c2', '#e0692f'],
    ['#d9b451', '#4b6f86'],
    ['#7fb59b', '#c2483d'],
  ] as const)
  return [
    line('#5d6873', 5, '0,-78 0,-100'),
    oval(trim, 0, -102, [8, 8]),
    ...both(
      box('#5d6873', -30, 58, [18, 34]),
      box(metal, -38, 88, [32, 12]),
      curve('#5d6873', 11, '-44,-8 -72,14 -68,48'),
      oval(metal, -68, 54, [13, 13]),
      box(trim, -54, -58, [8, 24]),
    ),
    box(metal, -46, -78, [92, 64]),
    box('#25313c', -36, -66, [72, 36]),
    ...both(oval('#6ff0e6', -17, -49, [12, 12]), oval('#ffffff', -19, -52, [4, 4])),
    box('#5d6873', -14, -14, [28, 8]),
    box(metal, -46, -8, [92, 68]),
    box('#e7edf0', -30, 4, [60, 34]),
    oval('#d8443c', -18, 21, [7, 7]),
    oval('#f2b84b', 0, 21, [7, 7]),
    oval('#5fae5b', 18, 21, [7, 7]),
    line(trim, 5, '-30,48 30,48'),
    ...[-18, -6, 6, 18].map((x) => line('#e7edf0', 3, [x, -26, x, -20])),
  ]
}

/** A wizard with staff and pointed hat. */
export function wizard(random: Random): Shape[] {
  const robe = random.pick(['#4a3b8c', '#2f5d8c', '#6b2f5b'])
  const skin = random.pick(SKINS)
  const star = (x: number, y: number) => oval('#ffe36e', x, y, [4, 4])
  return [
    line('#6b4a2f', 7, '66,100 58,-60'),
    { ...oval('#8ff0ff', 58, -72, [22, 22]), opacity: 0.4 },
    oval('#8ff0ff', 58, -72, [12, 12]),
    blob(robe, '-56,100 -40,10 -22,-22 22,-22 40,10 56,100'),
    blob(robe, '20,-14 70,4 74,26 30,26'),
    oval(skin, 66, 14, [9, 9]),
    blob(robe, '-20,-14 -64,24 -58,50 -26,30'),
    line('#e3b84a', 5, '-38,44 38,44'),
    oval(skin, 0, -38, [25, 24]),
    blob('#f1ede4', '-25,-34 -20,30 0,54 20,30 25,-34 0,-22'),
    poly(robe, '-36,-50 36,-50 6,-122 -14,-108'),
    oval(robe, 0, -50, [52, 9]),
    line('#e3b84a', 5, '-32,-56 32,-56'),
    ...both(oval(DARK, -9, -40, [3, 4])),
    oval('#e8b08f', 0, -32, [5, 5]),
    ...[star(-12, -76), star(8, -90), star(-22, 70), star(20, 80), star(0, 62)],
  ]
}

/** A knight with sword and shield. */
export function knight(random: Random): Shape[] {
  const crest = random.pick(['#c8342f', '#2f5d8c', '#e0a62e'])
  const steel = '#b5bec9'
  return [
    line('#dfe5ea', 8, '-64,40 -64,-80'),
    line('#8a6a2f', 7, '-80,34 -48,34'),
    ...both(blob('#98a3b0', '-34,40 -36,94 -6,94 -4,40'), box('#6d7783', -42, 90, [36, 10])),
    blob(crest, '-38,-6 -42,66 42,66 38,-6'),
    box('#f4efe2', -6, -6, [12, 72]),
    blob(steel, '-40,-18 -62,10 -70,42 -54,44 -38,14'),
    ...both(oval(steel, -40, -8, [20, 17])),
    blob(steel, '-32,-24 -34,-62 -20,-86 0,-92 20,-86 34,-62 32,-24 0,-12'),
    box('#1f242c', -26, -62, [52, 9]),
    line('#7d8793', 4, '0,-86 0,-18'),
    ...[-44, -36, -28].flatMap((y) => both(line('#5d6873', 3, [-20, y, -8, y]))),
    blob(crest, '-4,-90 8,-122 40,-110 30,-84 12,-92'),
    blob('#e9e3d4', '30,-4 84,-4 82,44 57,76 32,44'),
    blob(crest, '36,2 57,2 57,68 38,42'),
  ]
}

/** A woman with long hair in a dress. */
export function woman(random: Random): Shape[] {
  const skin = random.pick(SKINS)
  const hair = random.pick(['#3a241b', '#8a4a22', '#d9a441', '#5b2333'])
  const dress = random.pick(['#b5374f', '#2f7f8c', '#7a4ea8', '#f0ece2'])
  const face = [
    oval('#ffffff', -11, -48, [6, 4]),
    oval(DARK, -11, -48, [3, 4]),
    line(hair, 3, '-17,-57 -6,-59'),
    oval('#e89a88', -17, -36, [5, 3]),
  ]
  return [
    blob(hair, '-40,30 -46,-50 -28,-92 0,-100 28,-92 46,-50 40,30'),
    poly(dress, '-24,4 24,4 66,100 -66,100'),
    ...both(blob(skin, '-24,6 -46,40 -40,66 -32,64 -18,30')),
    blob(dress, '-28,0 -22,40 22,40 28,0 12,10 -12,10'),
    box(skin, -9, -22, [18, 30]),
    oval(skin, 0, -48, [27, 33]),
    blob(hair, '-30,-44 -28,-84 0,-92 28,-84 30,-44 16,-70 -4,-76'),
    ...both(...face),
    curve('#b5374f', 5, '-8,-30 0,-26 8,-30'),
    line('#e3b84a', 4, '-23,40 23,40'),
  ]
}

/** A man in a coat. */
export function man(random: Random): Shape[] {
  const skin = random.pick(SKINS)
  const hair = random.pick(['#2b1d17', '#6b3f22', '#8c8c90'])
  const coat = random.pick(['#2f3f5c', '#5b3a29', '#3f5a45'])
  return [
    ...both(
      box('#2b2d36', -30, 46, [26, 48]),
      box('#1b1b1f', -36, 90, [34, 10]),
      blob(coat, '-34,-10 -60,24 -56,56 -42,56 -30,24'),
      oval(skin, -50, 60, [9, 9]),
    ),
    blob(coat, '-38,-12 -38,60 38,60 38,-12 0,-20'),
    poly('#f4efe2', '-16,-18 16,-18 0,26'),
    poly('#b5374f', '-5,-12 5,-12 7,18 0,26 -7,18'),
    box(skin, -11, -30, [22, 18]),
    oval(skin, 0, -58, [30, 34]),
    ...both(oval(skin, -31, -56, [6, 8])),
    blob(hair, '-32,-58 -32,-92 0,-102 32,-92 32,-58 22,-78 -20,-78'),
    ...both(oval(DARK, -12, -58, [4, 5]), line(hair, 5, '-19,-69 -6,-69')),
    blob(hair, '-16,-42 0,-47 16,-42 10,-36 -10,-36'),
    curve('#8c4438', 3, '-8,-32 0,-30 8,-32'),
  ]
}
