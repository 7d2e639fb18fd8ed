import { baseK } from './cell.ts'
import type { Earlier, Report } from './report/report-schema.ts'
import type { CellReport, TrackReport } from './report/schema.ts'

/**
 * The cell that stands for a track: what people get who don't ask for anything (the store's own choice), at k 10 or the
 * nearest, one client, no filter, warm; exact search where that was not measured.
 */
export function headline(track: Pick<TrackReport, 'cells'>): CellReport | undefined {
  const plain = track.cells.filter(({ clients, share }) => clients === 1 && share === 1)
  const k = baseK(plain.map((cell) => cell.k))
  const at = (effort: CellReport['effort']) => plain.find((cell) => cell.k === k && cell.effort === effort)
  return at('auto') ?? at('exact')
}

/** A report as a later one keeps it for its drift plot. */
export function asEarlier(report: Report, now: Report): Earlier {
  return {
    run: report.run,
    created: report.created,
    comparable: comparable(report, now) === undefined,
    noisy: report.tracks.some((track) => headline(track)?.load.noisy === true),
    builds: report.builds.map(({ table, rows, seconds }) => ({ table, rows, seconds })),
    points: report.tracks.map((track) => {
      const cell = headline(track)
      return {
        track: track.name,
        rows: track.rows,
        recall: cell?.recall?.mean ?? null,
        p50: cell?.latency?.p50 ?? null,
        p95: cell?.latency?.p95 ?? null,
        qps: cell?.qps ?? null,
      }
    }),
  }
}

/** Why the figures of two reports cannot be set side by side; undefined where they can. */
export function comparable(one: Report, other: Report): string | undefined {
  const [a, b] = [one.tracks[0], other.tracks[0]]
  if (!a || !b) return 'one of them measured nothing'
  if (a.engine.label !== b.engine.label) return `the engine was ${a.engine.label}, and is ${b.engine.label}`
  const machine = ({ machine }: TrackReport) => `${machine.cores} × ${machine.cpu}`
  if (machine(a) !== machine(b)) return `the machine was ${machine(a)}, and is ${machine(b)}`
  if (one.model.digest !== other.model.digest) return 'the model was another one'
  return undefined
}
