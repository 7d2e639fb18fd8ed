import { readFile, writeFile } from 'node:fs/promises'
import type { Checkpoint, FileRef, Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import { machineFacts } from '../measurement/machine.ts'
import { axesOf } from './cell.ts'
import type { BenchmarkOptions } from './options.ts'
import { type TrackReport, trackSchema } from './report/schema.ts'
import { openTarget, type Survey, survey } from './session.ts'
import type { StoreTable } from './store-target.ts'
import { sweep } from './sweep.ts'
import { readTruth } from './truth-file.ts'
import { TRUTH, trackOf } from './truth-shard.ts'

type Context = ShardContext<BenchmarkOptions>

/** Prefix of shards that hold one track's measurements. */
export const SWEEP = '2-sweep-'

/** The shard that measures one track, once its ground truth is there. */
export function sweepShard(
  truth: Checkpoint,
  options: BenchmarkOptions,
  { found, run }: { found: Survey; run: string },
): Shard {
  const name = truth.shard.slice(TRUTH.length)
  const { cpu, cores, node } = machineFacts()
  return {
    name: `${SWEEP}${name}`,
    rows: truth.outcomes.ok ?? 0,
    inputs: truth.files,
    facts: {
      engine: `${found.engine.label} ${found.engine.version}`,
      index: found.tables[trackOf(name).to]?.index ?? '',
      machine: `${cores} × ${cpu}, Node ${node}`,
      ...(options.repeat === 'always' ? { run } : {}),
    },
  }
}

/**
 * Measures one track. Its files hold measurements: they differ from run to run, and a shard that was killed is measured
 * again from its start.
 */
export async function measure(shard: Shard, context: Context): Promise<ShardResult> {
  const started = performance.now()
  const track = trackOf(shard.name.slice(SWEEP.length))
  const { engine } = (await survey(context)) as Survey
  const { options, signal, run } = context
  const table = (await (await openTarget(context)).table(track.to)) as StoreTable
  const { truth, collection } = await truthOf(shard, context)
  const seconds = options.cellSeconds ?? secondsFor(await table.rows())
  const filters = [...truth.answers.keys()].filter((share) => share < 1)
  const found = await context.time('sweep', () =>
    sweep({
      table,
      truth,
      collection,
      axes: { ...axesOf(options, engine), filters },
      tolerance: options.tolerance,
      alone: engine.local,
      budget: seconds * 1000,
      signal,
      progress: (share) => context.progress(Math.floor(share * shard.rows)),
    }),
  )
  const { label, version, effortName } = engine
  const leftOut = axesOf(options, engine).filters.filter((share) => !filters.includes(share))
  const report: TrackReport = {
    ...track,
    ...found,
    engine: { label, version, effortName },
    machine: machineFacts(),
    measured: new Date().toISOString(),
    queries: truth.queries.length,
    seed: options.seed,
    tolerance: options.tolerance,
    leftOut,
    seconds: Math.round(performance.now() - started) / 1000,
  }
  await writeFile(context.write('jsonl'), `${JSON.stringify(trackSchema.parse(report))}\n`)
  const unproven = report.cells.length > 0 && report.cells.every(({ withheld }) => withheld !== null)
  const noted = report.cells.some(({ withheld }) => withheld !== null)
  const outcome = unproven ? 'unproven' : noted ? 'partly_proven' : 'ok'
  return { outcomes: { [outcome]: shard.rows }, facts: { run, unproven: report.cells.filter(withheldCell).length } }
}

/** Seconds for one setting: a table of a million rows deserves more of them than the demo. */
function secondsFor(rows: number): number {
  return Math.min(12, Math.max(1.5, rows / 20_000))
}

/** Reads the measurements of a committed shard. */
export async function readTrack(path: string): Promise<TrackReport> {
  return trackSchema.parse(JSON.parse(await readFile(path, 'utf8')))
}

async function truthOf(shard: Shard, context: Context) {
  const own = context.own().find((one) => one.shard === shard.name.replace(SWEEP, TRUTH)) as Checkpoint
  const { collection, depth, dimension } = own.facts as { collection: string; depth: number; dimension: number }
  const fileOf = (ending: string) => own.files.find(({ name }) => name === `${own.shard}.${ending}`) as FileRef
  const files = {
    queries: await context.read(fileOf('queries.parquet')),
    answers: await context.read(fileOf('answers.parquet')),
  }
  return { truth: await readTruth(files, { dimension, depth }), collection }
}

function withheldCell({ withheld }: { withheld: string | null }): boolean {
  return withheld !== null
}
