import type { Random } from '../random.ts'
import { blob, both, box, curve, line, oval, poly, type Shape } from '../shape.ts'

const DARK = '#2a2a33'

/** A ship under sail. */
export function ship(random: Random): Shape[] {
  const sail = random.pick(['#f6efdf', '#e9d3a6', '#d8584a'])
  return [
    line('#5b4030', 6, '-44,52 -44,-70'),
    line('#5b4030', 6, '4,52 4,-98'),
    line('#5b4030', 6, '48,52 48,-60'),
    blob(sail, '-44,-60 -8,-40 -10,-4 -44,2'),
    blob(sail, '4,-88 50,-64 46,-36 4,-30'),
    blob(sail, '4,-26 54,-8 50,28 4,36'),
    blob(sail, '48,-50 86,-20 84,20 48,30'),
    blob(sail, '-46,8 -10,12 -12,40 -46,44'),
    poly('#c8342f', '4,-98 32,-91 4,-84'),
    line('#5b4030', 5, '70,52 106,22'),
    poly('#6f4428', '-90,36 -64,52 76,52 96,44 72,94 -62,94'),
    poly('#4c2d1a', '-80,70 84,70 72,94 -62,94'),
    line('#d9a441', 4, '-84,56 84,60'),
    ...[-50, -24, 2, 28, 54].map((x) => oval('#2b1a10', x, 64, [5, 5])),
  ]
}

/** A submarine with portholes. */
export function submarine(): Shape[] {
  const porthole = (x: number) => [
    oval('#7a5414', x, 18, [17, 17]),
    oval('#a8e0ee', x, 18, [12, 12]),
    oval('#ffffff', x - 4, 13, [4, 3]),
  ]
  return [
    line('#b97f1d', 7, '-4,-40 -4,-84 20,-84'),
    poly('#b97f1d', '-88,10 -104,-26 -82,-26 -70,0'),
    poly('#b97f1d', '-88,34 -104,66 -82,66 -70,44'),
    blob('#e0a62e', '-32,-10 -26,-48 24,-48 32,-10'),
    blob('#f0be3f', '-92,22 -60,-18 40,-22 92,4 98,28 80,58 20,70 -60,60'),
    blob('#c98f20', '-84,40 0,52 92,42 70,62 10,70 -60,62'),
    ...[-40, 2, 44].flatMap(porthole),
    oval('#7a5414', -96, 22, [6, 22]),
  ]
}

/** A rocket with its flame. */
export function rocket(): Shape[] {
  return [
    blob('#f2702b', '-20,60 0,112 20,60'),
    blob('#ffd84f', '-11,60 0,90 11,60'),
    ...both(blob('#c8342f', '-26,16 -58,50 -54,80 -24,58')),
    blob('#f1f2f4', '-28,64 -36,0 -24,-56 0,-100 24,-56 36,0 28,64'),
    blob('#c8342f', '-22,-58 0,-100 22,-58 0,-50'),
    box('#8d939c', -24, 58, [48, 10]),
    oval('#3a4a5c', 0, -18, [18, 18]),
    oval('#8fd3ea', 0, -18, [13, 13]),
    oval('#3a4a5c', 0, 26, [11, 11]),
    oval('#8fd3ea', 0, 26, [7, 7]),
  ]
}

/** A flying saucer with its beam. */
export function ufo(): Shape[] {
  return [
    { ...poly('#d6ff9a', '-30,22 30,22 70,110 -70,110'), opacity: 0.55 },
    blob('#a8e6f0', '-42,-8 -36,-50 0,-66 36,-50 42,-8'),
    oval('#ffffff', -16, -42, [7, 10, 30]),
    oval('#8d95a6', 0, 4, [98, 24]),
    oval('#626a7d', 0, 14, [76, 16]),
    oval('#b8c0cf', 0, -6, [62, 10]),
    ...[-72, -36, 0, 36, 72].map((x, index) =>
      oval(index % 2 ? '#ff6f61' : '#ffe36e', x, 10 - Math.abs(x) / 14, [8, 6]),
    ),
  ]
}

/** A hot-air balloon. */
export function balloon(random: Random): Shape[] {
  const [one, two] = random.pick([
    ['#d8443c', '#f6d04d'],
    ['#2f7fb5', '#f5f0e1'],
    ['#7a4ea8', '#f29a4a'],
  ] as const)
  return [
    ...both(line('#5b4636', 2, '-34,34 -14,72')),
    blob(one, '-18,46 -66,0 -70,-50 -36,-92 0,-100 36,-92 70,-50 66,0 18,46'),
    ...both(blob(two, '-14,46 -44,0 -46,-54 -24,-92 -8,-98 -22,-50 -20,0 -6,46')),
    box('#8a5a34', -16, 72, [32, 26]),
    line('#5b3a20', 3, '-16,80 16,80'),
    box('#5b3a20', -18, 70, [36, 6]),
  ]
}

