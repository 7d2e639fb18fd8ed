import { luminance, mix, rgbOf, saturate, shade } from '../colour.ts'
import { at, clouds, grain, strokes } from '../noise.ts'
import { blurred, brightness, eachPixel, offsetAt, plain, type Raster, rasterOf } from '../raster.ts'
import type { Shape } from '../shape.ts'
import { document, elements } from '../svg.ts'
import { everything, model, painted, type Technique } from './technique.ts'

/** A shape's outline as a style's pen draws it: areas white with a line, lines as they are. */
function contour(colour: string, width: number) {
  return (shape: Shape) =>
    (shape.opacity ?? 1) < 0.5
      ? undefined
      : {
          ...(shape.fill && { fill: '#ffffff' }),
          stroke: colour,
          width: shape.fill ? width : Math.max(width, (shape.width ?? 1) * 0.7),
          opacity: 1,
        }
}

/** Black pen lines and hatching on white paper. */
export const ink: Technique = async (drawing, random) => {
  const { unit } = drawing
  const [tone, lines] = await Promise.all([model(drawing), painted(drawing, contour('#000000', unit * 1.1))])
  const wobble = clouds()
  const shift = random.integer(0, 255)
  const period = unit * 3.4
  return eachPixel(lines, (x, y, to, data) => {
    const bend = at(wobble, x + shift, y) * unit * 8
    const dark = 1 - brightness(tone.data, offsetAt(tone, x, y)) / 255
    const hatch = (distance: number, from: number) => {
      const phase = (distance / period - Math.floor(distance / period)) * period
      return phase < Math.max(0, dark - from) * period * 0.95
    }
    const inked = hatch(x + y + bend, 0.3) || hatch(x - y + bend + 4096, 0.58) || hatch(y * 1.4 + bend, 0.8)
    const line = (data[to] as number) < 110 + at(wobble, x * 3, y * 3) * 60
    for (let channel = 0; channel < 3; channel++) data[to + channel] = inked || line ? 22 : 253 - channel * 3
  })
}

/** Soft graphite tones with the paper showing through. */
export const pencil: Technique = async (drawing, random) => {
  const { unit } = drawing
  const [tone, lines] = await Promise.all([model(drawing), painted(drawing, contour('#000000', unit * 0.9))])
  const [fibre, paper, wobble] = [strokes(), grain(), clouds()]
  const shift = random.integer(0, 255)
  return eachPixel(plain(drawing.width, drawing.height, [0, 0, 0]), (x, y, to, data) => {
    const bend = (at(wobble, x + shift, y + shift) - 0.5) * unit * 4
    const [one, two] = [offsetAt(lines, x + bend, y - bend), offsetAt(lines, x - bend * 0.7 + 1, y + bend)]
    const line = Math.max(255 - brightness(lines.data, one), (255 - brightness(lines.data, two)) * 0.6) / 255
    const dark = 1 - brightness(tone.data, one) / 255
    const graphite = dark ** 1.5 * (0.3 + 0.9 * at(fibre, x, y)) * 1.05
    const tooth = 0.6 + 0.55 * at(paper, x, y)
    const cover = Math.min(0.92, (graphite + line * 0.85) * tooth)
    for (let channel = 0; channel < 3; channel++) data[to + channel] = (244 - channel * 3) * (1 - cover) + 58 * cover
  })
}

/** Glowing tubes in the dark. */
export const neon: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const tube = (shape: Shape, index: number) => {
    const own = saturate(shape.fill ?? shape.stroke ?? '#ffffff', 2.2)
    const grey = luminance(rgbOf(own))
    const lamp = ['#ff2fd0', '#22e6ff', '#7c5cff', '#ff9a3c'][index % 4] as string
    return shade(mix(own, lamp, 0.45), grey < 110 ? 0.35 : 0)
  }
  const all = everything(drawing)
  const dim = new Set(drawing.sky)
  const tubes = elements(all, (shape, index) => {
    if ((shape.opacity ?? 1) < 0.5) return undefined
    const fill = dim.has(shape) ? '#0a0720' : '#0d0a26'
    const flat = shape.fill && { fill }
    if (dim.has(shape) && shape.points.length === 8) return { ...flat }
    return {
      ...flat,
      stroke: tube(shape, index),
      width: unit * (drawing.subject.includes(shape) ? 1.5 : 0.8),
      opacity: 1,
    }
  })
  const sharpTubes = await rasterOf(document(width, height, tubes))
  const [near, wide] = await Promise.all([blurred(sharpTubes, unit * 1.6), blurred(sharpTubes, unit * 7)])
  return eachPixel(sharpTubes, (_x, _y, to, data) => {
    for (let channel = 0; channel < 3; channel++) {
      const at = to + channel
      data[at] = (data[at] as number) + (near.data[at] as number) * 0.9 + (wide.data[at] as number) * 1.1 - 12
    }
  })
}

