import type { Shape } from './shape.ts'

/** An SVG document of that many pixels around the given elements. */
export function document(width: number, height: number, elements: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${elements}</svg>`
}

/** How a style paints one shape; what it leaves out stays the shape's own. */
export interface Look {
  readonly fill?: string
  readonly stroke?: string
  /** Pixels. */
  readonly width?: number
  readonly opacity?: number
  /** Ignore the shape's second colour. */
  readonly flat?: boolean
}

/** The elements of all shapes, each as `look` says; a look of `undefined` leaves the shape out. */
export function elements(shapes: readonly Shape[], look: (shape: Shape, index: number) => Look | undefined): string {
  let gradients = ''
  let body = ''
  for (const [index, shape] of shapes.entries()) {
    const wanted = look(shape, index)
    if (!wanted) continue
    const opacity = wanted.opacity ?? shape.opacity ?? 1
    let fill = wanted.fill ?? shape.fill ?? 'none'
    if (shape.fade && shape.fill && !wanted.flat && !wanted.fill) {
      const id = gradientId(shape)
      gradients += `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop stop-color="${shape.fill}"/><stop offset="1" stop-color="${shape.fade}"/></linearGradient>`
      fill = `url(#${id})`
    }
    const stroke = wanted.stroke ?? shape.stroke
    const width = wanted.width ?? shape.width ?? 1
    const line = stroke
      ? ` stroke="${stroke}" stroke-width="${rounded(width)}" stroke-linecap="round" stroke-linejoin="round"`
      : ''
    body += `<path d="${pathOf(shape)}" fill="${fill}"${line}${opacity < 1 ? ` opacity="${rounded(opacity)}"` : ''}/>`
  }
  return gradients ? `<defs>${gradients}</defs>${body}` : body
}

/** Gradients of equal colours share an id and are equal. */
function gradientId({ fill, fade }: Shape): string {
  return `g${fill?.slice(1)}${fade?.slice(1)}`
}

/** The outline as SVG path data; areas are closed. */
export function pathOf({ points, smooth, fill }: Shape): string {
  const closed = fill !== undefined
  if (smooth && points.length >= 6) return curvedPath(points, closed)
  let path = `M${rounded(points[0] ?? 0)} ${rounded(points[1] ?? 0)}L`
  for (let at = 2; at < points.length; at++) path += `${rounded(points[at] as number)} `
  return closed ? `${path}Z` : path
}

/** Catmull-Rom through the points, as cubic Béziers. */
function curvedPath(points: readonly number[], closed: boolean): string {
  const count = points.length / 2
  const at = (index: number, axis: 0 | 1) => {
    const inside = closed ? (index + count) % count : Math.max(0, Math.min(count - 1, index))
    return points[inside * 2 + axis] as number
  }
  let path = `M${rounded(at(0, 0))} ${rounded(at(0, 1))}C`
  for (let index = 0; index < (closed ? count : count - 1); index++) {
    for (const axis of [0, 1] as const) {
      path += `${rounded(at(index, axis) + (at(index + 1, axis) - at(index - 1, axis)) / 6)} `
    }
    for (const axis of [0, 1] as const) {
      path += `${rounded(at(index + 1, axis) - (at(index + 2, axis) - at(index, axis)) / 6)} `
    }
    path += `${rounded(at(index + 1, 0))} ${rounded(at(index + 1, 1))} `
  }
  return closed ? `${path}Z` : path
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
