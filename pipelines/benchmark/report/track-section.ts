import { html, type Markup } from './markup.ts'
import { bytes, count, effort, ms, percent, rate, recall } from './numbers.ts'
import type { Report } from './report-schema.ts'
import type { CellReport, TrackReport } from './schema.ts'
import { trackPlots } from './track-plots.ts'

/** Which setting each table should be searched with, and why. */
export function choiceSection({ choices, targetRecall }: Report): Markup {
  const rows = choices.map(
    (
      one,
    ) => html`<tr><td>${one.table}</td><td class="text">${one.mode === 'exact' ? 'exact' : `effort ${one.effort}`}</td><td class="text">${one.track}</td>
<td>${recall(one.recall)}</td><td>${recall(one.recallLow)}</td><td>${ms(one.p50)}</td><td>${ms(one.p95)}</td><td class="wide">${one.reason}</td></tr>`,
  )
  return html`<h2>Which setting to use</h2><p class="soft">The cheapest that reaches a recall@${choices[0]?.k ?? 10} of ${targetRecall}; <code>search-settings.json</code> holds it for the search.</p>
<div class="scroll"><table class="choices"><thead><tr><th>table</th><th class="text">search</th><th class="text">decided by</th><th>recall</th><th>at least (95 %)</th><th>p50 ms</th><th>p95 ms</th><th class="text wide">why</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** One track: where its questions come from, its plots, and every setting. */
export function trackSection(track: TrackReport, target: number): Markup {
  const { index, engine } = track
  const repeat =
    track.repeatRatio === null ? '' : ` Asked again, a question takes ${track.repeatRatio} × its first time.`
  return html`<section><h3>${track.name}</h3>
<p class="soft">${track.note} ${count(track.queries)} questions (seed <code>${track.seed}</code>) to ${count(track.rows)} × ${track.dimension}; ties within ${track.tolerance}.${repeat}</p>
<p class="soft">Index: ${index.state}${index.definition && html`, <code>${index.definition}</code>`}, ${bytes(index.diskBytes)} on disk, ${bytes(index.memoryBytes)} in memory, ${index.parts} ${index.parts === 1 ? 'part' : 'parts'}. Process peak ${bytes(track.peakBytes)}.</p>
<div class="plots">${trackPlots(track, target)}</div>
${cellTable(track.cells, engine.effortName)}
${coldTable(track)}</section>`
}

function cellTable(cells: readonly CellReport[], name: string): Markup {
  const heads = [
    'search',
    'k',
    'filter',
    'clients',
    'recall',
    '95 %',
    'by id',
    'mean',
    'p50',
    'p95',
    'p99',
    'max',
    'QPS',
    'visited',
    'asked',
    'others’ load',
  ]
  const sorted = [...cells].sort(
    (a, b) => group(a) - group(b) || a.k - b.k || b.share - a.share || a.clients - b.clients || rank(a) - rank(b),
  )
  const rows = sorted.map((cell, index) => {
    const before = sorted[index - 1]
    const fresh = before && (before.k !== cell.k || before.share !== cell.share || before.clients !== cell.clients)
    return html`<tr${fresh && { markup: ' class="group"' }}>${cellRow(cell, name)}</tr>`
  })
  return html`<div class="scroll"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
<p class="soft">Milliseconds, warm, closed loop. Every figure of the index has the engine’s own word that the index was used (${evidence(cells)}); what could not be proven is not given.</p>`
}

/** Plain lengths first, then filters, then several clients. */
function group(cell: CellReport): number {
  return cell.clients > 1 ? 2 : cell.share < 1 ? 1 : 0
}

function rank({ effort: value }: CellReport): number {
  return value === 'auto' ? -2 : value === 'exact' ? -1 : value
}

function cellRow(cell: CellReport, name: string): Markup {
  const start = html`<td>${effort(cell.effort, name)}</td><td>${cell.k}</td><td>${cell.share === 1 ? '–' : percent(cell.share)}</td><td>${cell.clients}</td>`
  if (cell.withheld !== null)
    return html`${start}<td class="withheld" colspan="10"><span class="reason">not given: ${cell.withheld}</span></td><td>${cell.asked}</td><td></td>`
  const { recall: estimate, latency } = cell
  const load = cell.load.noisy
    ? html`<span class="badge">${percent(cell.load.foreign)} noisy</span>`
    : percent(cell.load.foreign)
  return html`${start}<td>${recall(estimate?.mean)}</td><td>${estimate && `${recall(estimate.low)}–${recall(estimate.high)}`}</td><td>${recall(cell.strict)}</td>
<td>${ms(latency?.mean)}</td><td>${ms(latency?.p50)}</td><td>${ms(latency?.p95)}</td><td>${ms(latency?.p99)}</td><td>${ms(latency?.max)}</td>
<td>${rate(cell.qps)}</td><td>${cell.visited === null ? '–' : count(cell.visited)}</td><td>${cell.asked}</td><td>${load}</td>`
}

function evidence(cells: readonly CellReport[]): string {
  return cells.find((cell) => typeof cell.effort === 'number')?.evidence || 'there is none here'
}

function coldTable({ cold, engine }: TrackReport): Markup | undefined {
  if (cold.length === 0) return undefined
  const rows = cold.map(
    (one) =>
      html`<tr><td>${effort(one.effort, engine.effortName)}</td><td>${one.first.map(ms).join(' · ')}</td><td>${one.next.map(ms).join(' · ')}</td></tr>`,
  )
  return html`<details open><summary>Cold: first answers after the engine’s caches were emptied (the system’s page cache stays)</summary>
<div class="scroll"><table><thead><tr><th>search</th><th>first answers, ms</th><th>the ones after, ms</th></tr></thead><tbody>${rows}</tbody></table></div></details>`
}
