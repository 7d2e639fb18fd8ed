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
  /** Said beside the legend, e.g. what a hollow point means. */
  readonly note?: string
}

const WIDTH = 440
const HEIGHT = 280
const MARGIN = { top: 16, right: 20, bottom: 44, left: 66 }
/** Points nearer to each other than this, in units of the plot, cannot both be labelled on the same side. */
const LABEL_ROOM = 28
/** Half the width of the stroke at the end of an interval. */
const CAP = 3

/** A plot as SVG that takes its colours from the page; undefined where there is nothing to show. */
export function plot(request: PlotRequest): Markup | undefined {
  const points = request.series.flatMap((series) => series.points)
  if (points.length === 0) return undefined
  const x = scale(
    request.x,
    points.map((point) => point.x),
    [MARGIN.left, WIDTH - MARGIN.right],
  )
  const y = scale(request.y, withIntervals(points, request.mark?.y), [HEIGHT - MARGIN.bottom, MARGIN.top])
  const legend = request.series.filter((series) => series.points.length > 0)
  return html`<figure class="plot"><figcaption>${request.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${request.title}">
${xAxis(request.x, x)}${yAxis(request.y, y)}
${request.mark && markLine(request.mark, y(request.mark.y))}
${request.series.map((series) => seriesMarkup(series, x, y))}
</svg>
<p class="legend">${legend.map(({ name, tone }) => html`<span class="key tone${tone}">${name}</span> `)}${request.note}</p></figure>`
}

/**
 * What the y axis spans: every point and the mark, and the intervals as far as they add no more than that again; a setting
 * that was asked few questions must not flatten all others.
 */
function withIntervals(points: readonly Point[], mark: number | undefined): number[] {
  const values = [...points.map((point) => point.y), ...(mark === undefined ? [] : [mark])]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = high > low ? high - low : Number.POSITIVE_INFINITY
  const ends = points.flatMap((point) => [point.low ?? point.y, point.high ?? point.y])
  return [...values, Math.max(Math.min(...ends), low - room), Math.min(Math.max(...ends), high + room)]
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
  if (inside.length < 3) return scaleLinear().domain([low, high]).ticks(5)
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
  const sides = labelSides(points.map((point) => x(point.x)))
  const shape = series.shape ?? 'circle'
  return html`<g class="series tone${tone}">${path && html`<path class="line" d="${path}"/>`}
${!bare && points.map((point, index) => pointMarkup(point, { cx: r(x(point.x)), cy: r(y(point.y)), y, shape, side: sides[index] as Side }))}</g>`
}

type Side = 'above' | 'below'

/** Labels stand above their points; one that would run into its left neighbour’s stands below. */
function labelSides(places: readonly number[]): Side[] {
  const sides: Side[] = []
  const last = { above: Number.NEGATIVE_INFINITY, below: Number.NEGATIVE_INFINITY }
  for (const index of places.map((_, at) => at).sort((a, b) => (places[a] as number) - (places[b] as number))) {
    const place = places[index] as number
    const side = place - last.above >= LABEL_ROOM || last.above <= last.below ? 'above' : 'below'
    last[side] = place
    sides[index] = side
  }
  return sides
}

function pointMarkup(
  point: Point,
  { cx, cy, y, shape, side }: { cx: number; cy: number; y: Scale; shape: NonNullable<Series['shape']>; side: Side },
): Markup {
  const { label, title, hollow } = point
  const style = hollow ? 'point hollow' : 'point'
  const shapes = {
    circle: html`<circle class="${style}" cx="${cx}" cy="${cy}" r="4.2">${title && html`<title>${title}</title>`}</circle>`,
    square: html`<rect class="${style}" x="${cx - 4}" y="${cy - 4}" width="8" height="8">${title && html`<title>${title}</title>`}</rect>`,
    diamond: html`<rect class="${style}" x="${cx - 4}" y="${cy - 4}" width="8" height="8" transform="rotate(45 ${cx} ${cy})">${title && html`<title>${title}</title>`}</rect>`,
  }
  const place = html`x="${cx}" y="${r(side === 'above' ? cy - 8 : cy + 17)}" text-anchor="middle"`
  return html`${whiskerMarkup(point, cx, y)}${shapes[shape]}${label && html`<text class="pointlabel" ${place}>${label}</text>`}`
}

/** The interval, with a stroke across each end that lies within the plot. */
function whiskerMarkup({ low, high }: Point, cx: number, y: Scale): Markup | undefined {
  if (low === undefined || high === undefined) return undefined
  const [bottom = 0, top = 0] = y.range()
  const ends = [y(low), y(high)].map((end) => ({
    at: r(Math.min(bottom, Math.max(top, end))),
    cut: end > bottom || end < top,
  }))
  const caps = ends.flatMap(({ at, cut }) => (cut ? [] : [` M${r(cx - CAP)},${at}H${r(cx + CAP)}`]))
  return html`<path class="whisker" d="M${cx},${ends[0]?.at}V${ends[1]?.at}${caps.join('')}"/>`
}

function r(value: number): number {
  return Math.round(value * 10) / 10
}
