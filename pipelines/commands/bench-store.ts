import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { GRAPHS } from '@promptloom/store/hnsw-index'
import { exactNeighbours } from '@promptloom/store/oracle'
import { openStore, type Store } from '@promptloom/store/store'
import type { BuildProgress, HnswParameters } from '@promptloom/store/vector-index'
import { type Command, InvalidArgumentError } from 'commander'
import pLimit from 'p-limit'
import { counted, countedList } from '../command-options.ts'
import { type BenchReport, benchText, peerText } from '../display/bench-store-text.ts'
import { createListener, displayKind } from '../display/listener.ts'
import { interruptible } from '../interrupt.ts'
import { LoadWatch, machineFacts } from '../measurement/machine.ts'
import { timed } from '../measurement/timing.ts'
import { type Asked, type JudgedFigures, judged, ownContenders } from './bench-store-contenders.ts'
import { askByTurns, type Distances, K } from './bench-store-measure.ts'
import { type PeerLimits, PeerProcess } from './bench-store-peer-host.ts'
import { PEERS } from './bench-store-peers.ts'
import { benchQuestions, DIMENSION, rowsOfShard, writeShards } from './bench-store-rows.ts'

/** Questions of one scan for their exact answers. */
const TOGETHER = 32

interface BenchFlags {
  readonly rows: number
  readonly questions: number
  readonly peers?: string
  readonly peerMinutes: number
  readonly peerMemory: number
  readonly scratch?: string
  readonly hnsw?: HnswParameters
  readonly effort?: readonly number[]
  readonly keep?: boolean
  readonly report?: string
  readonly json?: boolean
}

/** Defines `promptloom bench store`. */
export function define(command: Command): void {
  command
    .option('--rows <n>', 'vectors to load', counted, 100_000)
    .option('--questions <n>', 'questions asked of each way to search', counted, 500)
    .option(
      '--peers <folder>',
      'folder with @lancedb/lancedb and usearch in node_modules: measured on the same vectors',
    )
    .option('--peer-minutes <n>', 'a peer that needs longer to load and index is left out', counted, 15)
    .option('--peer-memory <GB>', 'a peer that takes more memory is left out', counted, defaultPeerMemory())
    .option('--hnsw <quantization,connections,candidates>', 'another graph: fast, or e.g. bf16,32,128', graph)
    .option('--effort <ef,…>', 'ask the index with these efforts too, e.g. 64,128', countedList)
    .option(
      '--scratch <folder>',
      'where files are written (for 900,000 rows 6 GB, with peers 12 GB); default the system’s',
    )
    .option('--keep', 'leave those files there, the store among them, and say where')
    .option('--report <folder>', 'instead: the benchmark stage over the store that --keep left in that folder')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Synthetic unit vectors of 512 components with a power-law spectrum: figures of speed and recall, not of meaning.
One row in a hundred is 768 wide: searches among those show what a filter costs. Peers are loaded one after the other, each
in a process of its own; one that fails is named, and all else is printed.

Examples:
  promptloom bench store
  promptloom bench store --rows 900000 --keep --scratch data && promptloom bench store --report data/promptloom-bench-…
  npm install --prefix peers @lancedb/lancedb apache-arrow@18 usearch && promptloom bench store --rows 900000 --peers peers`,
    )
    .action(async (flags: BenchFlags) => {
      if (flags.report !== undefined) return report(flags.report)
      const scratch = await mkdtemp(join(resolve(flags.scratch ?? tmpdir()), 'promptloom-bench-'))
      try {
        const report = await interruptible((signal) => bench(flags, scratch, signal))
        console.log(flags.json ? JSON.stringify(report, null, 2) : benchText(report))
        if (flags.keep) await (await import('./bench-store-record.ts')).keepRecord(scratch, report)
      } finally {
        if (flags.keep) console.error(`Kept: ${scratch}`)
        else await rm(scratch, { recursive: true, force: true })
      }
    })
}

/** Half of the machine's, in gigabytes: the store and the other peers need theirs. */
function defaultPeerMemory(): number {
  return Math.max(1, Math.floor(totalmem() / 2e9))
}

async function report(folder: string): Promise<void> {
  const { reportOnStore } = await import('./bench-store-report.ts')
  const show = createListener(displayKind(false, process.stderr.isTTY === true), process.stderr)
  console.log(`The page: ${await interruptible((signal) => reportOnStore(folder, { signal, listener: show }))}`)
}

async function bench(flags: BenchFlags, scratch: string, signal: AbortSignal): Promise<BenchReport> {
  const { rows, hnsw, effort: efforts } = flags
  const limits = { seconds: flags.peerMinutes * 60, bytes: flags.peerMemory * 1e9, signal }
  const questions = benchQuestions(flags.questions)
  const say = timedLines()
  const watch = new LoadWatch()
  watch.start()
  say(`Writing ${rows} vectors …`)
  const files = await writeShards(rows, join(scratch, 'shards'), signal)
  await using store = await openStore({ kind: 'embedded', path: join(scratch, 'store') }, { run: 'bench' })
  const table = store.table('text')
  const { bare, load, index, loadPeakBytes } = await fill(store, { rows, hnsw, files, scratch, say, signal })
  const truth = await exactDistancesOf(store, questions, say)
  const ours = ownContenders(table, efforts)
  const alone = await askByTurns(ours, questions.slice(0, 100), { signal })
  for (const one of judged(alone, questions, truth)) say(`  ${inShort(one)}`)
  const storePeakBytes = peak()
  const peers = flags.peers === undefined ? [] : await startPeers(flags.peers, { rows, scratch, limits, say })
  try {
    say('Asking all of them by turns …')
    const all = [...ours, ...peers.flatMap(({ contenders }) => contenders)]
    const turns = await askByTurns<Asked>(all, questions, { signal })
    watch.stop()
    return {
      machine: machineFacts(),
      load: watch.facts(),
      engine: store.dialect.label,
      rows,
      dimension: DIMENSION,
      questions: questions.length,
      bareSeconds: bare.seconds,
      loadSeconds: load.seconds,
      indexSeconds: index.seconds,
      processor: { bare: bare.processorSeconds, load: load.processorSeconds, index: index.processorSeconds },
      index: (await table.indexState()).definition ?? 'none',
      loadPeakBytes,
      storePeakBytes,
      searches: judged(turns, questions, truth),
      builds: peers.map(({ build }) => build),
    }
  } finally {
    for (const peer of peers) await peer[Symbol.asyncDispose]()
  }
}

interface Filling {
  readonly rows: number
  readonly hnsw: HnswParameters | undefined
  readonly signal: AbortSignal
  readonly files: readonly string[]
  readonly scratch: string
  readonly say: (line: string) => void
}

/** Loads the files as the engine alone would, before and after they are loaded as the load stage does; then indexes. */
async function fill(store: Store, filling: Filling) {
  const { hnsw, scratch, say, signal } = filling
  const table = store.table('text')
  await table.ensure(DIMENSION)
  const told = async (name: string, work: () => Promise<unknown>) => {
    const one = await timed(work)
    say(`${name}: ${one.seconds.toFixed(1)} s, ${one.processorSeconds.toFixed(1)} s of processor time`)
    return one
  }
  const bare = () => told('Bare INSERT … SELECT FROM file()', () => bareLoad(store, scratch))
  const before = await bare()
  const load = await told('Load', () => loadAll(store, filling))
  const loadPeakBytes = peak()
  const after = await bare()
  const building = { progress: tenths(say), signal, ...(hnsw ? { hnsw } : {}) }
  const index = await told('Index', () => table.buildIndex(building))
  return {
    bare: {
      seconds: (before.seconds + after.seconds) / 2,
      processorSeconds: (before.processorSeconds + after.processorSeconds) / 2,
    },
    load,
    index,
    loadPeakBytes,
  }
}

interface PeerWork {
  readonly rows: number
  readonly scratch: string
  readonly limits: PeerLimits
  readonly say: (line: string) => void
}

/** Loads and indexes one peer after the other, so that none disturbs another; all of them stay to be asked. */
async function startPeers(folder: string, { rows, scratch, limits, say }: PeerWork): Promise<PeerProcess[]> {
  const started: PeerProcess[] = []
  for (const peer of Object.keys(PEERS)) {
    say(`${peer} …`)
    const one = await PeerProcess.start({ peer, folder: resolve(folder), scratch, rows }, limits, say)
    if (!one) say(`${peer}: not installed in ${folder}, left out`)
    else {
      say(peerText(one.build))
      started.push(one)
    }
  }
  return started
}

function inShort({ name, recall, p50, p95, failure }: JudgedFigures): string {
  if (failure !== undefined) return `${name} failed: ${failure}`
  return `${name}: recall ${recall.toFixed(4)}, p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)} ms`
}

/** Says how far a build is, each tenth once. */
function tenths(say: (line: string) => void): (progress: BuildProgress) => void {
  let last = ''
  return ({ phase, fraction }) => {
    const now = `  ${phase}: ${Math.floor(fraction * 10) * 10} %`
    if (now !== last) say(now)
    last = now
  }
}

/** Lines on stderr, each with the time since the first. */
function timedLines(): (line: string) => void {
  const started = performance.now()
  return (line) => {
    const seconds = Math.round((performance.now() - started) / 1000)
    console.error(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} ${line}`)
  }
}

