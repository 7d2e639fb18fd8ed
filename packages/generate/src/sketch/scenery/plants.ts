import { shade } from '../colour.ts'
import { box, poly, type Shape } from '../shape.ts'

/** A fir as three stacked triangles. */
export function spruce(x: number, y: number, size: number, colour: string): Shape[] {
  return [
    box('#3a2a20', x - size * 0.05, y - size * 0.2, [size * 0.1, size * 0.26]),
    ...[0, 1, 2].map((tier) => {
      const half = size * (0.42 - tier * 0.1)
      const base = y - size * (0.1 + tier * 0.32)
      return poly(shade(colour, tier * 0.07), [x - half, base, x + half, base, x, base - size * 0.55])
    }),
  ]
}

/** A tuft of grass blades. */
export function tuft(x: number, y: number, size: number, colour: string): Shape[] {
  return [-0.5, -0.2, 0.15, 0.5].map((lean) =>
    poly(colour, [
      x + lean * 3 - size * 0.1,
      y,
      x + lean * 3 + size * 0.1,
      y,
      x + lean * size,
      y - size * (1.1 - Math.abs(lean) * 0.5),
    ]),
  )
}
