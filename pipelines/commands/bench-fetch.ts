import { type Command, Option } from 'commander'
import { counted } from '../command-options.ts'
import type { BenchReport } from '../fetch-images/benchmark.ts'
import type { SoakReport } from '../fetch-images/soak.ts'
import type { Spread } from '../measurement/spread.ts'

interface Flags {
  readonly images?: string
  readonly count: number
  readonly rounds: number
  readonly store: 'jpeg' | 'webp' | 'original'
  readonly soak?: number
  readonly json?: boolean
}

/** Defines `promptloom bench fetch`. */
export function define(command: Command): void {
  command
    .option(
      '--images <folder>',
      'pictures to serve (JPEG, PNG, WebP, GIF); default: 512×512 JPEGs made for the purpose',
    )
    .option('--count <n>', 'pictures a round', counted, 1000)
    .option('--rounds <n>', 'rounds of each variant, taken in turn', counted, 5)
    .addOption(new Option('--store <format>', 'what is stored').choices(['jpeg', 'webp', 'original']).default('jpeg'))
    .option('--soak <urls>', 'instead: fetch that many small pictures, and show memory and handles', counted)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Measures the stage fetch-images against a server on loopback, next to the bare cost of decoding, resizing and
encoding the same files. Nothing leaves this machine, and nothing is kept.

Examples:
  promptloom bench fetch
  promptloom bench fetch --images photos --store webp --json
  promptloom bench fetch --soak 100000`,
    )
    .action(async (flags: Flags) => {
      if (flags.soak !== undefined) {
        const { soak } = await import('../fetch-images/soak.ts')
        const report = await soak(flags.soak)
        console.log(flags.json ? JSON.stringify(report, null, 2) : soakText(report))
        return
      }
      const { benchmarkFetch } = await import('../fetch-images/benchmark.ts')
      const report = await benchmarkFetch(flags)
      console.log(flags.json ? JSON.stringify(report, null, 2) : benchText(report))
    })
}

function benchText({ machine, load, pictures, fetch, bare, share, ...more }: BenchReport): string {
  const line = (name: string, { perSecond, perCore, perCpuSecond }: BenchReport['fetch']) =>
    [name.padEnd(34), ...[perSecond, perCore, perCpuSecond].map((rate) => rate.toFixed(1).padStart(14))].join('')
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}${load.noisy ? `; NOISY: ${percent(load.foreign)} taken by others` : ''}`,
    `${pictures.count} pictures a round, ${pictures.rounds} rounds after ${more.warmUp} pictures to warm up, median; ${pictures.meanBytes} bytes each on average, stored as ${pictures.store}`,
    '',
    ['pictures'.padEnd(34), ...['a second', 'a core', 'a CPU second'].map((head) => head.padStart(14))].join(''),
    line('fetch-images, server on loopback', fetch),
    line('bare decode, resize, encode', bare),
    '',
    `Share of the bare rate: ${spreadText(share.cpu)} by CPU time, ${spreadText(share.wall)} by the clock`,
    '',
    'fetch-images: request, SHA-256, decode, perceptual hash, resize, encode, spool, archive, tables',
    'bare: decode whole (warnings are errors), upright, resize, sRGB, encode: one call of sharp, from memory',
    `Both: ${more.decoders} pictures at a time, a thread each, by turns in one process, each first in every other round`,
    `The server, a process of its own, takes ${more.serverMs.toFixed(2)} ms a picture: of the clock, not of the CPU seconds`,
  ].join('\n')
}

function spreadText({ median, least, most }: Spread): string {
  return `${percent(median)} (${percent(least)} to ${percent(most)})`
}

function soakText({ urls, seconds, curve, after }: SoakReport): string {
  const columns = ['urls', 'rss MB', 'own MB', 'V8 MB', 'heap MB', 'external MB', 'sockets', 'handles']
  const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(12)).join('')
  const points = [...curve, after]
  return [
    row(columns),
    ...points.map((at) =>
      row([at.urls, at.rss, at.anonymous ?? '-', at.reserved, at.heap, at.external, at.sockets, at.handles]),
    ),
    '',
    'rss: resident; own: of that, without mapped files; V8: of that, reserved for its heap; heap: of that, in use',
    `${urls} URLs in ${seconds.toFixed(0)} s, ${(urls / seconds).toFixed(0)} a second; the last line is after the client was closed`,
  ].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
