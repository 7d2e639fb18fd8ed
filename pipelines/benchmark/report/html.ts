import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { headline } from '../headline.ts'
import { cutoffSection } from './cutoff-section.ts'
import { html, type Markup } from './markup.ts'
import { count, ms, recall } from './numbers.ts'
import type { Report } from './report-schema.ts'
import { hostSection, ledgerSection, lifecycleSection, machineSection } from './run-sections.ts'
import { driftPlots } from './track-plots.ts'
import { choiceSection, trackSection } from './track-section.ts'

const css = readFileSync(join(import.meta.dirname, 'page.css'), 'utf8')

/** The report as one page that needs nothing else: no network, no script, no other file. */
export function htmlReport(report: Report): string {
  const [track] = report.tracks
  const near = report.tracks.filter(({ outOfDistribution }) => !outOfDistribution)
  const far = report.tracks.filter(({ outOfDistribution }) => outOfDistribution)
  const drift = driftPlots(report)
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Benchmark ${report.run}</title><style>${{ markup: css }}</style></head><body>
<header><h1>Benchmark of the memory</h1>
<p class="soft">${track?.engine.label ?? 'nothing measured'} · model ${report.model.name}${report.model.digest && html` <code>${report.model.digest.slice(0, 12)}</code>`}
${report.model.standIn && html`<span class="badge" title="${report.model.standIn}">stand-in model</span>`} · run <code>${report.run}</code> · ${day(report.created)}</p></header>
<div class="tiles">${tiles(report)}</div>
${remarks(report)}
${report.choices.length > 0 && choiceSection(report)}
${near.length > 0 && html`<h2>Questions like the rows</h2>${near.map((one) => trackSection(one, report.targetRecall))}`}
${far.length > 0 && html`<h2>Questions unlike the rows</h2><p class="soft">Out of distribution for the index: the hard case, and never averaged with the others.</p>${far.map((one) => trackSection(one, report.targetRecall))}`}
${report.cutoffs.length > 0 && cutoffSection(report.cutoffs)}
${report.lifecycle && lifecycleSection(report.lifecycle)}
${drift.length > 0 && html`<h2>From report to report</h2><div class="plots">${drift}</div>`}
<h2>What changed since the last report</h2><ul class="plain">${report.changes.map((line) => html`<li>${line}</li>`)}</ul>
${report.ledger.length > 0 && ledgerSection(report)}
${report.hosts.some(({ rows }) => rows > 0) && hostSection(report.hosts)}
${machineSection(report)}
</body></html>`
  return `${page.markup}\n`
}

function tiles({ tracks, ledger }: Report): Markup[] {
  const headlines = tracks.slice(0, 4).map((track) => {
    const cell = headline(track)
    const interval = cell?.recall
      ? `${recall(cell.recall.low)} – ${recall(cell.recall.high)}`
      : (cell?.withheld ?? 'not measured')
    return html`<div class="tile"><span>${track.name}, ${count(track.rows)} rows</span><b>${recall(cell?.recall?.mean)}</b>
<span>recall@${cell?.k ?? '–'} by default (${interval}), p95 ${ms(cell?.latency?.p95)} ms${cell?.load.noisy ? ', noisy' : ''}</span></div>`
  })
  const source = ledger.find(({ stage }) => stage === 'download') ?? ledger[0]
  if (!source) return headlines
  return [
    ...headlines,
    html`<div class="tile"><span>${source.stage}</span><b>${count(source.rows)}</b><span>rows, each accounted for</span></div>`,
  ]
}

function remarks({ remarks: lines }: Report): Markup | undefined {
  if (lines.length === 0) return undefined
  return html`<section class="warn"><strong>Before you trust this</strong><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`
}

function day(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
