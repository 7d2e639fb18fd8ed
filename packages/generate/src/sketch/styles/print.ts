import { type Colour, mix, rgbOf, saturate, shade } from '../colour.ts'
import { at, clouds, grain } from '../noise.ts'
import { blurred, brightness, eachPixel, offsetAt, overlaid, type Raster, rasterOf } from '../raster.ts'
import { placed, type Shape } from '../shape.ts'
import { document, elements } from '../svg.ts'
import { everything, painted, type Technique } from './technique.ts'

/** Colours of old travel posters. */
const POSTER: readonly Colour[] = [
  '#15243b',
  '#1f4e5f',
  '#3c8d93',
  '#8fc1b5',
  '#f3e6c8',
  '#f2b84b',
  '#e2703a',
  '#b8352f',
  '#6b2d3e',
  '#7a8f45',
  '#3f5a35',
  '#d99a86',
  '#8a5a3c',
  '#5f8fb8',
]

/** Flat areas of few colours with a cream border. */
export const poster: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const cache = new Map<Colour, Colour>()
  const snap = (colour: Colour) => {
    const found = cache.get(colour) ?? mix(nearest(colour, POSTER), saturate(colour, 1.2), 0.42)
    cache.set(colour, found)
    return found
  }
  const look = elements(everything(drawing), (shape) => ({
    flat: true,
    ...(shape.fill && { fill: snap(shape.fill) }),
    ...(shape.stroke && { stroke: snap(shape.stroke) }),
    opacity: (shape.opacity ?? 1) < 0.5 ? 0.35 : 1,
  }))
  const bands = bandedSky(drawing.sky[0], { width, height, snap })
  const border = `<path fill-rule="evenodd" fill="#f3e6c8" d="M0 0H${width}V${height}H0ZM${unit * 8} ${unit * 8}V${height - unit * 8}H${width - unit * 8}V${unit * 8}Z"/>`
  const rule = `<rect x="${unit * 5.5}" y="${unit * 5.5}" width="${width - unit * 11}" height="${height - unit * 11}" fill="none" stroke="#15243b" stroke-width="${unit * 0.9}"/>`
  const first = elements(drawing.sky.slice(0, 1), () => ({ flat: true }))
  return rasterOf(
    document(
      width,
      height,
      `${first}${bands}${look.replace(/^(?:<defs>.*?<\/defs>)?<path[^>]*>/, '')}${border}${rule}`,
    ),
  )
}

function bandedSky(
  sky: Shape | undefined,
  { width, height, snap }: { width: number; height: number; snap: (colour: Colour) => Colour },
): string {
  if (!sky?.fill) return ''
  const { fill, fade = fill } = sky
  return Array.from({ length: 7 }, (_, band) => {
    const colour = snap(mix(fill, fade, band / 6))
    return `<rect x="0" y="${(height * band) / 9}" width="${width}" height="${height}" fill="${colour}"/>`
  }).join('')
}

function nearest(colour: Colour, choice: readonly Colour[]): Colour {
  const [red, green, blue] = rgbOf(colour)
  let best = choice[0] as Colour
  let least = Number.POSITIVE_INFINITY
  for (const one of choice) {
    const [r, g, b] = rgbOf(one)
    const distance = 2 * (r - red) ** 2 + 4 * (g - green) ** 2 + 3 * (b - blue) ** 2
    if (distance < least) [least, best] = [distance, one]
  }
  return best
}

/** Bold outlines, bright flats and a screen of dots, in a panel's frame. */
export const comic: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const subject = new Set(drawing.subject)
  const look = elements(everything(drawing), (shape) => ({
    flat: true,
    ...(shape.fill && { fill: saturate(shape.fill, 1.6) }),
    stroke: (shape.opacity ?? 1) < 0.5 ? 'none' : shape.fill ? '#0e0c14' : saturate(shape.stroke ?? '#000000', 1.5),
    width: unit * (subject.has(shape) ? 1.7 : 1) + (shape.fill ? 0 : (shape.width ?? 0) * 0.7),
  }))
  const frame = `<rect x="${unit * 3}" y="${unit * 3}" width="${width - unit * 6}" height="${height - unit * 6}" fill="none" stroke="#fdfaf2" stroke-width="${unit * 6.5}"/><rect x="${unit * 6}" y="${unit * 6}" width="${width - unit * 12}" height="${height - unit * 12}" fill="none" stroke="#0e0c14" stroke-width="${unit * 1.8}"/>`
  const flats = await rasterOf(document(width, height, `${look}${frame}`))
  const period = unit * 3.6
  const edge = unit * 7
  return eachPixel(flats, (x, y, to, data) => {
    if (x < edge || y < edge || x > width - edge || y > height - edge) return
    const light = brightness(data, to) / 255
    if (light < 0.16 || light > 0.97) return
    const [u, v] = [(x + y) / period, (x - y) / period]
    const distance = Math.hypot(u - Math.floor(u) - 0.5, v - Math.floor(v) - 0.5)
    const inside = distance < 0.12 + (1 - light) * 0.4
    for (let channel = 0; channel < 3; channel++)
      data[to + channel] = inside ? (data[to + channel] as number) * 0.66 : (data[to + channel] as number) * 1.04 + 12
  })
}

