import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UserError } from '@promptloom/runner/errors'
import { exactNeighbours } from '@promptloom/store/oracle'
import type { SearchRequest } from '@promptloom/store/search'
import { openStore, type Store } from '@promptloom/store/store'
import type { HnswParameters } from '@promptloom/store/vector-index'
import type { VectorTable } from '@promptloom/store/vector-table'
import type { Command } from 'commander'
import pLimit from 'p-limit'
import { type BenchReport, benchText } from '../display/bench-store-text.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { LoadWatch, machineFacts } from '../measurement/machine.ts'
import {
  askByTurns,
  type Contender,
  type Distances,
  distancesTo,
  figures,
  K,
  type Turns,
} from './bench-store-measure.ts'
import { openLance, openUsearch, type Peer } from './bench-store-peers.ts'
import { benchQuestions, DIMENSION, SHARD, shardVectors, writeShards } from './bench-store-rows.ts'

/** Questions of one scan for their exact answers. */
const TOGETHER = 32

interface BenchFlags {
  readonly rows: string
  readonly questions: string
  readonly peers?: string
  readonly scratch?: string
  readonly hnsw?: string
  readonly effort?: string
  readonly keep?: boolean
  readonly report?: string
  readonly json?: boolean
}

/** Defines `promptloom bench store`. */
export function define(command: Command): void {
  command
    .option('--rows <n>', 'vectors to load, in steps of 10,000', '100000')
    .option('--questions <n>', 'questions asked of each way to search', '500')
    .option(
      '--peers <folder>',
      'folder with @lancedb/lancedb and usearch in node_modules: measured on the same vectors',
    )
    .option('--hnsw <quantization,connections,candidates>', 'other parameters of the graph, e.g. bf16,32,128')
    .option('--effort <ef,…>', 'ask the index with these efforts too, e.g. 64,128')
    .option('--scratch <folder>', 'where files are written (4.5 GB for 900,000 rows); default the system’s')
    .option('--keep', 'leave those files there, the store among them, and say where')
    .option('--report <folder>', 'instead: the benchmark stage over the store that --keep left in that folder')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Synthetic unit vectors of 512 components with a power-law spectrum: figures of speed and recall, not of meaning.

Examples:
  promptloom bench store
  promptloom bench store --rows 900000 --keep --scratch data && promptloom bench store --report data/promptloom-bench-…
  npm install --prefix peers @lancedb/lancedb apache-arrow@18 usearch && promptloom bench store --rows 900000 --peers peers`,
    )
    .action(async (flags: BenchFlags) => {
      if (flags.report !== undefined) return report(flags.report)
      const scratch = await mkdtemp(join(resolve(flags.scratch ?? tmpdir()), 'promptloom-bench-'))
      try {
        const report = await bench(flags, scratch)
        console.log(flags.json ? JSON.stringify(report, null, 2) : benchText(report))
      } finally {
        if (flags.keep) console.error(`Kept: ${scratch}`)
        else await rm(scratch, { recursive: true, force: true })
      }
    })
}

async function report(folder: string): Promise<void> {
  const { reportOnStore } = await import('./bench-store-report.ts')
  const show = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
  console.log(`The page: ${await interruptible((signal) => reportOnStore(folder, { signal, listener: show }))}`)
}

async function bench(flags: BenchFlags, scratch: string): Promise<BenchReport> {
  const rows = whole(flags.rows, SHARD)
  const say = (line: string) => console.error(line)
  const watch = new LoadWatch()
  watch.start()
  say(`Writing ${rows} vectors …`)
  const files = await writeShards(rows, join(scratch, 'shards'))
  const questions = benchQuestions(whole(flags.questions, 1))
  await using store = await openStore({ kind: 'embedded', path: join(scratch, 'store') }, { run: 'bench' })
  const table = store.table('text')
  await table.ensure(DIMENSION)
  const bareSeconds = await bareLoad(store, scratch)
  say(`Bare INSERT … SELECT FROM file(): ${bareSeconds.toFixed(1)} s`)
  const loadSeconds = await seconds(() => load(store, files))
  say(`Load: ${loadSeconds.toFixed(1)} s`)
  const loadPeakBytes = peak()
  const hnsw = flags.hnsw === undefined ? {} : { hnsw: graph(flags.hnsw) }
  const indexSeconds = await seconds(() => table.buildIndex(hnsw))
  say(`Index: ${indexSeconds.toFixed(1)} s`)
  const truth = await exactDistancesOf(store, questions, say)
  const ours = ownContenders(table, flags)
  for (const one of await askByTurns(ours, questions.slice(0, 100))) {
    const { name, recall, p50, p95 } = figures(one as Turns<Distances>, truth)
    say(`  before the peers: ${name}: recall ${recall.toFixed(4)}, p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)} ms`)
  }
  const storePeakBytes = peak()
  const peers = flags.peers === undefined ? [] : await openPeers(flags.peers, { rows, scratch, say })
  say('Asking all of them by turns …')
  const turns = await askByTurns([...ours, ...peers.flatMap((peer) => peer.contenders)], questions)
  watch.stop()
  return {
    machine: machineFacts(),
    load: watch.facts(),
    engine: store.dialect.label,
    rows,
    dimension: DIMENSION,
    questions: questions.length,
    bareSeconds,
    loadSeconds,
    indexSeconds,
    index: (await table.indexState()).definition ?? 'none',
    loadPeakBytes,
    storePeakBytes,
    searches: judged(turns, questions).map((one) => figures(one, truth)),
    builds: peers.map(({ name, buildSeconds }) => ({ name, buildSeconds })),
  }
}

/** What the engine takes by itself for the same files, into a table of the same columns without anything else. */
async function bareLoad(store: Store, scratch: string): Promise<number> {
  const { columns } = store.table('text').shape
  const names = columns.join(', ')
  const source = `file('${join(scratch, 'shards')}/*.parquet', 'Parquet')`
  await store.database.command(
    `CREATE TABLE promptloom.bare ENGINE = MergeTree ORDER BY id AS SELECT ${names} FROM ${store.table('text').name} WHERE 0`,
  )
  const taken = await seconds(() =>
    store.database.command(`INSERT INTO promptloom.bare SELECT ${names} FROM ${source}`),
  )
  await store.database.command('DROP TABLE promptloom.bare SYNC')
  return taken
}

async function load(store: Store, files: readonly string[]): Promise<void> {
  const limit = pLimit(2)
  const table = store.table('text')
  const one = (path: string, at: number) =>
    table.load({ path, shard: `text-${String(at).padStart(5, '0')}`, digest: `bench-${at}`, rows: SHARD, run: 'bench' })
  await Promise.all(files.map((path, at) => limit(() => one(path, at))))
}

/** Distances of the exact ten nearest to each question, many questions a scan. */
async function exactDistancesOf(
  store: Store,
  questions: readonly Float32Array[],
  say: (line: string) => void,
): Promise<Distances[]> {
  const { name, shape } = store.table('text')
  const truth: Distances[] = []
  for (let from = 0; from < questions.length; from += TOGETHER) {
    const vectors = questions.slice(from, from + TOGETHER)
    const found = await exactNeighbours({ database: store.database, name, shape }, vectors, { depth: K })
    truth.push(...found.map(({ distances }) => distances))
  }
  say(`Exact answers to ${questions.length} questions`)
  return truth
}

/** Our own searches, with the columns that the peers are asked for. */
function ownContenders(table: VectorTable, flags: BenchFlags): Contender<Asked>[] {
  const ask = (name: string, more: Omit<SearchRequest, 'vector' | 'k'>, every = 1): Contender<Asked> => ({
    name,
    every,
    ask: async (vector) => (await table.search({ vector, k: K, ...more })).hits.map(({ distance }) => distance),
  })
  const efforts = flags.effort === undefined ? [] : flags.effort.split(',').map((one) => whole(one, 1))
  return [
    ask('default search', { columns: [] }),
    ask('default search, all columns', {}),
    ...efforts.map((effort) => ask(`index, ef ${effort}`, { columns: [], effort })),
    ask('exact', { columns: [], mode: 'exact' }, 10),
  ]
}

/** Distances as we answer with them, or numbers of rows, as peers do. */
type Asked = Distances | { readonly rows: readonly number[] }

interface OpenPeer {
  readonly name: string
  readonly buildSeconds: number
  readonly contenders: readonly Contender<Asked>[]
}

async function openPeers(
  folder: string,
  { rows, scratch, say }: { rows: number; scratch: string; say: (line: string) => void },
): Promise<OpenPeer[]> {
  const open: OpenPeer[] = []
  for (const opening of [openLance, openUsearch]) {
    const peer = await opening({ folder, scratch, dimension: DIMENSION, rows })
    if (!peer) continue
    const { name, searchRows } = peer
    say(`${name} …`)
    const buildSeconds = await seconds(() => fillPeer(peer, rows))
    say(`${name}: built in ${buildSeconds.toFixed(1)} s`)
    const contenders: Contender<Asked>[] = [{ name, ask: async (one) => ({ rows: await peer.search(one) }) }]
    if (searchRows) {
      contenders.push({ name: `${name}, all columns`, ask: async (one) => ({ rows: await searchRows(one) }) })
    }
    open.push({ name, buildSeconds, contenders })
  }
  return open
}

async function fillPeer(peer: Peer, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += SHARD) await peer.add(first, shardVectors(first))
  await peer.build()
}

/** Peers' answers judged by true distances, which takes the vectors of the rows that they named. */
function judged(turns: readonly Turns<Asked>[], questions: readonly Float32Array[]): Turns<Distances>[] {
  const named = new Set(turns.flatMap(({ answers }) => answers.flatMap((one) => ('rows' in one ? one.rows : []))))
  const vectors = new Map<number, Float32Array>()
  for (const shard of new Set([...named].map((row) => Math.floor(row / SHARD)))) {
    const first = shard * SHARD
    const flat = shardVectors(first)
    for (let row = first; row < first + SHARD; row++) {
      const at = (row - first) * DIMENSION
      if (named.has(row)) vectors.set(row, flat.slice(at, at + DIMENSION))
    }
  }
  const distances = (answer: Asked, question: Float32Array) =>
    'rows' in answer
      ? distancesTo(
          question,
          answer.rows.map((row) => vectors.get(row) as Float32Array),
        )
      : answer
  return turns.map((one) => ({
    ...one,
    answers: one.answers.map((answer, at) => distances(answer, questions[one.questions[at] as number] as Float32Array)),
  }))
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** The most memory that this process, engine included, has held so far. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024
}

function graph(text: string): HnswParameters {
  const [quantization, connections, candidates] = text.split(',')
  if (!['f32', 'f16', 'bf16', 'i8'].includes(quantization ?? '')) {
    throw new UserError(
      `"${text}" is no graph; say e.g. i8,24,96: quantization (f32, f16, bf16, i8), connections, candidates.`,
    )
  }
  return {
    quantization: quantization as HnswParameters['quantization'],
    connections: whole(connections, 1),
    candidates: whole(candidates, 1),
  }
}

function whole(text: string | undefined, step: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value % step === 0) return value
  throw new UserError(`"${text}" is no whole number of ${step === 1 ? 'at least 1' : `multiples of ${step}`}.`)
}
