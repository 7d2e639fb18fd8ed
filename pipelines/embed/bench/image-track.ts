import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { decodePicture } from '@promptloom/clip/picture'
import type { PictureRecipe } from '@promptloom/clip/picture-recipe'
import { UserError } from '@promptloom/runner/errors'
import { spread } from '../../measurement/spread.ts'
import { BareRuntime, type ReadyTensor } from './bare-runtime.ts'
import { compare, type Measurement, measure, oneAfterTheOther } from './measurement.ts'
import { countOperations } from './operations.ts'
import { PEER } from './peer.ts'
import type { StageMeasurement } from './stage-bench.ts'
import {
  BATCH,
  type EmbedBenchOptions,
  peerContender,
  shareOfPeak,
  stageContender,
  type TrackContext,
  type TrackReport,
  trackOf,
  warmRowsOf,
} from './track.ts'
import { type Contender, takeTurns } from './turns.ts'

/** What pictures should reach of bare ONNX Runtime's rate. */
const AIM = 0.9

/** Measures pictures: the stage, bare ONNX Runtime on ready tensors, decoding alone, the peer. */
export async function benchImages(options: EmbedBenchOptions, context: TrackContext): Promise<TrackReport> {
  const { model, pictures, rounds, listener } = options
  const { graph, recipe } = await pictureTower(model)
  const warmRows = warmRowsOf(pictures)
  const rows = pictures.slice(warmRows)
  await using bare = await BareRuntime.open(graph, availableParallelism())
  await using peer = await peerContender(context, { model, kind: 'image', rows })
  const ready = readyTensors(rows.length, recipe)
  const prompts = pictures.map((_, at) => `picture ${at}`)
  const decode = () => Promise.all(rows.map(async (path) => decodePicture(await readFile(path), recipe)))
  const stage: StageMeasurement[] = []
  const contenders: Contender[] = [
    stageContender(stage, { prompts, pictures, model, warmRows }),
    {
      name: 'bare',
      warm: () => bare.run(ready.slice(0, availableParallelism())),
      run: () => measure(rows.length, () => bare.run(ready)),
    },
    { name: 'decoding alone', run: () => measure(rows.length, decode) },
    ...peer.contenders,
  ]
  const measured = await takeTurns(contenders, { rounds, listener: (line) => listener(`pictures, ${line}`) })
  const [own, ceiling, decoding, other] = [...measured.values()] as [
    Measurement[],
    Measurement[],
    Measurement[],
    Measurement[]?,
  ]
  const operations = await countOperations(model)
  return {
    ...trackOf(measured, stage),
    comparisons: [
      compare('stage : bare', [own, ceiling], AIM),
      compare('stage : bare and decoding', [own, oneAfterTheOther(ceiling, decoding)]),
      ...(other ? [compare(`stage : ${PEER}`, [own, other])] : []),
    ],
    shareOfPeak: operations && shareOfPeak(operations.image * rows.length, ceiling, context.peak),
    decodingShare: spread(decoding.map((one, round) => one.cpuSeconds / (ceiling[round] as Measurement).cpuSeconds)),
  }
}

/**
 * The graph's path and what it takes.
 * @throws UserError when the model has no picture tower.
 */
export async function pictureTower(model: string): Promise<{ readonly graph: string; readonly recipe: PictureRecipe }> {
  const { path, graphs, picture } = await readModelDirectory(model)
  if (picture && graphs.image) return { graph: join(path, graphs.image), recipe: picture }
  throw new UserError(`The model directory ${model} has no picture tower; leave out --pictures, or name another model.`)
}

/** Tensors of so many pictures in even parts, as the stage cuts them, a whole number of them for each worker. */
function readyTensors(pictures: number, { height, width }: PictureRecipe): ReadyTensor[] {
  const workers = availableParallelism()
  const count = Math.min(pictures, Math.ceil(pictures / BATCH / workers) * workers)
  return Array.from({ length: count }, (_, at) => {
    const rows = Math.floor(((at + 1) * pictures) / count) - Math.floor((at * pictures) / count)
    const data = new Float32Array(rows * 3 * height * width).fill(0.1)
    return { type: 'float32', data, dims: [rows, 3, height, width] }
  })
}
