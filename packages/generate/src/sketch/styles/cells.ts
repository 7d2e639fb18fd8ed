import { hexOf, type Rgb } from '../colour.ts'
import { at, clouds, grain } from '../noise.ts'
import { brightness, eachPixel, offsetAt, plain, type Raster, rasterOf } from '../raster.ts'
import { document, elements } from '../svg.ts'
import { everything, model, painted, type Technique } from './technique.ts'

/** Coarse square pixels in few colours. */
export const pixel: Technique = async (drawing) => {
  const { width, height, unit } = drawing
  const across = Math.round(width / (unit * 2.9))
  const down = Math.round(height / (unit * 2.9))
  const look = elements(everything(drawing), (shape) => ({
    flat: true,
    ...(shape.width && { width: Math.max(shape.width, unit * 2.6) }),
  }))
  const small = await rasterOf(document(width, height, `<g shape-rendering="crispEdges">${look}</g>`), {
    width: across,
    height: down,
  })
  const level = (value: number) => Math.round(Math.round(value / 42.5) * 42.5)
  return eachPixel(plain(width, height, [0, 0, 0]), (x, y, to, data) => {
    const from = (Math.floor((y * down) / height) * across + Math.floor((x * across) / width)) * 3
    for (let channel = 0; channel < 3; channel++) data[to + channel] = level(small.data[from + channel] as number)
  })
}

/** Triangles of one colour each, their corners drawn to the edges of the forms. */
export const lowPoly: Technique = async (drawing, random) => {
  const base = await model(drawing)
  const { width, height, unit } = drawing
  const cell = unit * 7.6
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)]
  const corners = Array.from({ length: (columns + 1) * (rows + 1) }, (_, index) => {
    const [column, row] = [index % (columns + 1), Math.floor(index / (columns + 1))]
    const [x, y] = [column * cell + random.between(-0.3, 0.3) * cell, row * cell + random.between(-0.3, 0.3) * cell]
    const inside = column > 0 && row > 0 && column < columns && row < rows
    return inside ? sharpest(base, x, y, cell * 0.45) : ([column * cell, row * cell] as const)
  })
  let body = ''
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [a, b] = [row * (columns + 1) + column, (row + 1) * (columns + 1) + column]
      const halves =
        (row + column) % 2
          ? [
              [a, a + 1, b],
              [a + 1, b + 1, b],
            ]
          : [
              [a, a + 1, b + 1],
              [a, b + 1, b],
            ]
      for (const [index, half] of halves.entries())
        body += facet(
          base,
          half.map((corner) => corners[corner] as readonly [number, number]),
          index * 12 - 6 + random.between(-8, 8),
        )
    }
  }
  return rasterOf(document(width, height, body))
}

function facet(base: Raster, corners: readonly (readonly [number, number])[], lift: number): string {
  const [x, y] = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + (corner[axis] as number), 0) / 3) as [
    number,
    number,
  ]
  const sum = [0, 0, 0]
  for (const [px, py] of [...corners, [x, y], [x, y], [x, y]] as const) {
    const from = offsetAt(base, x + (px - x) * 0.5, y + (py - y) * 0.5)
    for (let channel = 0; channel < 3; channel++)
      sum[channel] = (sum[channel] as number) + (base.data[from + channel] as number) / 6
  }
  const colour = hexOf(sum.map((value) => value + lift) as unknown as Rgb)
  return `<path d="M${corners.map((corner) => corner.map((value) => value.toFixed(1)).join(' ')).join('L')}Z" fill="${colour}" stroke="${colour}"/>`
}

/** The place of the steepest brightness within a distance, or the place itself where all is flat. */
function sharpest(base: Raster, x: number, y: number, reach: number): readonly [number, number] {
  let best: readonly [number, number] = [x, y]
  let steepest = 18
  const step = Math.max(1, reach / 5)
  for (let dy = -reach; dy <= reach; dy += step) {
    for (let dx = -reach; dx <= reach; dx += step) {
      const here = brightness(base.data, offsetAt(base, x + dx, y + dy))
      const steep =
        Math.abs(here - brightness(base.data, offsetAt(base, x + dx + 2, y + dy))) +
        Math.abs(here - brightness(base.data, offsetAt(base, x + dx, y + dy + 2)))
      if (steep > steepest) {
        steepest = steep
        best = [x + dx, y + dy]
      }
    }
  }
  return best
}

