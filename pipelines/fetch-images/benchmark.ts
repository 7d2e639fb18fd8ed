import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import sharp from 'sharp'
import { type LoadFacts, LoadWatch, type MachineFacts, machineFacts } from '../measurement/machine.ts'
import { type Spread, spread } from '../measurement/spread.ts'
import { timed } from '../measurement/timing.ts'
import { BenchInputError } from './bench-input-error.ts'
import { sniff } from './format.ts'
import { loopbackOptions, openGallery, ScratchStage } from './loopback.ts'
import type { FetchOptions } from './options.ts'
import { repack, restrictDecoders } from './picture.ts'

/** What to measure. */
export interface BenchOptions {
  /** Folder of pictures; default 512×512 JPEGs of about 60 KB, made for the purpose. */
  readonly images?: string
  /** Pictures a round. */
  readonly count: number
  /** Rounds of each variant, after one that warms up. */
  readonly rounds: number
  readonly store: FetchOptions['store']
}

/** Pictures a second: by the clock, by the clock and core, and by CPU time of this process. */
export interface Rates {
  readonly perSecond: number
  readonly perCore: number
  readonly perCpuSecond: number
}

/** The stage's rates next to those of the bare work, medians over the rounds. */
export interface BenchReport {
  readonly machine: MachineFacts
  readonly load: LoadFacts
  readonly pictures: { count: number; rounds: number; different: number; meanBytes: number; store: string }
  /** Pictures decoded at the same time, on both sides. */
  readonly decoders: number
  /** Pictures of each side before the first round that counts. */
  readonly warmUp: number
  readonly fetch: Rates
  readonly bare: Rates
  /** The stage's rate as a share of the bare one, round by round. */
  readonly share: { readonly wall: Spread; readonly cpu: Spread }
  /** Milliseconds of processor time a picture that the server took, in its own process: in no rate by CPU time. */
  readonly serverMs: number
}

/** Pictures made when none are given: few enough to make quickly, enough not to stay in a cache. */
const MADE = 64
/** As many as the stage takes by default. */
const DECODERS = availableParallelism() + 1
/** Until then JavaScript is still being compiled, which a run of hours does once. */
const WARM_UP = 4_000

/**
 * Measures `fetch-images` (requests, checks, decoding, hashes, packing, archive and tables) against a server on
 * loopback, and decoding, resizing and encoding alone on the same files in memory: in turns within the same process,
 * each side first in every other round.
 */
export async function benchmarkFetch(options: BenchOptions): Promise<BenchReport> {
  restrictDecoders()
  const files = options.images === undefined ? await madePictures() : await picturesIn(options.images)
  await using gallery = await openGallery(files)
  const settings = loopbackOptions({ store: options.store })
  await using stage = await ScratchStage.open(settings)
  const numbers = Array.from({ length: options.count }, (_, n) => n)
  const server = { cpuMs: 0, pictures: 0 }
  const variants = {
    // The tag keeps pictures of the same file from being duplicates, which would spare packing them.
    fetch: async () => accounted(await stage.fetch(numbers.map((n) => `${gallery.origin}/${n}-${n}`)), options.count),
    bare: () =>
      bareWork(
        numbers.map((n) => files[n % files.length] as Buffer),
        settings,
      ),
  }
  const watch = new LoadWatch()
  const warmUps = Math.ceil(Math.min(WARM_UP, 4 * options.count) / options.count)
  const rounds: Record<Side, Rates>[] = []
  for (let round = 0; round < warmUps + options.rounds; round++) {
    const before = await gallery.cpuMs()
    const rates = await turns(round, (side) =>
      measured(variants[side], options.count, side === 'bare' ? watch : undefined),
    )
    if (round < warmUps) continue
    rounds.push(rates)
    server.cpuMs += (await gallery.cpuMs()) - before
    server.pictures += options.count
  }
  return {
    machine: machineFacts(),
    load: watch.facts(),
    pictures: {
      count: options.count,
      rounds: options.rounds,
      different: files.length,
      meanBytes: Math.round(files.reduce((sum, { length }) => sum + length, 0) / files.length),
      store: options.store,
    },
    decoders: DECODERS,
    warmUp: warmUps * options.count,
    fetch: medians(rounds.map(({ fetch }) => fetch)),
    bare: medians(rounds.map(({ bare }) => bare)),
    share: {
      wall: spread(rounds.map(({ fetch, bare }) => fetch.perSecond / bare.perSecond)),
      cpu: spread(rounds.map(({ fetch, bare }) => fetch.perCpuSecond / bare.perCpuSecond)),
    },
    serverMs: server.cpuMs / server.pictures,
  }
}

type Side = 'fetch' | 'bare'

async function turns(round: number, measure: (side: Side) => Promise<Rates>): Promise<Record<Side, Rates>> {
  const bareFirst = round % 2 === 1 ? await measure('bare') : undefined
  const fetch = await measure('fetch')
  return { fetch, bare: bareFirst ?? (await measure('bare')) }
}

/** 512×512 JPEGs of about 60 KB: what img2dataset's published figures are for. */
export async function madePictures(count = MADE): Promise<Buffer[]> {
  const make = async (_: unknown, n: number) => {
    const noise = await sharp({
      create: {
        width: 512,
        height: 512,
        channels: 3,
        background: 'grey',
        noise: { type: 'gaussian', mean: 128, sigma: 9 + (n % 3) },
      },
    })
      .png()
      .toBuffer()
    const colour = { r: (n * 37) % 256, g: (n * 91) % 256, b: (n * 53) % 256 }
    return sharp(noise)
      .tint(colour)
      .composite([{ input: { create: { width: 200, height: 300, channels: 3, background: colour } } }])
      .jpeg({ quality: 90 })
      .toBuffer()
  }
  return Promise.all(Array.from({ length: count }, make))
}

async function picturesIn(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new BenchInputError(`${folder} can't be read; --images expects a folder of pictures.`, { cause })
  })
  const files = await Promise.all(names.sort().map((name) => readFile(join(folder, name)).catch(() => Buffer.alloc(0))))
  const pictures = files.filter((bytes) => sniff(bytes).kind === 'picture')
  if (pictures.length === 0) throw new BenchInputError(`${folder} holds no JPEG, PNG, WebP or GIF to serve.`)
  return pictures
}

/** A round that lost pictures measured something else. */
function accounted(outcomes: Readonly<Record<string, number>>, count: number): void {
  if (outcomes.ok !== count) throw new Error(`Of ${count} pictures not all were ok: ${JSON.stringify(outcomes)}.`)
}

async function bareWork(files: readonly Buffer[], options: FetchOptions): Promise<void> {
  const limit = pLimit(DECODERS)
  const one = async (bytes: Buffer) => {
    const found = sniff(bytes)
    if (found.kind === 'picture') await repack(bytes, found.format, options)
  }
  await Promise.all(files.map((bytes) => limit(one, bytes)))
}

async function measured(work: () => Promise<void>, count: number, watch: LoadWatch | undefined): Promise<Rates> {
  watch?.start()
  const { seconds, processorSeconds } = await timed(work)
  watch?.stop()
  const perSecond = count / seconds
  return { perSecond, perCore: perSecond / availableParallelism(), perCpuSecond: count / processorSeconds }
}

function medians(rounds: readonly Rates[]): Rates {
  return {
    perSecond: spread(rounds.map((one) => one.perSecond)).median,
    perCore: spread(rounds.map((one) => one.perCore)).median,
    perCpuSecond: spread(rounds.map((one) => one.perCpuSecond)).median,
  }
}
