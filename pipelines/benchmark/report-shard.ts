import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { Checkpoint, Json, Shard, ShardContext, ShardResult, StageContext } from '@promptloom/runner/stage'
import { keepReport, readReports } from './archive.ts'
import { CALIBRATION, readCutoffs } from './calibration-shard.ts'
import { changesSince } from './changes.ts'
import { chooseSetting } from './choice.ts'
import { asEarlier } from './headline.ts'
import { DISTRIBUTION } from './latency.ts'
import { LIFECYCLE, readLifecycle } from './lifecycle-shard.ts'
import { modelFacts, SYNTHETIC_VECTORS } from './model-facts.ts'
import { type BenchmarkOptions, measureOptions, speedOptions } from './options.ts'
import { remarksOn } from './remarks.ts'
import { htmlReport } from './report/html.ts'
import { markdownReport } from './report/markdown.ts'
import { type Report, reportSchema } from './report/report-schema.ts'
import type { ChoiceReport, TrackReport } from './report/schema.ts'
import { hostLinks, indexBuilds, stageLedger, UPSTREAM } from './run-facts.ts'
import { writeSearchSettings } from './search-settings.ts'
import { readTrack, SWEEP } from './sweep-shard.ts'
import { TRACK_NAMES } from './track.ts'

/** The shard that writes the report. */
export const REPORT = '4-report'

/** Earlier reports shown in the drift plot. */
const DRIFT = 60

/** Planned once everything is measured; runs again whenever any stage's work has changed. */
export function reportShard(measured: readonly Checkpoint[], context: StageContext<BenchmarkOptions>): Shard {
  const hash = createHash('sha256')
  for (const stage of UPSTREAM) {
    for (const { shard, fingerprint, outcomes } of context.upstream(stage)) {
      hash.update(`${stage}/${shard} ${fingerprint} ${JSON.stringify(outcomes)}\n`)
    }
  }
  const inputs = measured.flatMap(({ files }) => files)
  return { name: REPORT, rows: 0, inputs, facts: { upstream: hash.digest('hex') } }
}

/** Writes the report in its three forms, keeps a copy in `<workspace>/reports`, and the search settings. */
export async function makeReport(shard: Shard, context: ShardContext<BenchmarkOptions>): Promise<ShardResult> {
  const { workspace, options, run } = context
  const measured: TrackReport[] = []
  let lifecycle: Report['lifecycle'] = null
  let cutoffs: Report['cutoffs'] = []
  for (const file of shard.inputs ?? []) {
    const path = await context.read(file)
    if (file.shard.startsWith(SWEEP)) measured.push(await readTrack(path))
    else if (file.shard === LIFECYCLE) lifecycle = await readLifecycle(path)
    else if (file.shard === CALIBRATION) cutoffs = await readCutoffs(path)
  }
  const report = await assemble({ ...context, measured, lifecycle, cutoffs, earlier: await readReports(workspace) })
  const rendered = {
    html: htmlReport(report),
    md: markdownReport(report),
    json: `${JSON.stringify(report, null, 1)}\n`,
  }
  // Not `.json`: that ending belongs to the shard's checkpoint.
  await writeFile(context.write('jsonl'), `${JSON.stringify(report)}\n`)
  await writeFile(context.write('html'), rendered.html)
  await writeFile(context.write('md'), rendered.md)
  await keepReport(workspace, run, rendered, options.keep)
  await writeSearchSettings(workspace, { run, targetRecall: options.targetRecall, choices: report.choices })
  return { outcomes: {}, facts: { remarks: report.remarks.length } }
}

interface Material extends ShardContext<BenchmarkOptions> {
  readonly measured: readonly TrackReport[]
  readonly lifecycle: Report['lifecycle']
  readonly cutoffs: Report['cutoffs']
  readonly earlier: readonly Report[]
}

async function assemble({ options, run, upstream, measured, lifecycle, cutoffs, earlier }: Material): Promise<Report> {
  const place = ({ name }: TrackReport) => TRACK_NAMES.indexOf(name)
  const tracks = [...measured].sort(
    (a, b) => Number(a.outOfDistribution) - Number(b.outOfDistribution) || place(a) - place(b),
  )
  const choices = chosen(tracks, options.targetRecall)
  const digest = upstream('embed')
    .map(({ facts }) => facts.model)
    .find((one): one is string => typeof one === 'string')
  const before = earlier.filter((one) => one.run !== run)
  const report: Report = {
    format: 'promptloom-benchmark',
    formatVersion: 1,
    run,
    created: new Date().toISOString(),
    promptloom: '0.1.0',
    model: await modelFacts(options.model, digest),
    targetRecall: options.targetRecall,
    options: settingsOf(options),
    distributionShares: [...DISTRIBUTION],
    tracks,
    choices,
    builds: indexBuilds(upstream('build-index')),
    lifecycle,
    cutoffs,
    ledger: ledgerOf(upstream, digest),
    hosts: hostLinks(upstream('fetch-images')),
    earlier: [],
    changes: [],
    remarks: [],
    idle: tracks.map(({ idle }) => idle).sort((a, b) => b.foreign - a.foreign)[0] ?? null,
  }
  report.remarks = remarksOn(report)
  report.changes = changesSince(before.at(-1), report)
  report.earlier = before.slice(-DRIFT).map((one) => asEarlier(one, report))
  return reportSchema.parse(report)
}

/** What the stages did; vectors that no model has made were embedded by nobody. */
function ledgerOf(upstream: Material['upstream'], model: string | undefined): Report['ledger'] {
  const stages = UPSTREAM.filter((stage) => stage !== 'embed' || model !== SYNTHETIC_VECTORS)
  return stages.map((stage) => stageLedger(stage, upstream(stage))).filter(({ shards }) => shards > 0)
}

/** Of the tracks that search a table, the first one within its distribution decides; else the first. */
function chosen(tracks: readonly TrackReport[], target: number): ChoiceReport[] {
  return (['text', 'image'] as const).flatMap((table) => {
    const own = tracks.filter(({ to }) => to === table)
    const track = own.find(({ outOfDistribution }) => !outOfDistribution) ?? own[0]
    const harder = own.filter((one) => one !== track)
    const choice = track && chooseSetting(track, target, harder)
    return choice ? [choice] : []
  })
}

/** The options that decide figures, as JSON. */
function settingsOf(options: BenchmarkOptions): Report['options'] {
  const names = Object.keys(measureOptions.shape).filter((name) => !(speedOptions as readonly string[]).includes(name))
  const entries = Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined)
  return Object.fromEntries(entries) as Record<string, Json> as Report['options']
}
