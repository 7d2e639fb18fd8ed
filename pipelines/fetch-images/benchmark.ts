import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import sharp from 'sharp'
import { type LoadFacts, LoadWatch, type MachineFacts, machineFacts } from '../measurement/machine.ts'
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
  readonly fetch: Rates
  readonly bare: Rates
  /** The stage's rate as a share of the bare one. */
  readonly share: { readonly wall: number; readonly cpu: number }
}

/** Pictures made when none are given: few enough to make quickly, enough not to stay in a cache. */
const MADE = 64

/**
 * Measures `fetch-images` (requests, checks, decoding, hashes, packing, archive and tables) against a server on
 * loopback, and decoding, resizing and encoding alone on the same files in memory, in turns within the same process.
 */
export async function benchmarkFetch(options: BenchOptions): Promise<BenchReport> {
  restrictDecoders()
  const files = options.images === undefined ? await madePictures() : await picturesIn(options.images)
  await using gallery = await openGallery(files)
  const settings = loopbackOptions({ store: options.store })
  await using stage = await ScratchStage.open(settings)
  const numbers = Array.from({ length: options.count }, (_, n) => n)
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
  const seen = { fetch: [] as Rates[], bare: [] as Rates[] }
  for (let round = 0; round <= options.rounds; round++) {
    for (const name of ['fetch', 'bare'] as const) {
      const rates = await measured(variants[name], options.count, name === 'bare' ? watch : undefined)
      if (round > 0) seen[name].push(rates)
    }
  }
  const [fetch, bare] = [medians(seen.fetch), medians(seen.bare)]
  const meanBytes = Math.round(files.reduce((sum, { length }) => sum + length, 0) / files.length)
  return {
    machine: machineFacts(),
    load: watch.facts(),
    pictures: {
      count: options.count,
      rounds: options.rounds,
      different: files.length,
      meanBytes,
      store: options.store,
    },
    fetch,
    bare,
    share: { wall: fetch.perSecond / bare.perSecond, cpu: fetch.perCpuSecond / bare.perCpuSecond },
  }
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
  const limit = pLimit(availableParallelism() + 1)
  const one = async (bytes: Buffer) => {
    const found = sniff(bytes)
    if (found.kind === 'picture') await repack(bytes, found.format, options)
  }
  await Promise.all(files.map((bytes) => limit(one, bytes)))
}

async function measured(work: () => Promise<void>, count: number, watch: LoadWatch | undefined): Promise<Rates> {
  const cpu = process.cpuUsage()
  const begun = performance.now()
  watch?.start()
  await work()
  watch?.stop()
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = count / seconds
  return { perSecond, perCore: perSecond / availableParallelism(), perCpuSecond: count / ((user + system) / 1e6) }
}

function medians(rounds: readonly Rates[]): Rates {
  const of = (rate: (one: Rates) => number) =>
    rounds.map(rate).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] as number
  return {
    perSecond: of((one) => one.perSecond),
    perCore: of((one) => one.perCore),
    perCpuSecond: of((one) => one.perCpuSecond),
  }
}