/** White construction lines on blue paper with a grid. */
export const blueprint: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const paper = '#1d4f9e'
  const subject = new Set(drawing.subject)
  const body = elements(everything(drawing), (shape) => {
    if ((shape.opacity ?? 1) < 0.5) return undefined
    const main = subject.has(shape)
    return {
      ...(shape.fill && { fill: main ? '#2a5fb2' : paper }),
      stroke: main ? '#ffffff' : '#9cc2f0',
      width: unit * (main ? 1 : 0.55),
      opacity: 1,
    }
  })
  const step = unit * 10
  let grid = ''
  for (let x = step; x < width; x += step) grid += `<path d="M${x} 0V${height}"/>`
  for (let y = step; y < height; y += step) grid += `<path d="M0 ${y}H${width}"/>`
  const [cx, cy, radius] = [width / 2, height / 2, Math.min(width, height) * 0.42]
  const marks = `<g fill="none" stroke="#d6e6fb" stroke-width="${unit * 0.5}" stroke-dasharray="${unit * 4} ${unit * 2}"><circle cx="${cx}" cy="${cy}" r="${radius}"/><path d="M${cx} 0V${height}M0 ${cy}H${width}"/></g>`
  const frame = `<rect x="${unit * 5}" y="${unit * 5}" width="${width - unit * 10}" height="${height - unit * 10}" fill="none" stroke="#ffffff" stroke-width="${unit}"/>`
  const sheet = await rasterOf(
    document(
      width,
      height,
      `${body}<g stroke="#ffffff" opacity=".22" stroke-width="${unit * 0.4}">${grid}</g>${marks}${frame}`,
    ),
  )
  const worn = clouds()
  return eachPixel(sheet, (x, y, to, data) => {
    const fade = (at(worn, x, y) - 0.5) * 26
    for (let channel = 0; channel < 3; channel++) data[to + channel] = (data[to + channel] as number) + fade
  })
}

/** Coloured chalk on a dark board. */
export const chalk: Technique = async (drawing, random) => {
  const { unit } = drawing
  const pale = (shape: Shape) => shade(saturate(shape.fill ?? shape.stroke ?? '#ffffff', 1.2), 0.5)
  const dim = new Set([...drawing.sky.slice(0, 1), ...drawing.back])
  const board = await painted(drawing, (shape) => ({
    ...(shape.fill && { fill: mix('#29352f', shade(saturate(shape.fill, 1.2), 0.2), dim.has(shape) ? 0.22 : 0.42) }),
    stroke: pale(shape),
    width: unit * (shape.fill ? 1.3 : Math.max(1.3, ((shape.width ?? 1) / unit) * 0.6)),
  }))
  const [tooth, fibre, dust] = [grain(), strokes(), clouds()]
  const shift = random.integer(0, 255)
  return eachPixel(board, (x, y, to, data) => {
    const rub = 0.25 + 1.05 * at(tooth, x, y) * (0.55 + 0.6 * at(fibre, x + shift, y))
    const smear = at(dust, x + shift, y) * 22
    for (let channel = 0; channel < 3; channel++) {
      const slate = [41, 53, 47][channel] as number
      data[to + channel] = slate + ((data[to + channel] as number) - slate) * rub * 1.5 + smear
    }
  })
}

/** Two blocks of colour and a carved black one. */
export const linocut: Technique = async (drawing, random) => {
  const { unit } = drawing
  const [tone, lines] = await Promise.all([
    blurred(await model(drawing), unit * 0.6),
    painted(drawing, contour('#000000', unit * 2)),
  ])
  const grainField = clouds()
  const [shift, period] = [random.integer(0, 255), unit * 5]
  return eachPixel(lines, (x, y, to, data) => {
    const from = offsetAt(tone, x, y)
    const light = brightness(tone.data, from) / 255
    const wave = y + at(grainField, x * 0.6 + shift, y * 0.6) * unit * 26
    const phase = Math.abs((wave / period - Math.floor(wave / period)) * 2 - 1)
    const key = (data[to] as number) < 120 || light < 0.14 + phase * 0.34
    const [red, green, blue] = block(tone, from)
    const worn = at(grainField, x * 4, y * 4) * 14
    data[to] = key ? 30 + worn : red
    data[to + 1] = key ? 28 + worn : green
    data[to + 2] = key ? 40 + worn : blue
  })
}

/** The nearest of five printing inks, muted as old paper has them. */
function block({ data }: Raster, from: number): readonly [number, number, number] {
  let best = INKS[0] as readonly [number, number, number]
  let nearest = Number.POSITIVE_INFINITY
  for (const one of INKS) {
    const distance = [0, 1, 2].reduce(
      (sum, channel) => sum + ((data[from + channel] as number) - (one[channel] as number)) ** 2,
      0,
    )
    if (distance < nearest) [nearest, best] = [distance, one]
  }
  return best
}

const INKS = [
  [239, 228, 202],
  [206, 92, 62],
  [222, 172, 96],
  [110, 148, 164],
  [46, 82, 120],
  [122, 138, 88],
] as const
