import { openStore, type Store } from '@promptloom/store/store'
import { z } from 'zod'
import { recallInterval } from './interval.ts'
import { summarize } from './latency.ts'
import { type GroundTruth, groundTruth } from './query-set.ts'
import { judge, type TrueNeighbours, unlisted } from './recall.ts'
import type { Lifecycle } from './report/report-schema.ts'
import { StoreTable } from './store-target.ts'

/** What the process that owns the scratch store is told. */
export const jobSchema = z.strictObject({
  /** Empty folder for the scratch store and its files. */
  folder: z.string(),
  table: z.enum(['text', 'image']),
  /** Committed Parquet files of the embed stage. */
  files: z.array(z.string()).min(1),
  rows: z.int().min(1),
  dimension: z.int().min(1),
  tolerance: z.number(),
  /** `build`: everything up to the merge; `restart`: a new process on what it left. */
  part: z.enum(['build', 'restart']),
})

/** What the process that owns the scratch store is told. */
export type Job = z.output<typeof jobSchema>
/** One step of the copy's life, measured. */
export type Phase = Lifecycle['phases'][number]

/** Rows kept out of the copy for ever: they are the questions. Of few rows it is a tenth. */
const QUESTIONS = 300
const LARGEST_SHARE = 0.1
/** In hundredths: rows that are added after the index was built. */
const LATER = 5

/** Builds the copy, adds to it, merges it, and measures after each step. */
export async function buildCopy(job: Job): Promise<Omit<Lifecycle, 'heldOut'>> {
  await using store = await openScratch(job)
  const parts = await partition(job, store)
  const table = store.table(job.table)
  await table.ensure(job.dimension)
  const load = async (part: Part) => {
    await table.load({ path: part.path, shard: part.name, digest: part.name, rows: part.rows, run: 'lifecycle' })
  }
  const loadSeconds = await timed(() => load(parts.base))
  const buildSeconds = await timed(() => table.buildIndex({ looseRows: 0 }))
  const built = await measured('built', { job, store, seconds: buildSeconds })
  const insertSeconds = await timed(() => load(parts.later))
  const inserted = await measured('inserted', { job, store, seconds: insertSeconds })
  await table.dropIndex()
  const mergeSeconds = await timed(() => table.buildIndex({ looseRows: 0 }))
  const merged = await measured('merged', { job, store, seconds: mergeSeconds })
  return {
    table: job.table,
    rows: parts.base.rows,
    dimension: job.dimension,
    effort: store.dialect.index.defaultEffort(job.rows),
    loadSeconds,
    buildSeconds,
    rate: parts.base.rows / (loadSeconds + buildSeconds),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    phases: [built, inserted, merged],
  }
}

/** Opens the copy in this new process and measures it; the time is that of opening the store. */
export async function restartCopy(job: Job): Promise<Phase> {
  const started = performance.now()
  await using store = await openScratch(job)
  return await measured('restarted', { job, store, seconds: (performance.now() - started) / 1000 })
}

interface Part {
  readonly name: string
  readonly path: string
  readonly rows: number
}

/** Cuts the rows by the hash of their ids: the copy's first content, what is added later, and the questions. */
async function partition({ folder, files, rows }: Job, { database }: Store): Promise<{ base: Part; later: Part }> {
  const source = files.map((file) => `SELECT * FROM file('${literal(file)}', 'Parquet')`).join(' UNION ALL ')
  const bucket = 'cityHash64(id) % 10000'
  const share = Math.ceil(Math.min(LARGEST_SHARE, QUESTIONS / rows) * 10_000)
  const conditions = {
    questions: `${bucket} < ${share}`,
    later: `${bucket} >= ${share} AND ${bucket} < ${share + LATER * 100}`,
    base: `${bucket} >= ${share + LATER * 100}`,
  }
  const part = async (name: keyof typeof conditions): Promise<Part> => {
    const path = `${folder}/${name}.parquet`
    await database.command(
      `INSERT INTO FUNCTION file('${literal(path)}', 'Parquet') SELECT * FROM (SELECT * FROM (${source}) LIMIT ${rows})
       WHERE ${conditions[name]} SETTINGS output_format_parquet_write_bloom_filter = 0, engine_file_truncate_on_insert = 1`,
    )
    const counted = await database.row<{ rows: string }>(
      `SELECT count() AS rows FROM file('${literal(path)}', 'Parquet')`,
    )
    return { name, path, rows: Number(counted?.rows ?? 0) }
  }
  await part('questions')
  return { later: await part('later'), base: await part('base') }
}

async function measured(
  name: Phase['name'],
  { job, store, seconds }: { job: Job; store: Store; seconds: number },
): Promise<Phase> {
  const table = new StoreTable(store, store.table(job.table))
  const truth = await truthOf(job, store, table)
  const effort = store.dialect.index.defaultEffort(job.rows)
  const recalls: number[] = []
  const times: number[] = []
  let byIndex = 0
  for (const [index, { vector }] of truth.queries.entries()) {
    const started = performance.now()
    const { ids, used } = await table.search({ vector, k: 10, effort, share: 1 })
    times.push(performance.now() - started)
    byIndex += Number(used === 'index')
    const exact = truth.answers.get(1)?.[index] as TrueNeighbours
    const strangers = unlisted(ids, exact, 10)
    const distances = strangers.length > 0 ? await table.distances(vector, strangers, 1) : new Map()
    recalls.push(judge(ids, exact, { k: 10, tolerance: job.tolerance, measured: distances }).recall)
  }
  const usesIndex =
    truth.queries[0] && (await table.prove({ vector: truth.queries[0].vector, k: 10, effort, share: 1 })).usesIndex
  const withheld =
    usesIndex && byIndex === recalls.length ? null : `the index gave ${byIndex} of ${recalls.length} answers`
  return {
    name,
    rows: await table.rows(),
    seconds,
    index: await table.index(),
    usedIndex: recalls.length > 0 ? byIndex / recalls.length : 0,
    recall: withheld === null ? recallInterval(recalls, 10) : null,
    latency: withheld === null ? (summarize(times) ?? null) : null,
    withheld,
  }
}

async function truthOf(job: Job, store: Store, table: StoreTable): Promise<GroundTruth> {
  const { vector } = store.table(job.table).shape
  const rows = await store.database.rows<{ id: string; vector: number[] }>(
    `SELECT id, ${vector} AS vector FROM file('${literal(job.folder)}/questions.parquet', 'Parquet') ORDER BY id LIMIT ${QUESTIONS}`,
  )
  const queries = rows.map(({ id, vector: values }) => ({ id, exclude: '', vector: Float32Array.from(values) }))
  return groundTruth({ table, queries, depth: 20, filters: [] })
}

async function openScratch({ folder }: Job): Promise<Store> {
  return openStore({ kind: 'embedded', path: `${folder}/store` }, { run: 'lifecycle' })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** A path inside an SQL string; `file()` takes no bound parameter. */
function literal(path: string): string {
  return path.replace(/[\\']/g, '\\$&')
}
