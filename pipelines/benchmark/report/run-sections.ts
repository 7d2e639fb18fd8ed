import { buildPlot } from './build-plot.ts'
import { html, type Markup } from './markup.ts'
import { bytes, count, duration, ms, percent, rate, recall } from './numbers.ts'
import { plot } from './plot.ts'
import type { HostLinks, Lifecycle, Report } from './report-schema.ts'

/** What every stage did, and what the index builds took. */
export function ledgerSection({ ledger, builds, earlier }: Report): Markup {
  const rows = ledger.map(
    (
      one,
    ) => html`<tr><td>${one.stage}</td><td>${count(one.shards)}</td><td>${count(one.rows)}</td><td class="wide">${pairs(one.outcomes)}</td>
<td>${bytes(one.bytes)}</td><td>${duration(one.seconds)}</td><td>${rate(one.rate)}</td><td class="wide">${steps(one.steps)}</td></tr>`,
  )
  const built = builds.map(
    (one) =>
      html`<tr><td>${one.table}</td><td>${count(one.rows)}</td><td>${duration(one.seconds)}</td><td>${rate(one.rate)}</td><td>${bytes(one.bytes)}</td><td>${bytes(one.peakBytes)}</td><td>${one.committed.slice(0, 16).replace('T', ' ')}</td></tr>`,
  )
  return html`<h2>The run, stage by stage</h2>
<div class="scroll"><table><thead><tr><th>stage</th><th>shards</th><th>rows</th><th class="text">how they ended</th><th>size</th><th>work</th><th>rows/s</th><th class="text">time by step</th></tr></thead><tbody>${rows}</tbody></table></div>
${builds.length > 0 && html`<h3>Index builds</h3><div class="scroll"><table><thead><tr><th>table</th><th>rows</th><th>took</th><th>rows/s</th><th>index</th><th>peak memory</th><th>when</th></tr></thead><tbody>${built}</tbody></table></div><div class="plots">${buildPlot(builds, earlier)}</div>`}`
}

/** Picture addresses by host and month of fetch, those with the most dead ones first. */
export function hostSection(hosts: readonly HostLinks[]): Markup {
  const rows = hosts.map(
    (one) =>
      html`<tr><td>${one.host}</td><td>${one.month}</td><td>${count(one.rows)}</td><td>${count(one.dead)}</td><td class="text">${bar(one.dead / one.rows)}${percent(one.dead / one.rows)}</td><td class="wide">${pairs(one.outcomes)}</td></tr>`,
  )
  return html`<h2>Dead links by host</h2><div class="scroll"><table><thead><tr><th>host</th><th>month of fetch</th><th>addresses</th><th>without a picture</th><th class="text">share</th><th class="text">how they ended</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** A scratch copy’s life: built, added to, merged, restarted. */
export function lifecycleSection(life: Lifecycle): Markup {
  const rows = life.phases.map((phase) => {
    const figures = phase.withheld
      ? html`<td class="withheld" colspan="4">not given: ${phase.withheld}</td>`
      : html`<td>${recall(phase.recall?.mean)}</td><td>${phase.recall && `${recall(phase.recall.low)}–${recall(phase.recall.high)}`}</td><td>${ms(phase.latency?.p50)}</td><td>${ms(phase.latency?.p95)}</td>`
    return html`<tr><td>${phase.name}</td><td>${count(phase.rows)}</td><td>${duration(phase.seconds)}</td>${figures}<td>${percent(phase.usedIndex)}</td><td class="text">${phase.index.state}, ${phase.index.parts} parts</td></tr>`
  })
  const figure = plot({
    title: 'Recall over the copy’s life',
    x: {
      label: 'built, inserted, merged, restarted',
      domain: [-0.3, 3.6],
      ticks: [0, 1, 2, 3],
      format: (place) => life.phases[place]?.name ?? '',
    },
    y: { label: 'recall@10' },
    series: [
      {
        name: 'held-out questions',
        tone: 1,
        joined: true,
        points: life.phases.flatMap(({ recall: one }, x) =>
          one ? [{ x, y: one.mean, low: one.low, high: one.high }] : [],
        ),
      },
    ],
  })
  return html`<h2>A copy’s life</h2><p class="soft">${count(life.rows)} × ${life.dimension} rows of the ${life.table} table in a scratch store of its own, asked ${count(life.heldOut)} questions that it has never held (effort ${life.effort}). Loaded in ${duration(life.loadSeconds)}, index built in ${duration(life.buildSeconds)}: ${rate(life.rate)} rows/s together, peak memory ${bytes(life.peakBytes)}.</p>
<div class="scroll"><table><thead><tr><th>after</th><th>rows</th><th>took</th><th>recall@10</th><th>95 %</th><th>p50 ms</th><th>p95 ms</th><th>by index</th><th class="text">index</th></tr></thead><tbody>${rows}</tbody></table></div>
<div class="plots">${figure}</div>`
}

/** What everything was measured on and with. */
export function machineSection({ tracks, options, idle, promptloom, model }: Report): Markup {
  const [track] = tracks
  const facts: [string, string][] = track
    ? [
        ['engine', `${track.engine.label}`],
        ['machine', `${track.machine.cores} × ${track.machine.cpu}, ${bytes(track.machine.memoryBytes)}`],
        ['system', `${track.machine.system}, Node ${track.machine.node}`],
        [
          'load before',
          idle ? `others took ${percent(idle.foreign)} of the machine, load ${idle.loadBefore}` : 'unknown',
        ],
      ]
    : []
  const lines = [
    ...facts,
    ['model', `${model.name} ${model.digest}`.trim()],
    ['promptloom', promptloom],
    ['options', JSON.stringify(options)],
  ]
  return html`<h2>Measured on</h2><div class="scroll"><table><tbody>${lines.map(([name, value]) => html`<tr><td>${name}</td><td class="wide"><code>${value}</code></td></tr>`)}</tbody></table></div>`
}

function pairs(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([name, rows]) => `${name} ${count(rows)}`)
    .join(', ')
}

function steps(seconds: Readonly<Record<string, number>>): string {
  return Object.entries(seconds)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name} ${duration(value)}`)
    .join(', ')
}

function bar(share: number): Markup {
  const width = Math.round(share * 1000) / 10
  return html`<span class="bartrack"><span class="bar tone4" style="width:${width}%"></span></span>`
}
