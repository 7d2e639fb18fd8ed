import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { openModel } from '@promptloom/clip/model'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { BareRuntime, textTensors } from './bare-runtime.ts'
import { compare, type Measurement, measure } from './measurement.ts'
import { countOperations } from './operations.ts'
import { PEER } from './peer.ts'
import type { StageMeasurement } from './stage-bench.ts'
import {
  BATCH,
  type EmbedBenchOptions,
  peerContender,
  SLOW_SAMPLE,
  shareOfPeak,
  stageContender,
  type TrackContext,
  type TrackReport,
  trackOf,
  warmRowsOf,
} from './track.ts'
import { type Contender, takeTurns } from './turns.ts'

/** What texts should reach, as multiples of the other's rate. */
const AIMS = { bare: 0.9, sorting: 1.9, duplicates: 2.4, peer: 2 } as const

/** Measures texts: the stage, bare ONNX Runtime on texts sorted by length and on texts padded to the full context, the peer. */
export async function benchText(options: EmbedBenchOptions, context: TrackContext): Promise<TrackReport> {
  const { model, prompts, rounds, listener } = options
  const warmRows = warmRowsOf(prompts)
  const tokens = (await tokenize(model, prompts)).slice(warmRows)
  const distinct = [...new Map(tokens.map((ids) => [ids.join(), ids])).values()]
  const { contextLength, padId, graph } = await textFacts(model)
  await using bare = await BareRuntime.open(graph, availableParallelism())
  await using peer = await peerContender(context, { model, kind: 'text', rows: prompts.slice(warmRows) })
  const slow = tokens.slice(0, SLOW_SAMPLE)
  const padded = textTensors(slow, BATCH, { length: contextLength, id: padId })
  const ready = textTensors(distinct, BATCH)
  const stage: StageMeasurement[] = []
  const contenders: Contender[] = [
    stageContender(stage, { prompts, model, warmRows }),
    {
      name: 'bare, sorted',
      warm: () => bare.run(ready.slice(0, availableParallelism())),
      run: () => measure(distinct.length, () => bare.run(ready)),
    },
    { name: `bare, padded to ${contextLength}`, run: () => measure(slow.length, () => bare.run(padded)) },
    ...peer.contenders,
  ]
  const measured = await takeTurns(contenders, { rounds, listener: (line) => listener(`texts, ${line}`) })
  const [own, sorted, full, other] = [...measured.values()] as [
    Measurement[],
    Measurement[],
    Measurement[],
    Measurement[]?,
  ]
  // A row that repeats costs nothing: against the ceiling only what was really embedded counts.
  const embedded = own.map((one, round) => ({ ...one, rows: (stage[round] as StageMeasurement).embedded }))
  const operations = await countOperations(model)
  const work = operations && distinct.reduce((sum, ids) => sum + operations.text(ids.length), 0)
  return {
    ...trackOf(measured, stage),
    comparisons: [
      compare('stage : bare, by what was embedded', [embedded, sorted], AIMS.bare),
      compare('stage : padded, by sorting alone', [embedded, full], AIMS.sorting),
      compare('stage : padded, with duplicates', [own, full], AIMS.duplicates),
      ...(other ? [compare(`stage : ${PEER}`, [own, other], AIMS.peer)] : []),
    ],
    shareOfPeak: work && shareOfPeak(work, sorted, context.peak),
  }
}

async function tokenize(model: string, prompts: readonly string[]): Promise<Int32Array[]> {
  await using opened = await openModel(model, { workers: 1, device: 'cpu' })
  return (await opened.text.tokenize(prompts)).map(({ sequences }) => sequences[0] as Int32Array)
}

async function textFacts(model: string) {
  const { path, graphs, text } = await readModelDirectory(model)
  const tokenizer = JSON.parse(await readFile(join(path, 'tokenizer.json'), 'utf8'))
  const end = tokenizer.added_tokens.at(-1)?.id as number
  return { contextLength: text.contextLength, padId: end, graph: join(path, graphs.text as string) }
}