/** The same files into a table of the same columns without anything else, by one statement. */
async function bareLoad(store: Store, scratch: string): Promise<void> {
  const { columns } = store.table('text').shape
  const names = columns.join(', ')
  const source = `file('${join(scratch, 'shards')}/*.parquet', 'Parquet')`
  await store.database.command(
    `CREATE TABLE promptloom.bare ENGINE = MergeTree ORDER BY id AS SELECT ${names} FROM ${store.table('text').name} WHERE 0`,
  )
  await store.database.command(`INSERT INTO promptloom.bare SELECT ${names} FROM ${source}`)
  await store.database.command('DROP TABLE promptloom.bare SYNC')
}

/** As the load stage does. */
async function loadAll(store: Store, { rows: all, files, signal }: Filling): Promise<void> {
  const limit = pLimit(2)
  const table = store.table('text')
  await table.holdMerges()
  const one = (path: string, at: number) => {
    const shard = `text-${String(at).padStart(5, '0')}`
    return table.load({ path, shard, digest: `bench-${at}`, rows: rowsOfShard(at, all), run: 'bench', signal })
  }
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

/** The most memory that this process, engine included, has held so far. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024
}

function graph(text: string): HnswParameters {
  if (text === 'default' || text === 'fast') return GRAPHS[text]
  const [, quantization, connections, candidates] = /^(f32|f16|bf16|i8),([1-9]\d*),([1-9]\d*)$/.exec(text) ?? []
  if (quantization === undefined) {
    throw new InvalidArgumentError(
      'Expected default, fast, or quantization (f32, f16, bf16, i8), connections and candidates, e.g. i8,24,96.',
    )
  }
  return {
    quantization: quantization as HnswParameters['quantization'],
    connections: Number(connections),
    candidates: Number(candidates),
  }
}
