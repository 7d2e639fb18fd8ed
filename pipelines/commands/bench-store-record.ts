import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { newRunId } from '@promptloom/runner/history'
import { writeManifest } from '@promptloom/runner/manifest'
import type { BoundStage, Checkpoint, Stage } from '@promptloom/runner/stage'
import { SYNTHETIC_VECTORS } from '../benchmark/model-facts.ts'
import { buildIndexStage } from '../build-index/stage.ts'
import type { BenchReport } from '../display/bench-store-text.ts'
import { embedStage } from '../embed/stage.ts'
import { loadStage } from '../load/stage.ts'
import { DIMENSION, rowsOfShard } from './bench-store-rows.ts'

/** Folder of the vectors that `bench store` writes, and where they lie as what the embed stage would have left. */
const SHARDS = 'shards'
/** Stands where a fingerprint would: a run of the real stages over this folder finds another, and does all anew. */
const FINGERPRINT = 'bench store'

/** The figures that are kept. */
export type KeptFigures = Pick<BenchReport, 'rows' | 'loadSeconds' | 'indexSeconds' | 'index' | 'storePeakBytes'>

/**
 * Leaves what `bench store` did in a folder as checkpoints of embed, load and build-index, so that a report over the
 * store has a ledger and the builds, and the life of a copy can be measured: its vectors move from `shards/` to `embed/`.
 */
export async function keepRecord(folder: string, figures: KeptFigures): Promise<void> {
  const run = newRunId()
  const shared = { fingerprint: FINGERPRINT, files: [], parts: {}, run, committed: new Date().toISOString() }
  const { rows, loadSeconds, indexSeconds, index, storePeakBytes } = figures
  const whole = { ...shared, rows, outcomes: { ok: rows } }
  await keepVectors(folder, rows, { ...shared, facts: { model: SYNTHETIC_VECTORS, dimension: DIMENSION }, timings: {} })
  await keep(folder, [
    { ...whole, stage: 'load', shard: 'text', facts: { kind: 'text' }, timings: {}, seconds: loadSeconds },
  ])
  await keep(folder, [
    {
      ...{ ...whole, stage: 'build-index', shard: 'text', seconds: indexSeconds },
      facts: { definition: index, peakBytes: storePeakBytes },
      timings: { build: indexSeconds },
    },
  ])
}

/** The stages that `keepRecord` has left checkpoints of, in order; none in a folder without a record. */
export function recordedStages(folder: string): BoundStage[] {
  if (!existsSync(join(folder, 'manifests', 'build-index.json'))) return []
  // They are read, never run: their options do not matter.
  return [embedStage, loadStage, buildIndexStage].map((stage) => ({ stage: stage as Stage<unknown>, options: {} }))
}

async function keepVectors(
  folder: string,
  all: number,
  shared: Omit<Checkpoint, 'stage' | 'shard' | 'rows' | 'outcomes' | 'seconds'>,
): Promise<void> {
  const embed = new CheckpointFolder(folder, 'embed')
  await mkdir(embed.path, { recursive: true })
  const names = (await readdir(join(folder, SHARDS))).filter((name) => name.endsWith('.parquet')).sort()
  const checkpoints: Checkpoint[] = []
  for (const [at, name] of names.entries()) {
    const shard = `text-${String(at).padStart(5, '0')}`
    await rename(join(folder, SHARDS, name), embed.partial(shard, 'parquet'))
    const files = await embed.seal('embed', shard, ['parquet'])
    const rows = rowsOfShard(at, all)
    checkpoints.push({ ...shared, stage: 'embed', shard, files, rows, outcomes: { ok: rows }, seconds: 0 })
  }
  await keep(folder, checkpoints)
  await rm(join(folder, SHARDS), { recursive: true })
}

async function keep(folder: string, checkpoints: readonly Checkpoint[]): Promise<void> {
  for (const checkpoint of checkpoints) {
    const own = new CheckpointFolder(folder, checkpoint.stage)
    await mkdir(own.path, { recursive: true })
    await own.commit(checkpoint)
  }
  const [first] = checkpoints
  if (!first) return
  const shards = checkpoints.map(({ shard: name, rows, fingerprint }) => ({ name, rows, fingerprint }))
  await writeManifest(folder, { stage: first.stage, run: first.run, settled: true, shards })
}
