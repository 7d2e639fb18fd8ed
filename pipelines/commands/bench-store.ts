import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { writeTable } from '@promptloom/dataset/table-writer'
import { UserError } from '@promptloom/runner/errors'
import { powerLawVectors } from '@promptloom/store/bench-vectors'
import type { SearchMode } from '@promptloom/store/search'
import { openStore, type Store } from '@promptloom/store/store'
import type { HnswParameters } from '@promptloom/store/vector-index'
import type { Command } from 'commander'
import pLimit from 'p-limit'
import { type BenchReport, benchText } from '../display/bench-store-text.ts'
import { type Distances, distancesTo, K, measure, type SearchFigures } from './bench-store-measure.ts'
import { openLance, openUsearch, type Peer } from './bench-store-peers.ts'

const DIMENSION = 512
const SHARD = 10_000
const QUESTION_SEED = 99

interface BenchFlags {
  readonly rows: string
  readonly questions: string
  readonly peers?: string
  readonly scratch?: string
  readonly hnsw?: string
  readonly effort?: string
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
    .option('--effort <ef>', 'ask the index with this effort too')
    .option('--scratch <folder>', 'where files are written (4.5 GB for 900,000 rows); default the system’s')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Synthetic unit vectors of 512 components with a power-law spectrum: figures of speed and recall, not of meaning.

Examples:
  promptloom bench store
  npm install --prefix peers @lancedb/lancedb apache-arrow@18 usearch && promptloom bench store --rows 900000 --peers peers`,
    )
    .action(async (flags: BenchFlags) => {
      const scratch = await mkdtemp(join(resolve(flags.scratch ?? tmpdir()), 'promptloom-bench-'))
      try {
        const report = await bench(flags, scratch)
        console.log(flags.json ? JSON.stringify(report, null, 2) : benchText(report))
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    })
}

async function bench(flags: BenchFlags, scratch: string): Promise<BenchReport> {
  const rows = whole(flags.rows, SHARD)
  const say = (line: string) => console.error(line)
  say(`Writing ${rows} vectors …`)
  const files = await writeShards(rows, scratch)
  const flat = powerLawVectors(whole(flags.questions, 1), DIMENSION, QUESTION_SEED)
  const questions = Array.from({ length: flat.length / DIMENSION }, (_, at) =>
    flat.subarray(at * DIMENSION, (at + 1) * DIMENSION),
  )
  await using store = await openStore({ kind: 'embedded', path: join(scratch, 'store') }, { run: 'bench' })
  await store.table('text').ensure(DIMENSION)
  const bareSeconds = await bareLoad(store, scratch)
  say(`Bare INSERT … SELECT FROM file(): ${bareSeconds.toFixed(1)} s`)
  const loadSeconds = await seconds(() => load(store, files))
  say(`Load: ${loadSeconds.toFixed(1)} s`)
  const loadPeakBytes = peak()
  const hnsw = flags.hnsw === undefined ? {} : { hnsw: graph(flags.hnsw) }
  const indexSeconds = await seconds(() => store.table('text').buildIndex(hnsw))
  say(`Index: ${indexSeconds.toFixed(1)} s`)
  const { truth, searches } = await searchAll(store, questions, flags)
  const storePeakBytes = peak()
  const index = await store.table('text').indexState()
  const peers = flags.peers === undefined ? [] : await measurePeers({ flags, rows, scratch, questions, truth, say })
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.version,
    },
    engine: store.dialect.label,
    rows,
    dimension: DIMENSION,
    questions: questions.length,
    bareSeconds,
    loadSeconds,
    indexSeconds,
    index: index.definition ?? 'none',
    loadPeakBytes,
    storePeakBytes,
    searches,
    peers,
  }
}

/** Shards as the embed stage writes them. */
async function writeShards(rows: number, scratch: string): Promise<string[]> {
  const files: string[] = []
  await mkdir(join(scratch, 'shards'))
  for (let first = 0; first < rows; first += SHARD) {
    const path = join(scratch, 'shards', `${String(first).padStart(9, '0')}.parquet`)
    const ids = Array.from({ length: SHARD }, (_, at) => `row-${String(first + at).padStart(9, '0')}`)
    const same = <T>(value: T) => ids.map(() => value)
    await writeTable(path, SCHEMA, {
      id: ids,
      prompt: ids.map((id) => `a painting of ${id}, trending on artstation, highly detailed`),
      url: same(''),
      width: new Uint32Array(SHARD).fill(512),
      height: new Uint32Array(SHARD).fill(512),
      source_site: same('bench'),
      origin: same('dataset'),
      parents: same([]),
      model: same('bench'),
      truncated: same(false),
      prompt_vector: powerLawVectors(SHARD, DIMENSION, 1000 + first / SHARD),
    })
    files.push(path)
  }
  return files
}

const SCHEMA = {
  id: 'string',
  prompt: 'string',
  url: 'string',
  width: 'uint32',
  height: 'uint32',
  source_site: 'string',
  origin: 'string',
  parents: 'strings',
  model: 'string',
  truncated: 'boolean',
  prompt_vector: { vector: DIMENSION },
} as const

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

async function searchAll(store: Store, questions: readonly Float32Array[], flags: BenchFlags) {
  const table = store.table('text')
  const ask = async (vector: Float32Array, mode: SearchMode, effort?: number): Promise<Distances> => {
    const more = effort === undefined ? {} : { effort }
    return (await table.search({ vector, k: K, mode, columns: [], ...more })).hits.map((hit) => hit.distance)
  }
  const truth: Distances[] = []
  for (const question of questions) truth.push(await ask(question, 'exact'))
  const exact = await measure('exact', questions.slice(0, 100), (question) => ask(question, 'exact'), truth)
  const standard = await measure('default search', questions, (question) => ask(question, 'auto'), truth)
  const searches: SearchFigures[] = [exact, standard]
  if (flags.effort !== undefined) {
    const effort = whole(flags.effort, 1)
    searches.push(await measure(`index, ef ${effort}`, questions, (one) => ask(one, 'indexed', effort), truth))
  }
  return { truth, searches }
}

interface PeerBench {
  readonly flags: BenchFlags
  readonly rows: number
  readonly scratch: string
  readonly questions: readonly Float32Array[]
  readonly truth: readonly Distances[]
  readonly say: (line: string) => void
}

async function measurePeers({ flags, rows, scratch, questions, truth, say }: PeerBench): Promise<BenchReport['peers']> {
  const found: BenchReport['peers'][number][] = []
  for (const opening of [openLance, openUsearch]) {
    const peer = await opening({ folder: flags.peers as string, scratch, dimension: DIMENSION, rows })
    if (!peer) continue
    say(`${peer.name} …`)
    const buildSeconds = await seconds(() => fillPeer(peer, rows))
    const search = async (question: Float32Array) => peer.search(question)
    const answers = new Map<Float32Array, readonly number[]>()
    const timed = await measure(
      peer.name,
      questions,
      async (question) => {
        answers.set(question, await search(question))
        return []
      },
      truth,
    )
    found.push({ ...timed, buildSeconds, recall: await peerRecall(answers, questions, truth) })
  }
  return found
}

async function fillPeer(peer: Peer, rows: number): Promise<void> {
  for (let first = 0; first < rows; first += SHARD)
    await peer.add(first, powerLawVectors(SHARD, DIMENSION, 1000 + first / SHARD))
  await peer.build()
}

/** A peer's answers judged by true distances, which takes the vectors of the rows that it named. */
async function peerRecall(
  answers: ReadonlyMap<Float32Array, readonly number[]>,
  questions: readonly Float32Array[],
  truth: readonly Distances[],
): Promise<number> {
  const wanted = new Map<number, Set<number>>()
  for (const numbers of answers.values()) {
    for (const row of numbers) {
      const shard = Math.floor(row / SHARD)
      wanted.set(shard, (wanted.get(shard) ?? new Set()).add(row))
    }
  }
  const vectors = new Map<number, Float32Array>()
  for (const [shard, numbers] of wanted) {
    const flat = powerLawVectors(SHARD, DIMENSION, 1000 + shard)
    for (const row of numbers) {
      const at = (row - shard * SHARD) * DIMENSION
      vectors.set(row, flat.slice(at, at + DIMENSION))
    }
  }
  const judged = await measure(
    '',
    questions,
    async (one) =>
      distancesTo(
        one,
        (answers.get(one) ?? []).map((row) => vectors.get(row) as Float32Array),
      ),
    truth,
  )
  return judged.recall
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
