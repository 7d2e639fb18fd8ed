import { type Colour, rgbOf } from './colour.ts'
import { brightness, eachPixel, type Raster } from './raster.ts'
import type { Palette } from './vocabulary.ts'

interface Grading {
  /** Colours from shadow to light that brightness is mapped to. */
  readonly ramp?: readonly Colour[]
  /** Share of the mapped colour, 0–1. */
  readonly share?: number
  /** Factor on saturation, before the ramp. */
  readonly saturation?: number
  /** Share of white. */
  readonly veil?: number
}

const GRADINGS: Readonly<Record<Palette, Grading>> = {
  monochrome: { ramp: ['#050505', '#808080', '#fbfbfb'], share: 1 },
  sepia: { ramp: ['#22140a', '#7a532e', '#d9b987', '#fbf0d6'], share: 0.94 },
  pastel: { saturation: 0.85, veil: 0.48 },
  vivid: { saturation: 1.9 },
  'teal and orange': { ramp: ['#04222c', '#146070', '#e58b45', '#ffe7bf'], share: 0.72 },
  crimson: { ramp: ['#1c0307', '#8c0f1f', '#e0453f', '#ffdccb'], share: 0.8 },
  gold: { ramp: ['#241402', '#8a5a0c', '#e9b22e', '#fff5cd'], share: 0.8 },
  emerald: { ramp: ['#02180d', '#0f6a3f', '#4fc07a', '#e3ffe6'], share: 0.8 },
  azure: { ramp: ['#020b26', '#12479c', '#4fa5ea', '#e6f6ff'], share: 0.8 },
  violet: { ramp: ['#0e0326', '#55249c', '#a878e6', '#f4e9ff'], share: 0.8 },
  pink: { ramp: ['#26031c', '#a81e74', '#f57ab6', '#fff0f7'], share: 0.8 },
}

/** Pulls the picture's colours towards the palette, in place. */
export function grade(raster: Raster, palette: Palette): Raster {
  const { ramp, share = 0, saturation = 1, veil = 0 } = GRADINGS[palette]
  const table = ramp ? rampTable(ramp) : new Uint8Array(768)
  return eachPixel(raster, (_x, _y, at, data) => {
    const grey = brightness(data, at)
    const entry = Math.min(255, Math.round(grey)) * 3
    for (let channel = 0; channel < 3; channel++) {
      const own = grey + ((data[at + channel] as number) - grey) * saturation
      const graded = own + ((table[entry + channel] as number) - own) * share
      data[at + channel] = graded + (252 - graded) * veil
    }
  })
}

function rampTable(ramp: readonly Colour[]): Uint8Array {
  const stops = ramp.map(rgbOf)
  const table = new Uint8Array(256 * 3)
  for (let grey = 0; grey < 256; grey++) {
    const place = (grey / 255) * (stops.length - 1)
    const index = Math.min(stops.length - 2, Math.floor(place))
    const [from, to] = [stops[index], stops[index + 1]]
    for (let channel = 0; channel < 3; channel++) {
      const start = from?.[channel] ?? 0
      table[grey * 3 + channel] = Math.round(start + ((to?.[channel] ?? 0) - start) * (place - index))
    }
  }
  return table
}
