import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { decodePicture } from '@promptloom/clip/picture'
import { BareRuntime, type ReadyTensor, textTensors } from './bare-runtime.ts'
import { type Measurement, measure, type Rates, rates, ratio, type Spread } from './measurement.ts'
import { countOperations, measurePeak } from './operations.ts'
import { hasPeer, PEER, Peer } from './peer.ts'
import { runStage, type StageMeasurement } from './stage-bench.ts'

/** What is measured, and against what. */
export interface EmbedBenchOptions {
  readonly model: string
  /** Real prompts, repeats included in the collection's own measure. */
  readonly prompts: readonly string[]
  /** Paths of pictures; none: only text is measured. */
  readonly pictures: readonly string[]
  readonly rounds: number
  /** Folder in or above which the peer is installed. */
  readonly peer: string
  /** Told what is being done. */
  readonly listener: (line: string) => void
}

/** All figures of one benchmark. */
export interface EmbedBenchReport {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly load: number }
  readonly text: TrackReport
  readonly image: TrackReport | undefined
  /** Why the peer is missing, if it is. */
  readonly peerSkipped: string | undefined
  /** The library's matrix-multiply peak, in operations a processor second. */
  readonly peak: number
}

/** Figures of texts or of pictures. */
export interface TrackReport {
  readonly rates: readonly Rates[]
  readonly ratios: Readonly<Record<string, Spread>>
  readonly delayMost: number
  readonly delayP99: number
  readonly openSeconds: number
  /** Rows, and how many of them were distinct and so embedded. */
  readonly rows: number
  readonly embedded: number
  /** Share of the matrix-multiply peak that bare ONNX Runtime reaches; undefined where the sizes are unknown. */
  readonly shareOfPeak: number | undefined
}

const BATCH = 32
/** Share of the rows that warms the stage up, and most of them. */
const [WARM_SHARE, MOST_WARM] = [0.2, 64]
/** Rows of the contenders that are several times slower: their rate is the same for more. */
const SLOW_SAMPLE = 192

/** Measures the stage, bare ONNX Runtime and the peer by turns, so that what disturbs one round disturbs them all. */
export async function benchEmbed(options: EmbedBenchOptions): Promise<EmbedBenchReport> {
  const cores = availableParallelism()
  const machine = { cpu: cpus()[0]?.model ?? '', cores, load: loadavg()[0] ?? 0 }
  options.listener('measuring the matrix-multiply peak')
  const peak = await measurePeak(cores)
  const peerFolder = hasPeer(options.peer) ? options.peer : undefined
  const text = await benchText(options, { peak, peerFolder })
  const image = options.pictures.length > 0 ? await benchImages(options, { peak, peerFolder }) : undefined
  const peerSkipped = peerFolder ? undefined : `${PEER} is not installed in ${options.peer}`
  return { machine, text, image, peerSkipped, peak }
}

interface Context {
  readonly peak: number
  readonly peerFolder: string | undefined
}

type Contender = readonly [name: string, run: () => Promise<Measurement>]

async function benchText(options: EmbedBenchOptions, { peak, peerFolder }: Context): Promise<TrackReport> {
  const { model, prompts } = options
  const warmRows = warmRowsOf(prompts)
  const tokens = (await tokenize(model, prompts)).slice(warmRows)
  const distinct = [...new Map(tokens.map((ids) => [ids.join(), ids])).values()]
  const { contextLength, padId, graph } = await textFacts(model)
  await using bare = await BareRuntime.open(graph, availableParallelism())
  const padding = { length: contextLength, id: padId }
  const padded = textTensors(tokens.slice(0, SLOW_SAMPLE), BATCH, padding)
  const ready = textTensors(distinct, BATCH)
  const stage: StageMeasurement[] = []
  const contenders: Contender[] = [
    ['stage', () => stageRound(stage, { prompts, model, warmRows })],
    ['bare, sorted', () => measure(distinct.length, () => bare.run(ready))],
    [`bare, padded to ${contextLength}`, () => measure(Math.min(SLOW_SAMPLE, tokens.length), () => bare.run(padded))],
  ]
  const rounds = await interleave(contenders, { ...options, kind: 'text', peerFolder, rows: prompts.slice(warmRows) })
  const [own, sorted, full, other] = [...rounds.values()]
  const operations = await countOperations(model)
  const work = operations && distinct.reduce((sum, ids) => sum + operations.text(ids.length), 0)
  // A row that repeats costs nothing: against the ceiling only what was really embedded counts.
  const embedded = (own as Measurement[]).map((one, round) => ({
    ...one,
    rows: (stage[round] as StageMeasurement).embedded,
  }))
  return {
    ...track(rounds, stage),
    ratios: {
      'stage : bare, by what was embedded': ratio(embedded, sorted as Measurement[]),
      'stage : padded, by sorting alone': ratio(embedded, full as Measurement[]),
      'stage : padded, with duplicates': ratio(own as Measurement[], full as Measurement[]),
      ...(other ? { 'stage : transformers.js': ratio(own as Measurement[], other) } : {}),
    },
    shareOfPeak: work && shareOfPeak(work, sorted as Measurement[], peak),
  }
}

