import { scaleLinear, scaleLog } from 'd3-scale'
import { line as pathOf } from 'd3-shape'
import { html, type Markup } from './markup.ts'

/** One point of a plot. */
export interface Point {
  readonly x: number
  readonly y: number
  /** Ends of the interval around y. */
  readonly low?: number
  readonly high?: number
  /** Written beside the point. */
  readonly label?: string
  /** Shown when the pointer rests on it, and read aloud. */
  readonly title?: string
  readonly hollow?: boolean
}

/** Points that belong together; `tone` 1 to 4 picks the colour. */
export interface Series {
  readonly name: string
  readonly tone: 1 | 2 | 3 | 4
  readonly points: readonly Point[]
  readonly joined?: boolean
  /** Only the line, without its points. */
  readonly bare?: boolean
  readonly shape?: 'circle' | 'square' | 'diamond'
}

/** One axis. */
export interface Axis {
  readonly label: string
  readonly log?: boolean
  readonly domain?: readonly [number, number]
  readonly format?: (value: number) => string
  readonly ticks?: readonly number[]
}

/** What a plot shows. */
export interface PlotRequest {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  /** A line across, e.g. the target. */
  readonly mark?: { readonly y: number; readonly label: string }
}

const WIDTH = 440
const HEIGHT = 280
const MARGIN = { top: 16, right: 20, bottom: 44, left: 66 }

/** A plot as SVG that takes its colours from the page; undefined where there is nothing to show. */
export function plot(request: PlotRequest): Markup | undefined {
  const points = request.series.flatMap((series) => series.points)
  if (points.length === 0) return undefined
  const x = scale(
    request.x,
    points.map((point) => point.x),
    [MARGIN.left, WIDTH - MARGIN.right],
  )
  const values = points.map((point) => point.y)
  const y = scale(request.y, request.mark ? [...values, request.mark.y] : values, [HEIGHT - MARGIN.bottom, MARGIN.top])
  const legend = request.series.filter((series) => series.points.length > 0)
  return html`<figure class="plot"><figcaption>${request.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${request.title}">
${xAxis(request.x, x)}${yAxis(request.y, y)}
${request.mark && markLine(request.mark, y(request.mark.y))}
${request.series.map((series) => seriesMarkup(series, x, y))}
</svg>
<p class="legend">${legend.map(({ name, tone }) => html`<span class="key tone${tone}">${name}</span> `)}</p></figure>`
}

type Scale = ReturnType<typeof scale>

function scale(axis: Axis, values: readonly number[], range: [number, number]) {
  const [low, high] = axis.domain ?? [Math.min(...values), Math.max(...values)]
  if (axis.log)
    return scaleLog()
      .domain(low === high ? [low / 2, high * 2] : [low / 1.15, high * 1.15])
      .range(range)
  const room = (high - low || Math.abs(high) || 1) * 0.06
  return scaleLinear()
    .domain(axis.domain ? [low, high] : [low - room, high + room])
    .range(range)
}

function ticksOf(axis: Axis, at: Scale): number[] {
  const [low = 0, high = 1] = at.domain()
  if (axis.ticks) return axis.ticks.filter((tick) => tick >= low && tick <= high)
  if (!axis.log) return at.ticks(5)
  const candidates = Array.from({ length: 14 }, (_, index) => 10 ** (index - 5)).flatMap((ten) => [
    ten,
    2 * ten,
    5 * ten,
  ])
  const inside = candidates.filter((tick) => tick >= low && tick <= high)
  return inside.length > 8 ? inside.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9) : inside
}

function text(axis: Axis, value: number): string {
  return axis.format ? axis.format(value) : String(Number(value.toPrecision(6)))
}

function xAxis(axis: Axis, at: Scale): Markup {
  const bottom = HEIGHT - MARGIN.bottom
  const ticks = ticksOf(axis, at).map(
    (tick) => html`<line class="grid" x1="${r(at(tick))}" x2="${r(at(tick))}" y1="${MARGIN.top}" y2="${bottom}"/>
<text class="tick" x="${r(at(tick))}" y="${bottom + 16}" text-anchor="middle">${text(axis, tick)}</text>`,
  )
  const middle = (MARGIN.left + WIDTH - MARGIN.right) / 2
  return html`${ticks}<line class="axis" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${bottom}" y2="${bottom}"/>
<text class="label" x="${middle}" y="${HEIGHT - 8}" text-anchor="middle">${axis.label}</text>`
}

function yAxis(axis: Axis, at: Scale): Markup {
  const ticks = ticksOf(axis, at).map(
    (
      tick,
    ) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${r(at(tick))}" y2="${r(at(tick))}"/>
<text class="tick" x="${MARGIN.left - 8}" y="${r(at(tick) + 4)}" text-anchor="end">${text(axis, tick)}</text>`,
  )
  const middle = (MARGIN.top + HEIGHT - MARGIN.bottom) / 2
  return html`${ticks}<text class="label" transform="translate(12 ${middle}) rotate(-90)" text-anchor="middle">${axis.label}</text>`
}

function markLine({ label }: { label: string }, y: number): Markup {
  return html`<line class="mark" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${r(y)}" y2="${r(y)}"/>
<text class="marklabel" x="${MARGIN.left + 5}" y="${r(y - 4)}">${label}</text>`
}

function seriesMarkup(series: Series, x: Scale, y: Scale): Markup {
  const { points, joined, bare, tone } = series
  const path =
    joined &&
    pathOf<Point>(
      (point) => r(x(point.x)),
      (point) => r(y(point.y)),
    )(points as Point[])
  return html`<g class="series tone${tone}">${path && html`<path class="line" d="${path}"/>`}
${!bare && points.map((point) => pointMarkup(point, { cx: r(x(point.x)), cy: r(y(point.y)), y, shape: series.shape ?? 'circle' }))}</g>`
}

function pointMarkup(
  point: Point,
  { cx, cy, y, shape }: { cx: number; cy: number; y: Scale; shape: NonNullable<Series['shape']> },
): Markup {
  const { low, high, label, title, hollow } = point
  const style = hollow ? 'point hollow' : 'point'
  const within = (value: number) => Math.min(y.range()[0] as number, Math.max(y.range()[1] as number, y(value)))
  const whisker =
    low !== undefined &&
    high !== undefined &&
    html`<line class="whisker" x1="${cx}" x2="${cx}" y1="${r(within(low))}" y2="${r(within(high))}"/>`
  const shapes = {
    circle: html`<circle class="${style}" cx="${cx}" cy="${cy}" r="4.2">${title && html`<title>${title}</title>`}</circle>`,
    square: html`<rect class="${style}" x="${cx - 4}" y="${cy - 4}" width="8" height="8">${title && html`<title>${title}</title>`}</rect>`,
    diamond: html`<rect class="${style}" x="${cx - 4}" y="${cy - 4}" width="8" height="8" transform="rotate(45 ${cx} ${cy})">${title && html`<title>${title}</title>`}</rect>`,
  }
  // Beside the point, on the side that has room.
  const right = cx < WIDTH * 0.72
  const place = html`x="${right ? cx + 8 : cx - 8}" y="${r(cy + 4)}" text-anchor="${right ? 'start' : 'end'}"`
  return html`${whisker}${shapes[shape]}${label && html`<text class="pointlabel" ${place}>${label}</text>`}`
}

function r(value: number): number {
  return Math.round(value * 10) / 10
}