/** Jewel-coloured panes between dark leads. */
export const glass: Technique = async (drawing, random) => {
  const { unit } = drawing
  const base = await painted(drawing, (shape) =>
    shape.fill
      ? { stroke: '#14111a', width: unit * 1.9, opacity: 1 }
      : { stroke: '#14111a', width: Math.max(unit * 1.6, (shape.width ?? 1) * 0.6) },
  )
  const cell = unit * 30
  const columns = Math.ceil(drawing.width / cell) + 2
  const seeds = Float32Array.from({ length: columns * (Math.ceil(drawing.height / cell) + 2) * 3 }, () => random.next())
  const ripple = clouds()
  return eachPixel(base, (x, y, to, data) => {
    const [gap, shade] = pane(seeds, { x: x / cell, y: y / cell, columns })
    const lead = gap * cell < unit * 0.75
    const grey = brightness(data, to)
    const glow = 0.72 + shade * 0.36 + 0.3 * at(ripple, x * 1.2, y * 1.2)
    for (let channel = 0; channel < 3; channel++) {
      const colour = (grey + ((data[to + channel] as number) - grey) * 1.75) * glow
      data[to + channel] = lead ? 20 : colour
    }
  })
}

/** Distance to the border between the two nearest seeds, and the nearest one's own number. */
function pane(
  seeds: Float32Array,
  { x, y, columns }: { x: number; y: number; columns: number },
): readonly [number, number] {
  let [first, second, shade] = [9, 9, 0]
  for (let row = Math.floor(y); row <= Math.floor(y) + 2; row++) {
    for (let column = Math.floor(x); column <= Math.floor(x) + 2; column++) {
      const seed = (row * columns + column) * 3
      const distance = Math.hypot(column - 1 + (seeds[seed] as number) - x, row - 1 + (seeds[seed + 1] as number) - y)
      if (distance < first) [second, first, shade] = [first, distance, seeds[seed + 2] as number]
      else if (distance < second) second = distance
    }
  }
  return [(second - first) / 2, shade]
}

/** Small square stones in pale mortar. */
export const mosaic: Technique = async (drawing) => {
  const base = await model(drawing)
  const { width, height, unit } = drawing
  const cell = unit * 4.6
  const [uneven, stone] = [grain(), clouds()]
  return eachPixel(plain(width, height, [0, 0, 0]), (x, y, to, data) => {
    const row = Math.floor(y / cell)
    const column = Math.floor(x / cell + (row % 2) * 0.5)
    const [u, v] = [x / cell + (row % 2) * 0.5 - column, y / cell - row]
    const own = at(uneven, column * 7, row * 13)
    const gap = 0.07 + own * 0.06
    const mortar = u < gap || v < gap || u > 1 - gap * 0.6 || v > 1 - gap * 0.6
    const from = offsetAt(base, (column + 0.5 - (row % 2) * 0.5) * cell, (row + 0.5) * cell)
    const grey = brightness(base.data, from)
    const lift = (own - 0.5) * 54 + (1 - u - v) * 16 + (at(stone, x * 3, y * 3) - 0.5) * 14
    for (let channel = 0; channel < 3; channel++) {
      data[to + channel] = mortar
        ? 172 - channel * 9
        : grey + ((base.data[from + channel] as number) - grey) * 1.45 + lift
    }
  })
}

/** Crosses of thread on linen. */
export const crossStitch: Technique = async (drawing) => {
  const base = await model(drawing)
  const { width, height, unit } = drawing
  const cell = unit * 4
  const linen = grain()
  return eachPixel(plain(width, height, [0, 0, 0]), (x, y, to, data) => {
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)]
    const [u, v] = [x / cell - column, y / cell - row]
    const from = offsetAt(base, (column + 0.5) * cell, (row + 0.5) * cell)
    const grey = brightness(base.data, from)
    const [rising, falling] = [Math.abs(u + v - 1), Math.abs(u - v)]
    const over = rising < 0.36
    const thread = over || falling < 0.36
    const light = over ? 18 - rising * 90 : -8 - falling * 80
    const weave = (Math.floor(x) + Math.floor(y)) % 2 ? 7 : -7
    for (let channel = 0; channel < 3; channel++) {
      const colour = Math.round((grey + ((base.data[from + channel] as number) - grey) * 1.3) / 28) * 28
      data[to + channel] = thread ? colour + light + 6 : 226 - channel * 10 + weave + at(linen, x, y) * 14
    }
  })
}
