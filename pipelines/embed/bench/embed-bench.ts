import { availableParallelism, cpus, loadavg } from 'node:os'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { benchImages, pictureTower } from './image-track.ts'
import { measurePeak } from './operations.ts'
import { hasPeer, PEER } from './peer.ts'
import { benchText } from './text-track.ts'
import type { EmbedBenchOptions, TrackReport } from './track.ts'

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

/**
 * Measures the stage, bare ONNX Runtime and the peer by turns, first on texts and then on pictures.
 * @throws ModelDirectoryError where there is no model, and UserError where there are pictures and no tower for them,
 * before anything is measured.
 */
export async function benchEmbed(options: EmbedBenchOptions): Promise<EmbedBenchReport> {
  await readModelDirectory(options.model)
  if (options.pictures.length > 0) await pictureTower(options.model)
  const cores = availableParallelism()
  const machine = { cpu: cpus()[0]?.model ?? '', cores, load: loadavg()[0] ?? 0 }
  options.listener('measuring the matrix-multiply peak')
  const peak = await measurePeak(cores, options.rounds)
  const peerFolder = hasPeer(options.peer) ? options.peer : undefined
  const text = await benchText(options, { peak, peerFolder })
  const image = options.pictures.length > 0 ? await benchImages(options, { peak, peerFolder }) : undefined
  const peerSkipped = peerFolder ? undefined : `${PEER} is not installed in ${options.peer}`
  return { machine, text, image, peerSkipped, peak }
}
