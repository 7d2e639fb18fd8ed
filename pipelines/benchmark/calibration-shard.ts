import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import { openPictureLibrary } from '@promptloom/dataset/picture-library'
import type { Shard, ShardContext, ShardResult, StageContext } from '@promptloom/runner/stage'
import { calibrate } from '@promptloom/search/calibration/calibrate'
import { calibrationPath, writeCalibration } from '@promptloom/search/calibration/calibration-file'
import { openCollection } from '@promptloom/search/collection'
import { modelEncoder } from '@promptloom/search/model-encoder'
import { type CalibrationSummary, calibrationSummarySchema } from '@promptloom/search/row-view'
import { z } from 'zod'
import { openStageStore } from '../stage-store.ts'
import { modelFacts } from './model-facts.ts'
import type { BenchmarkOptions } from './options.ts'
import type { Survey } from './session.ts'

/** The shard that finds the score below which hits are no better than chance. */
export const CALIBRATION = '3-calibration'

/** Growth of a table, as a factor, from which what chance brings is another. */
const GROWTH = 1.2
/** A table of fewer rows has no background worth the name. */
const FEWEST_ROWS = 50

const summaries = z.array(calibrationSummarySchema)

/**
 * Planned where the model is at hand and a table has rows enough. Done again for another model, once a table has grown
 * by a fifth, and when somebody removed the result.
 */
export function calibrationShard(context: StageContext<BenchmarkOptions>, { tables }: Survey): Shard | undefined {
  const { options, workspace, upstream } = context
  const model = upstream('embed')
    .map(({ facts }) => facts.model)
    .find((one) => typeof one === 'string')
  if (!options.calibrate || !model || options.model === undefined || !existsSync(options.model)) return undefined
  const sizes = (['text', 'image'] as const).map((kind) => {
    const rows = tables[kind]?.rows ?? 0
    return rows < FEWEST_ROWS ? 0 : Math.floor(Math.log(rows) / Math.log(GROWTH))
  })
  if (sizes.every((size) => size === 0)) return undefined
  const gone = !existsSync(calibrationPath(workspace, model))
  return { name: CALIBRATION, rows: 0, facts: { model, sizes }, ...(gone ? { stale: 'the cut-offs are gone' } : {}) }
}

/** Asks what has no answer and what has a known one, and writes the cut-offs where every search finds them. */
export async function makeCalibration(_: Shard, context: ShardContext<BenchmarkOptions>): Promise<ShardResult> {
  const { workspace, options, signal } = context
  const directory = options.model as string
  const digestCache = join(workspace, 'cache', 'model-digests.json')
  const model: Model = await context.open('model', () => openModel(directory, { digestCache }))
  await using pictures = await openPictureLibrary(workspace)
  const store = await openStageStore(context)
  const { name } = await modelFacts(directory, model.digest)
  const collection = await openCollection({ store, encoder: modelEncoder(model, { name }), pictures })
  const calibration = await context.time('calibrate', () => calibrate(collection, { signal }))
  await writeCalibration(workspace, calibration)
  await writeFile(context.write('jsonl'), `${JSON.stringify(calibration.routes)}\n`)
  return { outcomes: {}, facts: { routes: calibration.routes.length } }
}

/** Reads the cut-offs and their rates that a committed shard has left. */
export async function readCutoffs(path: string): Promise<CalibrationSummary[]> {
  return summaries.parse(JSON.parse(await readFile(path, 'utf8')))
}