/** Sheets of coloured paper, each throwing a shadow on the one below. */
export const paperCut: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const first = drawing.sky[0]
  const sheets = everything(drawing).flatMap((shape): Shape[] => {
    if (shape === first || (shape.opacity ?? 1) < 0.5) return [shape]
    const dark = (by: number, opacity: number): Shape => ({
      ...placed(shape, { x: by * unit * 0.7, y: by * unit, scale: 1 }),
      ...(shape.fill && { fill: '#1a1420' }),
      ...(shape.stroke && { stroke: '#1a1420' }),
      opacity,
    })
    const small = extent(shape) < unit * 9
    return [
      ...(small ? [dark(0.8, 0.25)] : [dark(3.4, 0.12), dark(2.4, 0.14), dark(1.3, 0.18)]),
      { ...shape, opacity: 1 },
    ]
  })
  const tinted = (colour: Colour) => mix(saturate(colour, 0.95), '#fff2df', 0.2)
  const raster = await rasterOf(
    document(
      width,
      height,
      elements(sheets, (shape) => ({
        flat: true,
        ...(shape.fill && shape.fill !== '#1a1420' && { fill: tinted(shape.fill) }),
      })),
    ),
  )
  const fibre = grain()
  return eachPixel(raster, (x, y, to, data) => {
    const bump = (at(fibre, x, y) - 0.5) * 22
    for (let channel = 0; channel < 3; channel++) data[to + channel] = (data[to + channel] as number) + bump
  })
}

function extent({ points }: Shape): number {
  const xs = points.filter((_, index) => index % 2 === 0)
  return Math.max(...xs) - Math.min(...xs)
}

/** A camera's picture: soft background, sharp subject, vignette and grain. */
export const photo: Technique = async (drawing, random) => {
  const { width, height, unit } = drawing
  const shaded = (shape: Shape) =>
    shape.fill && !shape.fade ? { ...shape, fill: shade(shape.fill, 0.16), fade: shade(shape.fill, -0.3) } : shape
  const far = await rasterOf(
    document(
      width,
      height,
      elements([...drawing.sky, ...drawing.back].map(shaded), () => ({})),
    ),
  )
  const discs = Array.from(
    { length: 14 },
    () =>
      `<circle cx="${(random.next() * width).toFixed(1)}" cy="${(random.next() * height * 0.7).toFixed(1)}" r="${(unit * random.between(5, 12)).toFixed(1)}" fill="#fff3cf" opacity="${random.between(0.1, 0.3).toFixed(2)}"/>`,
  ).join('')
  const soft = drawing.subject.length ? await blurred(far, unit * 3.2) : far
  const near = elements([...drawing.subject, ...drawing.front].map(shaded), () => ({}))
  const sharp = await overlaid(soft, document(width, height, discs + near))
  const speck = grain()
  return eachPixel(sharp, (x, y, to, data) => {
    const corner = Math.hypot(x / width - 0.5, y / height - 0.5)
    const fall = 1.06 - corner * corner * 0.95
    const noise = (at(speck, x * 3 + 11, y * 5) - 0.5) * 26
    for (let channel = 0; channel < 3; channel++) data[to + channel] = (data[to + channel] as number) * fall + noise
  })
}

/** Rounded forms of plasticine under a studio lamp. */
export const clay: Technique = async (drawing) => {
  const { unit } = drawing
  const base = await painted(drawing, (shape) => ({
    ...(shape.fill && { fill: mix(saturate(shape.fill, 1.15), '#ffffff', 0.06) }),
    flat: true,
  }))
  const swell = await blurred(base, unit * 1.8)
  const wide = await blurred(base, unit * 5)
  const thumb = clouds()
  const reach = Math.max(1, Math.round(unit * 1.6))
  return eachPixel({ ...base, data: new Uint8Array(base.data) }, (x, y, to, data) => {
    const [above, below] = [offsetAt(swell, x - reach, y - reach), offsetAt(swell, x + reach, y + reach)]
    const slope = edgeBetween(base, swell, { above, below, to })
    const hollow = (brightness(wide.data, to) - brightness(base.data, to)) * 0.12
    const press = (at(thumb, x * 2.4, y * 2.4) - 0.5) * 26
    for (let channel = 0; channel < 3; channel++)
      data[to + channel] = (data[to + channel] as number) + slope + press - Math.abs(hollow)
  })
}

/** Light on a rounded rim: bright where the colour changes towards the lamp, dark on the other side. */
function edgeBetween(
  base: Raster,
  swell: Raster,
  { above, below, to }: { above: number; below: number; to: number },
): number {
  let [towards, away] = [0, 0]
  for (let channel = 0; channel < 3; channel++) {
    towards += Math.abs((base.data[to + channel] as number) - (swell.data[above + channel] as number))
    away += Math.abs((base.data[to + channel] as number) - (swell.data[below + channel] as number))
  }
  return Math.max(-80, Math.min(70, (towards - away) * 0.5))
}

/** A storybook's picture: soft shading and thin lines of a darker tone. */
export const illustration: Technique = async (drawing) => {
  const { unit } = drawing
  const subject = new Set(drawing.subject)
  const shaded = (shape: Shape): Shape =>
    shape.fill && !shape.fade ? { ...shape, fill: shade(shape.fill, 0.12), fade: shade(shape.fill, -0.16) } : shape
  const soft: typeof drawing = {
    ...drawing,
    back: drawing.back.map(shaded),
    subject: drawing.subject.map(shaded),
    front: drawing.front.map(shaded),
  }
  const lined = new Set(soft.subject)
  const raster = await painted(soft, (shape) =>
    lined.has(shape) && shape.fill && subject.size ? { stroke: shade(shape.fill, -0.5), width: unit * 0.5 } : {},
  )
  const [glow, paper] = [await blurred(raster, unit * 5), clouds()]
  return eachPixel(raster, (x, y, to, data) => {
    const texture = (at(paper, x, y) - 0.5) * 12
    for (let channel = 0; channel < 3; channel++) {
      const value = data[to + channel] as number
      data[to + channel] = value + Math.max(0, (glow.data[to + channel] as number) - 150) * 0.16 + texture
    }
  })
}
