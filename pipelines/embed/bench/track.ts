import { type Spread, spread } from '../../measurement/spread.ts'
import { type Comparison, type Measurement, type Rates, rates } from './measurement.ts'
import { PEER, Peer } from './peer.ts'
import { runStage, type StageMeasurement } from './stage-bench.ts'
import type { Contender } from './turns.ts'

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

/** What both tracks need besides. */
export interface TrackContext {
  /** The library's matrix-multiply peak, in operations a processor second. */
  readonly peak: number
  /** Undefined where the peer is not installed. */
  readonly peerFolder: string | undefined
}

/** Figures of texts or of pictures. */
export interface TrackReport {
  readonly rates: readonly Rates[]
  readonly comparisons: readonly Comparison[]
  /** Delay of the main thread's event loop in the stage's turns, in milliseconds: the longest, and 99 % are below. */
  readonly delayMost: number
  readonly delayP99: number
  readonly openSeconds: number
  /** Rows, and how many of them were distinct and so embedded. */
  readonly rows: number
  readonly embedded: number
  /** Share of the matrix-multiply peak that bare ONNX Runtime reaches; undefined where the sizes are unknown. */
  readonly shareOfPeak: number | undefined
  /** Processor time of decoding and resizing as a share of bare ONNX Runtime's for the same pictures. */
  readonly decodingShare?: Spread
}

/** Rows of one run of a graph. */
export const BATCH = 32
/** Rows of the contenders that are several times slower: their rate is the same for more. */
export const SLOW_SAMPLE = 192
/** Share of the rows that warms the stage up, and most of them. */
const [WARM_SHARE, MOST_WARM] = [0.2, 64]

/** Rows of the shard that isn't measured. */
export function warmRowsOf(rows: readonly unknown[]): number {
  return Math.min(MOST_WARM, Math.ceil(rows.length * WARM_SHARE))
}

/** The stage as a contender: each run has a workspace and a model of its own, and a shard that warms it up. */
export function stageContender(measured: StageMeasurement[], input: Parameters<typeof runStage>[0]): Contender {
  const run = async () => {
    const one = await runStage(input)
    measured.push(one)
    return one
  }
  return { name: 'stage', run }
}

/** The peer as a contender; nothing where it isn't installed. */
export async function peerContender(
  { peerFolder }: TrackContext,
  { model, kind, rows }: { readonly model: string; readonly kind: 'text' | 'image'; readonly rows: readonly string[] },
): Promise<{ readonly contenders: readonly Contender[] } & AsyncDisposable> {
  if (peerFolder === undefined) return { contenders: [], [Symbol.asyncDispose]: async () => undefined }
  const peer = await Peer.open(peerFolder, model, kind)
  const contender = {
    name: PEER,
    warm: () => peer.embed(rows.slice(0, BATCH)),
    run: () => peer.embed(rows.slice(0, SLOW_SAMPLE)),
  }
  return { contenders: [contender], [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() }
}

/** The figures that both tracks have. */
export function trackOf(rounds: ReadonlyMap<string, Measurement[]>, stage: readonly StageMeasurement[]) {
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

/** The share of the peak that some operations a round have reached, by the median round. */
export function shareOfPeak(operations: number, rounds: readonly Measurement[], peak: number): number {
  return operations / spread(rounds.map((one) => one.cpuSeconds)).median / peak
}
