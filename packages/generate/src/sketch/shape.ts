import type { Colour } from './colour.ts'

/**
 * One outline of the drawing: an area with a fill, or a line with a stroke. Everything is kept as points, so that a
 * style may wobble, hatch, glow or carve it; `smooth` asks for a curve through them (Catmull-Rom).
 */
export interface Shape {
  /** x and y by turns; y grows downwards. */
  readonly points: readonly number[]
  readonly smooth: boolean
  readonly fill?: Colour
  /** Where the area fades from `fill` at its top to this colour at its bottom. */
  readonly fade?: Colour
  readonly stroke?: Colour
  /** Of the stroke, in the units of the points. */
  readonly width?: number
  /** 0–1; default 1. */
  readonly opacity?: number
}

/** An ellipse; `turn` in degrees. */
export function oval(fill: Colour, x: number, y: number, [rx, ry, turn = 0]: readonly number[]): Shape {
  const steps = 12
  const angle = (turn * Math.PI) / 180
  const points: number[] = []
  for (let step = 0; step < steps; step++) {
    const at = (step / steps) * 2 * Math.PI
    const dx = Math.cos(at) * (rx ?? 1)
    const dy = Math.sin(at) * (ry ?? rx ?? 1)
    points.push(x + dx * Math.cos(angle) - dy * Math.sin(angle), y + dx * Math.sin(angle) + dy * Math.cos(angle))
  }
  return { points, smooth: true, fill }
}

/** An area with corners; points are written as in SVG: `x,y x,y …`. */
export function poly(fill: Colour, points: string | readonly number[]): Shape {
  return { points: numbersOf(points), smooth: false, fill }
}

/** An area with a rounded outline through the points. */
export function blob(fill: Colour, points: string | readonly number[]): Shape {
  return { points: numbersOf(points), smooth: true, fill }
}

/** A rectangle by its corner, width and height. */
export function box(fill: Colour, x: number, y: number, [width = 1, height = 1]: readonly number[]): Shape {
  return { points: [x, y, x + width, y, x + width, y + height, x, y + height], smooth: false, fill }
}

/** A line with corners. */
export function line(stroke: Colour, width: number, points: string | readonly number[]): Shape {
  return { points: numbersOf(points), smooth: false, stroke, width }
}

/** A curved line through the points. */
export function curve(stroke: Colour, width: number, points: string | readonly number[]): Shape {
  return { points: numbersOf(points), smooth: true, stroke, width }
}

/** The shapes followed by their mirror images across x = 0. */
export function both(...shapes: readonly Shape[]): Shape[] {
  return [...shapes, ...shapes.map((shape) => placed(shape, { x: 0, y: 0, scale: 1, flip: true }))]
}

/** The area fading towards a second colour at its bottom. */
export function fading(shape: Shape, fade: Colour): Shape {
  return { ...shape, fade }
}

/** Where and how large a figure stands. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly scale: number
  readonly flip?: boolean
}

/** The shape scaled, mirrored and moved. */
export function placed(shape: Shape, { x, y, scale, flip }: Placement): Shape {
  const across = flip ? -scale : scale
  const points = shape.points.map((value, index) => (index % 2 === 0 ? x + value * across : y + value * scale))
  return shape.width === undefined ? { ...shape, points } : { ...shape, points, width: shape.width * scale }
}

function numbersOf(points: string | readonly number[]): readonly number[] {
  return typeof points === 'string' ? points.split(/[ ,]+/).map(Number) : points
}
