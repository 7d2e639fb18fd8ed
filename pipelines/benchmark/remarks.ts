import { cutoffWorth } from './cutoff-worth.ts'
import { headline } from './headline.ts'
import { halfWidth } from './interval.ts'
import { count, percent } from './report/numbers.ts'
import type { Report } from './report/report-schema.ts'
import type { CellReport, TrackReport } from './report/schema.ts'

/** Half the width of an interval, in points, from which a recall is called vague. */
const VAGUE = 0.5
/** A second asking that takes less than this share of the first was answered from memory. */
const CACHED = 0.5

/** What a reader must know before trusting the figures; the gravest first. */
export function remarksOn(report: Pick<Report, 'tracks' | 'model' | 'choices' | 'targetRecall' | 'cutoffs'>): string[] {
  const { tracks, model } = report
  return [
    ...tracks.flatMap(trackRemarks),
    ...(model.standIn
      ? [`The model is a stand-in: ${model.standIn} Recalls say nothing about a real model’s vectors.`]
      : []),
    ...useless(report.cutoffs),
    ...noise(tracks),
    ...differences(tracks),
  ]
}

function useless(cutoffs: Report['cutoffs']): string[] {
  const routes = cutoffs.filter((one) => cutoffWorth(one) === 'none').map(({ route }) => route)
  if (routes.length === 0) return []
  return [
    `No useful cut-off for ${routes.join(', ')}: the model does not tell related from unrelated there, and a search answers nonsense with its nearest rows.`,
  ]
}

function trackRemarks(track: TrackReport): string[] {
  const { name, cells, index } = track
  const withheld = cells.filter((cell) => cell.withheld !== null)
  const printed = cells.filter((cell) => cell.withheld === null)
  const main = headline(track)
  const exact = printed.find(({ effort, share, clients }) => effort === 'exact' && share === 1 && clients === 1)
  const lines: (string | false | null | undefined)[] = [
    track.changed && `${name}: the table changed while it was measured; no recall of it is given.`,
    exact?.recall &&
      exact.recall.mean < 1 &&
      `${name}: exact search has recall ${exact.recall.mean}: its answers and the ground truth disagree.`,
    index.state === 'none' && `${name}: there is no index.`,
    !['none', 'built'].includes(index.state) &&
      `${name}: the index is ${index.state}${index.note ? ` (${index.note})` : ''}.`,
    withheld.length > 0 &&
      `${name}: ${withheld.length} of ${cells.length} settings are not given, because ${reasons(withheld)}.`,
    track.repeatRatio !== null &&
      track.repeatRatio < CACHED &&
      `${name}: a question asked twice takes ${track.repeatRatio} of its first time: the store keeps answers. The figures here are of questions asked once.`,
    track.leftOut.length > 0 &&
      `${name}: ${track.leftOut.length > 1 ? 'filters' : 'a filter'} of ${track.leftOut.map(percent).join(' and ')} left out: too few of the ${count(track.rows)} rows would pass for a full answer.`,
    main?.recall &&
      halfWidth(main.recall) > VAGUE &&
      `${name}: recall@${main.k} is known to ±${halfWidth(main.recall).toFixed(2)} points only (${main.recall.n} questions).`,
    ...problem(name, printed, 'duplicates', 'repeated rows within an answer'),
    ...problem(name, printed, 'foreign', 'rows that do not exist or that the filter excludes'),
    ...problem(name, printed, 'short', 'answers with fewer rows than match'),
  ]
  return lines.filter((line): line is string => typeof line === 'string')
}

function problem(
  name: string,
  cells: readonly CellReport[],
  key: 'duplicates' | 'foreign' | 'short',
  what: string,
): string[] {
  const count = cells.reduce((sum, cell) => sum + cell[key], 0)
  const worst = cells.filter((cell) => cell[key] > 0).length
  return count > 0 ? [`${name}: ${count} ${what}, in ${worst} of ${cells.length} settings; they count as misses.`] : []
}

function reasons(cells: readonly CellReport[]): string {
  const all = [
    ...new Set(cells.map(({ withheld }) => (withheld as string).replace(/^\d+ of \d+ answers/, 'some answers'))),
  ]
  return all.length > 2 ? `${all.slice(0, 2).join('; ')}; and ${all.length - 2} more reasons` : all.join('; ')
}

function noise(tracks: readonly TrackReport[]): string[] {
  const cells = tracks.flatMap((track) => track.cells)
  const noisy = cells.filter(({ load }) => load.noisy).length
  if (noisy === 0) return []
  const during = noisy === cells.length ? 'all the time' : `during ${noisy} of ${cells.length} settings`
  return [`Other work took more than a tenth of the machine ${during}: those times are marked as noisy, and too long.`]
}

/** Tracks of one report may come from different runs, and so from different machines. */
function differences(tracks: readonly TrackReport[]): string[] {
  const machines = new Set(tracks.map(({ machine }) => `${machine.cores} × ${machine.cpu}`))
  return machines.size > 1 ? [`Measured on different machines: ${[...machines].join(' and ')}.`] : []
}
