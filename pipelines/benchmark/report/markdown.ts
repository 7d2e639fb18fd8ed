import { cutoffWorth } from '../cutoff-worth.ts'
import { headline } from '../headline.ts'
import { bytes, count, duration, effort, ms, percent, rate, recall } from './numbers.ts'
import type { Report } from './report-schema.ts'
import type { CellReport, TrackReport } from './schema.ts'

/** The report as Markdown, for a pull request or a mail. */
export function markdownReport(report: Report): string {
  const parts = [
    `# Benchmark ${report.run}`,
    subtitle(report),
    list('Before you trust this', report.remarks),
    settings(report),
    ...[false, true].flatMap((far) => tracksSection(report, far)),
    cutoffs(report),
    lifecycle(report),
    list('What changed', report.changes),
    ledger(report),
    hosts(report),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function subtitle({ tracks, model, created, promptloom }: Report): string {
  const [track] = tracks
  const standIn = model.standIn ? ` (stand-in)` : ''
  const machine = track
    ? `${track.machine.cores} × ${track.machine.cpu}, ${track.machine.system}, Node ${track.machine.node.slice(1)}`
    : ''
  return `${track?.engine.label ?? 'no engine'} · model ${cell(model.name)}${standIn}${model.digest && ` \`${model.digest.slice(0, 12)}\``} · ${cell(machine)} · promptloom ${promptloom} · ${created}`
}

function settings({ choices, targetRecall }: Report): string {
  if (choices.length === 0) return ''
  const rows = choices.map((one) => [
    one.table,
    one.mode === 'exact' ? 'exact' : `effort ${one.effort}`,
    `${recall(one.recall)} (≥ ${recall(one.recallLow)})`,
    ms(one.p95),
    one.reason,
  ])
  return `## Settings for a recall of ${targetRecall}\n\n${table(['table', 'search', `recall@${choices[0]?.k}`, 'p95 ms', 'why'], rows)}`
}

function tracksSection({ tracks }: Report, outOfDistribution: boolean): string[] {
  const some = tracks.filter((track) => track.outOfDistribution === outOfDistribution)
  if (some.length === 0) return []
  return [outOfDistribution ? '## Out of distribution' : '## Within its distribution', ...some.map(trackText)]
}

/** One track as Markdown. */
export function trackText(track: TrackReport): string {
  const main = headline(track)
  const facts = `${count(track.rows)} × ${track.dimension}, ${track.queries} questions (seed ${cell(track.seed)}), ties within ${track.tolerance}`
  const index = `Index: ${track.index.state}${track.index.definition ? `, \`${track.index.definition}\`` : ''}, ${bytes(track.index.diskBytes)} on disk, ${bytes(track.index.memoryBytes)} in memory.`
  const summary = main?.recall
    ? `By default: recall@${main.k} **${recall(main.recall.mean)}** (95 %: ${recall(main.recall.low)}–${recall(main.recall.high)}), p95 **${ms(main.latency?.p95)} ms**.`
    : ''
  const head = [
    'search',
    'k',
    'filter',
    'clients',
    'recall (95 %)',
    'by id',
    'mean',
    'p50',
    'p95',
    'p99',
    'max',
    'QPS',
    'n',
    '',
  ]
  const rows = track.cells.map((one) => cellRow(one, track.engine.effortName))
  const cold = track.cold.map(
    (one) =>
      `Cold (${effort(one.effort, track.engine.effortName)}): first answers ${one.first.map(ms).join(', ')} ms, then ${ms(one.next.reduce((a, b) => a + b, 0) / Math.max(1, one.next.length))} ms.`,
  )
  return [`### ${track.name}`, `${facts}. ${track.note}`, index, summary, table(head, rows), ...cold]
    .filter(Boolean)
    .join('\n\n')
}

function cellRow(one: CellReport, name: string): string[] {
  const start = [
    effort(one.effort, name),
    String(one.k),
    one.share === 1 ? '–' : percent(one.share),
    String(one.clients),
  ]
  if (one.withheld !== null)
    return [...start, `not given: ${one.withheld}`, ...Array(7).fill(''), String(one.asked), '']
  const { latency } = one
  return [
    ...start,
    one.recall ? `${recall(one.recall.mean)} (${recall(one.recall.low)}–${recall(one.recall.high)})` : '–',
    recall(one.strict),
    ms(latency?.mean),
    ms(latency?.p50),
    ms(latency?.p95),
    ms(latency?.p99),
    ms(latency?.max),
    rate(one.qps),
    String(one.asked),
    one.load.noisy ? 'noisy' : '',
  ]
}

function cutoffs({ cutoffs: all }: Report): string {
  if (all.length === 0) return ''
  const rows = all.map((one) => [
    one.route,
    one.score === null ? 'none' : `${one.score.toFixed(2)} (${one.measure})`,
    `${percent(one.falseAcceptRate)} of ${one.falseAcceptQuestions}`,
    `${percent(one.missRate)} of ${one.missPairs}`,
    cutoffWorth(one),
  ])
  return `## Cut-offs of the search\n\n${table(['question', 'cut-off', 'false accepts', 'misses', 'worth'], rows)}`
}

function lifecycle({ lifecycle: life }: Report): string {
  if (!life) return ''
  const rows = life.phases.map((phase) => [
    phase.name,
    count(phase.rows),
    duration(phase.seconds),
    phase.withheld ?? recall(phase.recall?.mean),
    ms(phase.latency?.p50),
    ms(phase.latency?.p95),
    percent(phase.usedIndex),
    phase.index.state,
  ])
  return `## A copy’s life\n\n${count(life.rows)} × ${life.dimension} rows of the ${life.table} table in a scratch store, ${life.heldOut} questions that it never held, effort ${life.effort}: loaded in ${duration(life.loadSeconds)}, index in ${duration(life.buildSeconds)} (${rate(life.rate)} rows/s together), peak memory ${bytes(life.peakBytes)}.\n\n${table(['after', 'rows', 'took', 'recall@10', 'p50', 'p95', 'by index', 'index'], rows)}`
}

function ledger({ ledger: stages, builds }: Report): string {
  if (stages.length === 0) return ''
  const rows = stages.map((one) => [
    one.stage,
    count(one.shards),
    count(one.rows),
    Object.entries(one.outcomes)
      .map(([name, rows]) => `${name} ${count(rows)}`)
      .join(', '),
    bytes(one.bytes),
    duration(one.seconds),
    rate(one.rate),
  ])
  const built = builds.map(
    (one) => `Index of ${one.table}: ${count(one.rows)} rows in ${duration(one.seconds)} (${rate(one.rate)} rows/s).`,
  )
  const head = ['stage', 'shards', 'rows', 'outcomes', 'size', 'work', 'rows/s']
  return [`## The run\n\n${table(head, rows)}`, ...built].join('\n\n')
}

function hosts({ hosts: all }: Report): string {
  const dead = all.filter((one) => one.dead > 0)
  if (dead.length === 0) return ''
  const rows = dead.map((one) => [one.host, one.month, count(one.rows), count(one.dead), percent(one.dead / one.rows)])
  return `## Dead links\n\n${table(['host', 'month of fetch', 'addresses', 'without a picture', 'share'], rows)}`
}

function list(title: string, lines: readonly string[]): string {
  return lines.length > 0 ? `## ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}` : ''
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** Text that cannot break out of its table cell. */
function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('<', '&lt;')
}
