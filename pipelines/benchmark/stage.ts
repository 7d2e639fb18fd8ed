import type { Shard, ShardContext, ShardResult, Stage, StageContext } from '@promptloom/runner/stage'
import { CALIBRATION, calibrationShard, makeCalibration } from './calibration-shard.ts'
import { LIFECYCLE, lifecycleShard, measureLifecycle } from './lifecycle-shard.ts'
import { type BenchmarkOptions, benchmarkOptions, speedOptions } from './options.ts'
import { makeReport, REPORT, reportShard } from './report-shard.ts'
import { possibleTracks, survey } from './session.ts'
import { measure, SWEEP, sweepShard } from './sweep-shard.ts'
import { makeTruth, TRUTH, truthShard } from './truth-shard.ts'

/**
 * Measures recall and latency of the loaded tables, and reports on the whole run: `1-truth-<track>` makes questions and
 * their exact answers, `2-sweep-<track>` measures, `3-lifecycle` measures a copy, `3-calibration` finds the
 * search's cut-offs, `4-report` writes the report. See the README beside this file.
 */
export const benchmarkStage: Stage<BenchmarkOptions> = {
  name: 'benchmark',
  version: 1,
  options: benchmarkOptions,
  speed: speedOptions,
  outcomes: { ok: 'ok', partly_proven: 'ok', unproven: 'transient', missing: 'final' },
  plan,
  process: (shard, context) => work(shard, context),
}

/** Each step is planned once the one before is committed: its facts are only known then. */
async function plan(context: StageContext<BenchmarkOptions>): Promise<readonly Shard[]> {
  const { options, run } = context
  const found = await survey(context)
  if (!found) return []
  const truths = possibleTracks(options, found).map((track) => truthShard(track, options, found))
  if (truths.length === 0) return []
  const done = new Map(context.own().map((one) => [one.shard, one]))
  const sweeps = truths.flatMap(({ name }) => {
    const truth = done.get(name)
    return truth ? [sweepShard(truth, options, { found, run })] : []
  })
  const life = lifecycleShard(context) ?? []
  const cutoffs = calibrationShard(context, found) ?? []
  const measuring = [...sweeps, life, cutoffs].flat()
  const measured = measuring.flatMap(({ name }) => done.get(name) ?? [])
  const complete = sweeps.length === truths.length && measured.length === measuring.length
  const report = complete ? [reportShard(measured, context)] : []
  return [...truths, ...measuring, ...report]
}

function work(shard: Shard, context: ShardContext<BenchmarkOptions>): Promise<ShardResult> {
  if (shard.name.startsWith(TRUTH)) return makeTruth(shard, context)
  if (shard.name.startsWith(SWEEP)) return measure(shard, context)
  if (shard.name === LIFECYCLE) return measureLifecycle(shard, context)
  if (shard.name === CALIBRATION) return makeCalibration(shard, context)
  if (shard.name === REPORT) return makeReport(shard, context)
  throw new TypeError(`benchmark planned no shard ${shard.name}`)
}
