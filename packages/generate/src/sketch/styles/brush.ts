import { at, clouds, grain } from '../noise.ts'
import type { Random } from '../random.ts'
import { blurred, brightness, eachPixel, offsetAt, plain, type Raster } from '../raster.ts'
import { model, painted, type Technique } from './technique.ts'

/** Transparent washes with wandering, darker edges on white, rough-edged paper. */
export const watercolour: Technique = async (drawing, random) => {
  const base = await painted(drawing, (shape) => ({ opacity: (shape.opacity ?? 1) * 0.9 }))
  const soft = await blurred(base, drawing.unit * 2.2)
  const [dx, dy] = [random.integer(0, 255), random.integer(0, 255)]
  const { width, height, unit } = drawing
  const [patch, paper] = [clouds(), grain()]
  const wander = unit * 9
  const margin = unit * 7
  return eachPixel(plain(width, height, [0, 0, 0]), (x, y, to, data) => {
    const one = at(patch, x * 1.6 + dx, y * 1.6 + dy)
    const two = at(patch, x * 1.6 + dy + 90, y * 1.6 + dx + 40)
    const from = offsetAt(base, x + (one - 0.5) * wander, y + (two - 0.5) * wander)
    const edge = Math.max(0, brightness(soft.data, from) - brightness(base.data, from))
    const wash = 0.66 + 0.34 * at(patch, x * 0.7 + dy, y * 0.7 + dx)
    const rim = Math.min(x, y, width - 1 - x, height - 1 - y) - margin - (one - 0.5) * margin * 2.4
    const dry = Math.max(0, Math.min(1, rim / (unit * 2)))
    const texture = 0.95 + 0.08 * at(paper, x, y)
    for (let channel = 0; channel < 3; channel++) {
      const value = 255 - (255 - (base.data[from + channel] as number)) * wash * 0.92 - edge * 0.75
      const sheet = channel === 2 ? 240 : 249
      data[to + channel] = (sheet + (Math.min(sheet, value) - sheet) * dry) * texture
    }
  })
}

/** Thick strokes that follow the forms, coarse below and fine above. */
export const oil: Technique = async (drawing, random) => {
  const base = await blurred(await model(drawing), drawing.unit)
  const canvas = plain(drawing.width, drawing.height, [120, 96, 74])
  const { unit } = drawing
  for (const [step, long, wide] of [
    [9, 13, 4.6],
    [6, 9, 3],
    [3, 4.2, 1.3],
  ] as const) {
    brushStrokes(canvas, base, { step: step * unit, long: long * unit, wide: wide * unit, random })
  }
  const weave = grain()
  return eachPixel(canvas, (x, y, to, data) => {
    const bump = (at(weave, x, y) - 0.5) * 16
    for (let channel = 0; channel < 3; channel++) data[to + channel] = (data[to + channel] as number) + bump
  })
}

interface Strokes {
  readonly step: number
  readonly long: number
  readonly wide: number
  readonly random: Random
}

function brushStrokes(canvas: Raster, base: Raster, { step, long, wide, random }: Strokes): void {
  const flow = clouds()
  const shift = random.integer(0, 255)
  for (let gridY = 0; gridY < base.height + step; gridY += step) {
    for (let gridX = 0; gridX < base.width + step; gridX += step) {
      const [x, y] = [gridX + random.between(-0.6, 0.6) * step, gridY + random.between(-0.6, 0.6) * step]
      const slopeX = brightness(base.data, offsetAt(base, x + 2, y)) - brightness(base.data, offsetAt(base, x - 2, y))
      const slopeY = brightness(base.data, offsetAt(base, x, y + 2)) - brightness(base.data, offsetAt(base, x, y - 2))
      const steep = Math.hypot(slopeX, slopeY)
      // Fine strokes are kept for edges; flat areas stay with the broad ones.
      if (wide < long * 0.32 && steep < 6) continue
      const angle = steep > 8 ? Math.atan2(slopeX, -slopeY) : at(flow, x * 0.5 + shift, y * 0.5) * 5 - 1
      const from = offsetAt(base, x, y)
      const lift = random.between(-11, 11)
      const colour = [0, 1, 2].map(
        (channel) => (base.data[from + channel] as number) * 1.06 + lift + random.between(-7, 7),
      )
      stroke(canvas, colour, { x, y, angle, long: steep > 8 ? long * 0.55 : long, wide })
    }
  }
}

function stroke(
  { data, width, height }: Raster,
  colour: readonly number[],
  { x, y, angle, long, wide }: { x: number; y: number; angle: number; long: number; wide: number },
): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const reach = Math.ceil(long)
  for (let row = Math.max(0, (y - reach) | 0); row < Math.min(height, y + reach); row++) {
    for (let column = Math.max(0, (x - reach) | 0); column < Math.min(width, x + reach); column++) {
      const along = ((column - x) * cos + (row - y) * sin) / long
      const across = ((row - y) * cos - (column - x) * sin) / wide
      if (along * along + across * across * across * across > 1) continue
      const to = (row * width + column) * 3
      const bristle = (across * 3.3 - Math.floor(across * 3.3) - 0.5) * 26 - across * 12
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = Math.max(0, Math.min(255, (colour[channel] as number) + bristle))
      }
    }
  }
}

/** Dots of pure colour on cream canvas. */
export const pointillism: Technique = async (drawing, random) => {
  const base = await model(drawing)
  const { unit } = drawing
  const canvas = plain(drawing.width, drawing.height, [244, 236, 218])
  const step = unit * 3.1
  for (const pass of [0, 1]) {
    for (let gridY = (pass * step) / 2; gridY < base.height + step; gridY += step) {
      for (let gridX = (pass * step) / 2; gridX < base.width + step; gridX += step) {
        const [x, y] = [gridX + random.between(-1, 1) * unit, gridY + random.between(-1, 1) * unit]
        const from = offsetAt(base, x, y)
        const grey = brightness(base.data, from)
        const cast = random.integer(0, 2)
        const colour = [0, 1, 2].map(
          (channel) => grey + ((base.data[from + channel] as number) - grey) * 1.5 + (channel === cast ? 24 : -8),
        )
        dot(canvas, colour, { x, y, radius: unit * random.between(1, 1.6) })
      }
    }
  }
  return canvas
}

function dot(
  { data, width, height }: Raster,
  colour: readonly number[],
  { x, y, radius }: { x: number; y: number; radius: number },
): void {
  for (let row = Math.max(0, Math.ceil(y - radius)); row < Math.min(height, y + radius); row++) {
    for (let column = Math.max(0, Math.ceil(x - radius)); column < Math.min(width, x + radius); column++) {
      if ((column - x) ** 2 + (row - y) ** 2 > radius * radius) continue
      const to = (row * width + column) * 3
      for (let channel = 0; channel < 3; channel++)
        data[to + channel] = Math.max(0, Math.min(255, colour[channel] as number))
    }
  }
}
