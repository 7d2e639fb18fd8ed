import { mix } from '../colour.ts'
import { blob, box, fading, line, oval, poly, type Shape } from '../shape.ts'
import type { Weather } from '../vocabulary.ts'
import type { Stage } from './stage.ts'

/** The sky of the hour: its gradient, stars, disc and clouds. */
export function sky(stage: Stage, backlit: boolean): Shape[] {
  const { width, height, horizon, light, random } = stage
  const x = backlit ? width / 2 : width * random.pick([random.between(0.14, 0.3), random.between(0.7, 0.86)])
  const radius = backlit ? Math.max(44, light.radius * 2.4) : light.radius
  const y = backlit ? horizon - 40 : horizon * light.height
  const stars = Array.from({ length: Math.round(light.stars * 70) }, () =>
    oval('#ffffff', random.next() * width, random.next() * horizon, [random.between(0.4, 1.3)]),
  )
  return [
    fading(box(light.top, 0, 0, [width, height]), light.bottom),
    ...stars,
    ...(radius
      ? [
          { ...oval(light.disc, x, y, [radius * 1.9]), opacity: 0.18 },
          { ...oval(light.disc, x, y, [radius * 1.4]), opacity: 0.3 },
        ]
      : []),
    ...(radius ? [oval(light.disc, x, y, [radius])] : []),
    ...(light.stars > 0 && light.stars < 1
      ? [oval(mix(light.top, light.bottom, 0.3), x + radius * 0.5, y - 1, [radius * 0.85])]
      : []),
    ...Array.from({ length: light.radius === 0 ? 7 : 3 }, () => cloud(stage)).flat(),
  ]
}

function cloud({ width, horizon, light, random }: Stage): Shape[] {
  const [x, y, size] = [random.next() * width, horizon * random.between(0.12, 0.6), random.between(13, 26)]
  const bump = () => random.between(0.7, 1.1) * size * 0.5
  const [left, top, right] = [bump(), bump() * 1.5, bump()]
  const outline = [
    -1.5,
    0,
    -1.25,
    -left,
    -0.8,
    -left * 0.9,
    -0.55,
    -top * 0.9,
    0,
    -top * 1.15,
    0.5,
    -top * 0.85,
    0.8,
    -right * 0.8,
  ]
  const points = [...outline, 1.25, -right, 1.5, 0].map((value, index) => (index % 2 ? y + value : x + value * size))
  return [{ ...blob(light.clouds, points), opacity: 0.9 }]
}

/** What falls from the sky, over everything else. */
export function weatherOver(weather: Weather, stage: Stage): Shape[] {
  const { width, height, light, random } = stage
  if (weather === 'rain') {
    return Array.from({ length: 110 }, () => {
      const [x, y, long] = [random.next() * width * 1.2, random.next() * height, random.between(9, 20)]
      return { ...line('#dbe9f5', random.between(0.7, 1.4), [x, y, x - long * 0.35, y + long]), opacity: 0.7 }
    })
  }
  if (weather === 'snowfall') {
    return Array.from({ length: 100 }, () =>
      oval('#ffffff', random.next() * width, random.next() * height, [random.between(0.8, 2.8)]),
    )
  }
  if (weather === 'fog') {
    return [0.34, 0.46, 0.58, 0.7, 0.82, 0.94].map((at) => ({
      ...oval(mix(light.bottom, '#eef1f3', 0.6), width * random.between(0.2, 0.8), height * at, [
        width * 0.8,
        height * 0.075,
      ]),
      opacity: 0.5,
    }))
  }
  const [x, y] = [width * random.between(0.2, 0.8), 0]
  const bolt = poly('#fff3b8', [x, y, x + 10, y, x + 2, 34, x + 14, 34, x - 8, 92, x - 1, 48, x - 12, 48])
  return [
    {
      ...poly('#fff3b8', [x - 6, y, x + 18, y, x + 6, 32, x + 20, 31, x - 9, 100, x - 6, 52, x - 20, 52]),
      opacity: 0.3,
    },
    bolt,
  ]
}
