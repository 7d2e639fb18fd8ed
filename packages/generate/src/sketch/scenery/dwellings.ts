import { mix, shade } from '../colour.ts'
import { box, fading, line, oval, poly, type Shape } from '../shape.ts'
import { afar, land, type Scenery, type Stage, scattered } from './stage.ts'

const LAMP = '#ffd66b'

/** A skyline of towers with lit windows, and a road. */
export function city(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const row = (colour: string, low: number, windows: boolean) => {
    const shapes: Shape[] = []
    for (let x = -6; x < width; ) {
      const wide = random.between(16, 30)
      const tall = random.between(low * 0.5, low)
      shapes.push(box(colour, x, horizon + 10 - tall, [wide, tall + 10]))
      if (random.chance(0.25))
        shapes.push(line(colour, 1.6, [x + wide / 2, horizon - tall, x + wide / 2, horizon - tall - 12]))
      if (windows) {
        for (let at = 0; at < Math.floor(tall / 9) * 3; at++) {
          if (random.chance(0.6))
            shapes.push(
              box(LAMP, x + 3 + (at % 3) * (wide / 3.4), horizon + 14 - tall + Math.floor(at / 3) * 9, [3, 4]),
            )
        }
      }
      x += wide + random.between(-2, 3)
    }
    return shapes
  }
  return {
    back: [
      ...row(afar(stage, '#5d6b85', 0.5), 120, false),
      ...row('#3f4a63', 84, true),
      fading(box('#565b66', 0, horizon + 10, [width, height]), '#3a3e48'),
      box('#8a8f98', 0, horizon + 10, [width, 5]),
      ...[0, 1, 2, 3, 4].map((dash) =>
        poly('#e8e2c8', [
          width * (0.05 + dash * 0.22),
          height - 26,
          width * (0.15 + dash * 0.22),
          height - 26,
          width * (0.14 + dash * 0.22),
          height - 22,
          width * (0.03 + dash * 0.22),
          height - 22,
        ]),
      ),
    ],
  }
}

/** Timbered houses in a row. */
export function village(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const house = (x: number, wide: number, tall: number) => {
    const [wall, roof, base] = [
      random.pick(['#f0e2c4', '#e3c49a', '#dfe3dc']),
      random.pick(['#a8452f', '#7f4a36', '#5c6470']),
      horizon + 16,
    ]
    return [
      box(wall, x, base - tall, [wide, tall]),
      poly(roof, [x - 5, base - tall + 2, x + wide / 2, base - tall - wide * 0.7, x + wide + 5, base - tall + 2]),
      ...[0.3, 0.7].map((at) => box('#6b4a2f', x + wide * at - 1, base - tall, [2, tall])),
      box('#6b4a2f', x, base - tall * 0.5, [wide, 2]),
      ...[0.1, 0.42, 0.78].map((at) => box(LAMP, x + wide * at, base - tall * 0.85, [5, 7])),
      box('#5b3a29', x + wide * 0.4, base - tall * 0.36, [8, tall * 0.36]),
    ]
  }
  const houses: Shape[] = []
  for (let x = -10; x < width; x += 38) houses.push(...house(x, random.between(30, 36), random.between(32, 48)))
  const church = width * random.between(0.6, 0.9)
  return {
    back: [
      land(stage, afar(stage, '#7fa86c', 0.4), { y: horizon - 4, swell: 30, step: 60 }),
      box('#cfc4b4', church, horizon - 72, [18, 80]),
      poly('#5c6470', [church - 3, horizon - 70, church + 9, horizon - 112, church + 21, horizon - 70]),
      ...houses,
      fading(box('#b9a78c', 0, horizon + 15, [width, height]), '#8f7d66'),
      ...scattered(stage, { count: 30, from: horizon + 22, to: height }, (x, y, near) => [
        oval('#a3917a', x, y, [3 + near * 5, 1.4 + near * 2]),
      ]),
    ],
  }
}

/** A room with a bookcase, a window and a carpet. */
export function room(stage: Stage): Scenery {
  const { width, height, horizon, random } = stage
  const floor = horizon + 10
  const books: Shape[] = []
  for (const shelf of [0, 1, 2, 3]) {
    for (let x = width * 0.04; x < width * 0.32; x += random.between(4, 7)) {
      const tall = random.between(16, 22)
      books.push(
        box(
          random.pick(['#a8452f', '#2f5d62', '#c9a24a', '#4a3b6c', '#d9c7a3']),
          x,
          floor - 130 + shelf * 32 + 26 - tall,
          [4, tall],
        ),
      )
    }
    books.push(box('#5b3a24', width * 0.02, floor - 130 + shelf * 32 + 26, [width * 0.33, 4]))
  }
  const [x, y, wide, tall] = [width * 0.62, floor - 118, width * 0.28, 72]
  return {
    sky: [fading(box('#c9a178', 0, 0, [width, height]), '#b0835c')],
    back: [
      box('#7a4f32', width * 0.01, floor - 140, [width * 0.35, 140]),
      ...books,
      box('#f4efe2', x - 4, y - 4, [wide + 8, tall + 8]),
      fading(box(stage.light.top, x, y, [wide, tall]), stage.light.bottom),
      line('#f4efe2', 4, [x + wide / 2, y, x + wide / 2, y + tall]),
      line('#f4efe2', 4, [x, y + tall / 2, x + wide, y + tall / 2]),
      poly('#8c2f3a', [x - 12, y - 8, x + 6, y - 8, x - 2, y + tall + 10, x - 14, y + tall + 10]),
      poly('#8c2f3a', [
        x + wide - 6,
        y - 8,
        x + wide + 12,
        y - 8,
        x + wide + 14,
        y + tall + 10,
        x + wide + 2,
        y + tall + 10,
      ]),
      fading(box('#9c6b42', 0, floor, [width, height]), '#6f4728'),
      ...[0.1, 0.3, 0.5, 0.7, 0.9].map((at) =>
        line('#7f5433', 1, [width * at, floor, width * (0.5 + (at - 0.5) * 1.8), height]),
      ),
      oval('#a8384a', width / 2, floor + (height - floor) * 0.6, [width * 0.42, 16]),
      oval('#d9b36a', width / 2, floor + (height - floor) * 0.6, [width * 0.34, 12]),
      oval('#a8384a', width / 2, floor + (height - floor) * 0.6, [width * 0.3, 10]),
    ],
  }
}

/** A plain backdrop with a soft light. */
export function studio(stage: Stage): Scenery {
  const { width, height, random } = stage
  const wall = mix(random.pick(['#e9e4da', '#dfe6ea', '#efe0d2', '#e3e8dc']), stage.light.bottom, 0.12)
  return {
    sky: [fading(box(wall, 0, 0, [width, height]), shade(wall, -0.08))],
    back: [
      { ...oval(shade(wall, 0.6), width / 2, height * 0.45, [width * 0.44, height * 0.4]), opacity: 0.5 },
      box(shade(wall, -0.14), 0, height * 0.8, [width, height]),
    ],
  }
}