/** A propeller plane. */
export function airplane(random: Random): Shape[] {
  const body = random.pick(['#d8443c', '#f0b53a', '#4a86c5'])
  return [
    poly('#e8e4da', '-10,-16 20,-16 -24,-72 -46,-72'),
    blob(body, '-96,-16 -60,-10 20,-26 70,-18 86,4 70,24 10,28 -60,12'),
    poly(body, '-96,-14 -104,-58 -78,-58 -56,-8'),
    poly('#e8e4da', '-80,2 -100,20 -82,22 -54,8'),
    blob('#bfe4f2', '14,-24 24,-42 46,-38 54,-20'),
    poly('#f4f1ea', '-12,8 30,8 4,70 -22,70'),
    oval(DARK, 88, 4, [8, 10]),
    { ...oval('#cfd6dc', 94, 4, [5, 48]), opacity: 0.7 },
    line(DARK, 4, '40,24 44,46'),
    oval(DARK, 44, 50, [9, 9]),
  ]
}

/** A vintage car in profile. */
export function car(random: Random): Shape[] {
  const body = random.pick(['#c8342f', '#3f8f8b', '#e0a62e', '#4a6fb5'])
  const wheel = (x: number) => [
    oval(DARK, x, 74, [25, 25]),
    oval('#d9dce0', x, 74, [13, 13]),
    oval('#7d828a', x, 74, [5, 5]),
  ]
  return [
    blob(body, '-54,24 -40,-34 -10,-44 26,-40 50,20'),
    poly('#c5e6f0', '-42,16 -32,-26 -6,-32 -6,16'),
    poly('#c5e6f0', '2,16 2,-32 22,-28 40,16'),
    blob(body, '-98,62 -96,30 -60,16 50,16 88,26 98,44 96,66 0,70'),
    line('#f5f0e1', 4, '-92,42 94,42'),
    box('#c9cdd3', -104, 62, [24, 8]),
    box('#c9cdd3', 84, 62, [24, 8]),
    oval('#ffe79a', 90, 40, [8, 9]),
    ...wheel(-56),
    ...wheel(56),
  ]
}

/** A steam locomotive. */
export function train(): Shape[] {
  const steam = (x: number, y: number, radius: number) => ({
    ...oval('#e9e6e2', x, y, [radius, radius * 0.8]),
    opacity: 0.85,
  })
  const wheel = (x: number, radius: number) => [
    oval('#8c2f2a', x, 98 - radius, [radius, radius]),
    oval('#23242b', x, 98 - radius, [radius * 0.66, radius * 0.66]),
    oval('#d9a441', x, 98 - radius, [5, 5]),
  ]
  return [
    steam(58, -86, 16),
    steam(34, -104, 20),
    steam(2, -112, 24),
    box('#23242b', 52, -70, [20, 50]),
    poly('#23242b', '46,-70 78,-70 74,-82 50,-82'),
    box('#8c2f2a', -92, -56, [58, 106]),
    box('#23242b', -98, -66, [70, 12]),
    box('#ffd66b', -82, -42, [38, 32]),
    blob('#2f4d46', '-36,-20 60,-22 88,-10 92,16 88,44 -36,50'),
    ...[-14, 20, 52].map((x) => line('#d9a441', 5, [x, -20, x, 48])),
    oval('#d9a441', 0, -30, [12, 14]),
    box('#23242b', -94, 46, [190, 12]),
    poly('#a8482f', '82,58 108,96 72,96'),
    oval('#ffe79a', 92, -16, [9, 9]),
    ...[...wheel(-68, 24), ...wheel(-18, 24), ...wheel(26, 16), ...wheel(60, 16)],
    line('#c9cdd3', 6, '-68,76 -18,76'),
  ]
}

/** A bicycle. */
export function bicycle(random: Random): Shape[] {
  const frame = random.pick(['#c8342f', '#2f7fb5', '#3f8f57'])
  const around = (x: number, degrees: number, radius: number) => [
    x + Math.cos((degrees * Math.PI) / 180) * radius,
    56 + Math.sin((degrees * Math.PI) / 180) * radius,
  ]
  const wheel = (x: number) => [
    ...[0, 45, 90, 135].map((at) => line('#b9bec6', 2, [...around(x, at, 40), ...around(x, at + 180, 40)])),
    curve(DARK, 8, Array.from({ length: 13 }, (_, index) => around(x, index * 30, 42)).flat()),
  ]
  return [
    ...wheel(-54),
    ...wheel(54),
    line(frame, 8, '-54,56 -26,-14 30,-14 -4,56 -54,56'),
    line(frame, 8, '-4,56 -30,-28'),
    line(frame, 8, '54,56 26,-36'),
    line(DARK, 7, '10,-44 26,-37 44,-46'),
    blob('#5b3a20', '-50,-34 -12,-34 -16,-26 -44,-26'),
    oval('#8d939c', -4, 56, [9, 9]),
  ]
}