async function benchImages(options: EmbedBenchOptions, { peak, peerFolder }: Context): Promise<TrackReport> {
  const { model, pictures } = options
  const found = await readModelDirectory(model)
  const recipe = found.picture
  if (!recipe || !found.graphs.image) throw new Error(`${model} has no picture tower.`)
  await using bare = await BareRuntime.open(join(found.path, found.graphs.image), availableParallelism())
  const { height, width } = recipe
  const warmRows = warmRowsOf(pictures)
  const measured = pictures.slice(warmRows)
  const ready: ReadyTensor[] = []
  for (let from = 0; from < measured.length; from += BATCH) {
    const rows = Math.min(BATCH, measured.length - from)
    ready.push({
      type: 'float32',
      data: new Float32Array(rows * 3 * height * width).fill(0.1),
      dims: [rows, 3, height, width],
    })
  }
  const prompts = pictures.map((_, at) => `picture ${at}`)
  const stage: StageMeasurement[] = []
  const contenders: Contender[] = [
    ['stage', () => stageRound(stage, { prompts, pictures, model, warmRows })],
    ['bare', () => measure(measured.length, () => bare.run(ready))],
    [
      'decoding alone',
      () =>
        measure(measured.length, () =>
          Promise.all(measured.map(async (path) => decodePicture(await readFile(path), recipe))),
        ),
    ],
  ]
  const rounds = await interleave(contenders, { ...options, kind: 'image', peerFolder, rows: measured })
  const [own, ceiling, decoding, other] = [...rounds.values()]
  const operations = await countOperations(model)
  return {
    ...track(rounds, stage),
    ratios: {
      'stage : bare': ratio(own as Measurement[], ceiling as Measurement[]),
      'stage : bare and decoding': ratio(
        own as Measurement[],
        sum(ceiling as Measurement[], decoding as Measurement[]),
      ),
      ...(other ? { 'stage : transformers.js': ratio(own as Measurement[], other) } : {}),
    },
    shareOfPeak: operations && shareOfPeak(operations.image * measured.length, ceiling as Measurement[], peak),
  }
}

function warmRowsOf(rows: readonly unknown[]): number {
  return Math.min(MOST_WARM, Math.ceil(rows.length * WARM_SHARE))
}

/** The same rows through one contender and then through another. */
function sum(first: readonly Measurement[], second: readonly Measurement[]): Measurement[] {
  return first.map((one, round) => {
    const { seconds, cpuSeconds } = second[round] as Measurement
    return { rows: one.rows, seconds: one.seconds + seconds, cpuSeconds: one.cpuSeconds + cpuSeconds }
  })
}

async function stageRound(rounds: StageMeasurement[], input: Parameters<typeof runStage>[0]): Promise<Measurement> {
  const measured = await runStage(input)
  rounds.push(measured)
  return measured
}

interface Interleaving extends EmbedBenchOptions {
  readonly kind: 'text' | 'image'
  readonly rows: readonly string[]
  /** Undefined where the peer is not installed. */
  readonly peerFolder: string | undefined
}

/** One round to warm up, then all contenders by turns. */
async function interleave(
  contenders: readonly Contender[],
  { rounds, listener, kind, rows, model, peerFolder }: Interleaving,
): Promise<Map<string, Measurement[]>> {
  await using peer = peerFolder === undefined ? undefined : await Peer.open(peerFolder, model, kind)
  const all: Contender[] = [
    ...contenders,
    ...(peer ? [['transformers.js', () => peer.embed(rows.slice(0, SLOW_SAMPLE))] as const] : []),
  ]
  const results = new Map<string, Measurement[]>(all.map(([name]) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of all) {
      listener(`${kind}, ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${name}`)
      const measured = await run()
      if (round > 0) results.get(name)?.push(measured)
    }
  }
  return results
}

function track(rounds: ReadonlyMap<string, Measurement[]>, stage: readonly StageMeasurement[]) {
  const most = (values: readonly number[]) => Math.max(...values)
  return {
    rates: [...rounds].map(([name, measured]) => rates(name, measured)),
    delayMost: most(stage.map((one) => one.delayMost)),
    delayP99: most(stage.map((one) => one.delayP99)),
    openSeconds: most(stage.map((one) => one.openSeconds)),
    rows: stage[0]?.rows ?? 0,
    embedded: stage[0]?.embedded ?? 0,
  }
}

function shareOfPeak(operations: number, rounds: readonly Measurement[], peak: number): number {
  const seconds = rounds.map((one) => one.cpuSeconds).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] as number
  return operations / seconds / peak
}

async function tokenize(model: string, prompts: readonly string[]): Promise<Int32Array[]> {
  await using opened: Model = await openModel(model, { workers: 1, device: 'cpu' })
  return (await opened.text.tokenize(prompts)).map(({ sequences }) => sequences[0] as Int32Array)
}

async function textFacts(model: string) {
  const { path, graphs, text } = await readModelDirectory(model)
  const tokenizer = JSON.parse(await readFile(join(path, 'tokenizer.json'), 'utf8'))
  const end = tokenizer.added_tokens.at(-1)?.id as number
  return { contextLength: text.contextLength, padId: end, graph: join(path, graphs.text as string) }
}
