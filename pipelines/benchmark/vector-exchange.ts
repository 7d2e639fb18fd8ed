import { join } from 'node:path'
import { promptColumns } from '@promptloom/dataset/prompt-table'
import { writeTable } from '@promptloom/dataset/table-writer'
import { textSchema } from '@promptloom/dataset/vector-schema'
import { UserError } from '@promptloom/runner/errors'
import { eachRow, type OracleTable } from '@promptloom/store/oracle'
import type { Store } from '@promptloom/store/store'
import { machineFacts } from '../measurement/machine.ts'
import { axesOf } from './cell.ts'
import { fileTruth } from './file-truth.ts'
import { type BenchmarkOptions, measureOptions } from './options.ts'
import { groundTruth, rowQueries } from './query-set.ts'
import type { TrackReport } from './report/schema.ts'
import { StoreTable, StoreTarget } from './store-target.ts'
import { sweep } from './sweep.ts'
import { openVectorFile, type VectorFile, writeVectorFile } from './vector-file.ts'
import { isVectorFolder, openVectorFolder } from './vector-folder.ts'

/** Rows that are loaded at a time. */
const BATCH = 10_000
/** Exact answers of an exported file: what ann-benchmarks files have. */
const DEPTH = 100
/** Of so many rows one may become a question. */
const LEAST_ROWS = 10

/**
 * Loads a file in the form of ann-benchmarks, or a folder in that of VectorDBBench, into the text table of an empty store, indexes it and measures it by the
 * file's own questions and answers.
 * @throws UserError for a metric other than angular: the store compares directions.
 */
export async function measureVectorFile(
  path: string,
  store: Store,
  folder: string,
  given: Partial<BenchmarkOptions> = {},
): Promise<TrackReport> {
  using file = await (isVectorFolder(path) ? openVectorFolder(path, store.database) : openVectorFile(path))
  if (file.distance !== 'angular' && file.distance !== 'unnamed') {
    throw new UserError(
      `${path} is for the distance "${file.distance}"; the store compares directions, so it must be "angular".`,
    )
  }
  await loadVectors(file, store, folder)
  await store.table('text').buildIndex({ looseRows: 0 })
  const started = performance.now()
  const options = measureOptions.parse(given)
  const target = new StoreTarget(store)
  const engine = await target.engine()
  const table = new StoreTable(store, store.table('text'))
  const { truth, searched, depth } = await fileTruth({ file, path, table, queries: options.queries })
  const axes = axesOf(options, engine)
  // An answer of 100 can't be judged by a file that names 10 rows, unless there are no more.
  const k = axes.k.filter((one) => one <= Math.max(depth, depth === file.rows ? one : 0))
  if (k.length === 0) {
    throw new UserError(
      `${path} names ${depth} neighbours of a question; answers of ${Math.min(...axes.k)} can't be judged by it. Use a file that names more.`,
    )
  }
  const found = await sweep({
    table,
    truth,
    collection: await table.digest(),
    axes: { ...axes, k, filters: [] },
    tolerance: options.tolerance,
    alone: engine.local,
    budget: (options.cellSeconds ?? 5) * 1000,
  })
  const { label, version, effortName } = engine
  return {
    name: 'text-to-text',
    from: 'text',
    to: 'text',
    outOfDistribution: false,
    note: noteOf(truth.queries.length, searched),
    ...found,
    engine: { label, version, effortName },
    machine: machineFacts(),
    measured: new Date().toISOString(),
    queries: truth.queries.length,
    seed: 'the order of the file',
    leftOut: [],
    tolerance: options.tolerance,
    seconds: (performance.now() - started) / 1000,
  }
}

/**
 * Writes a table in the form of ann-benchmarks: sampled rows, a tenth of them at most, become the questions and are left
 * out of the rest, and their exact answers are row numbers of that rest.
 * @throws UserError for a table of fewer than ten rows.
 */
export async function exportVectors(
  table: OracleTable,
  path: string,
  { queries, seed, own }: { queries: number; seed: string; own: StoreTable },
): Promise<{ rows: number; questions: number }> {
  const rows = await own.rows()
  if (rows < LEAST_ROWS) {
    throw new UserError(
      `${table.name} has ${rows} rows; at least ${LEAST_ROWS} are needed, since a tenth of them become questions. Load more first.`,
    )
  }
  const sampled = await own.sample(Math.min(queries, Math.floor(rows / LEAST_ROWS)), seed)
  const asked = new Set(sampled.map(({ id }) => id))
  const truth = await groundTruth({
    table: own,
    queries: rowQueries(sampled, { excluded: true }),
    depth: DEPTH + asked.size,
    filters: [],
  })
  const places = new Map<string, number>()
  for await (const { ids } of eachRow(table)) {
    for (const id of ids) if (!asked.has(id)) places.set(id, places.size)
  }
  const answers = (truth.answers.get(1) ?? []).map(({ ids, distances }) => {
    const kept = ids.flatMap((id, index) => (places.has(id) ? [index] : [])).slice(0, DEPTH)
    return {
      rows: kept.map((at) => places.get(ids[at] as string) as number),
      distances: kept.map((at) => distances[at] as number),
    }
  })
  const dimension = await own.dimension()
  await writeVectorFile(path, {
    rows: places.size,
    dimension,
    batches: remaining(table, asked, dimension),
    questions: sampled.map(({ vector }) => vector),
    neighbours: answers.map(({ rows }) => rows),
    distances: answers.map(({ distances }) => distances),
  })
  return { rows: places.size, questions: sampled.length }
}

async function* remaining(
  table: OracleTable,
  asked: ReadonlySet<string>,
  dimension: number,
): AsyncGenerator<Float32Array> {
  for await (const { ids, vectors } of eachRow(table)) {
    const kept = vectors.filter((_, index) => !asked.has(ids[index] as string))
    const flat = new Float32Array(kept.length * dimension)
    for (const [index, vector] of kept.entries()) flat.set(vector, index * dimension)
    yield flat
  }
}

async function loadVectors(file: VectorFile, store: Store, folder: string): Promise<void> {
  const { rows, dimension } = file
  const table = store.table('text')
  await table.ensure(dimension)
  await table.holdMerges()
  for (let from = 0; from < rows; from += BATCH) {
    const to = Math.min(rows, from + BATCH)
    const ids = Array.from({ length: to - from }, (_, index) => String(from + index))
    const origin = 'dataset' as const
    const columns = promptColumns(
      ids.map((id) => ({ id, prompt: id, url: '', width: 0, height: 0, source_site: '', origin, parents: [] })),
    )
    const path = join(folder, 'batch.parquet')
    await writeTable(path, textSchema(dimension), {
      ...columns,
      model: ids.map(() => 'vector file'),
      truncated: ids.map(() => false),
      prompt_vector: await file.rowsBetween(from, to),
    })
    const shard = `text-${String(from / BATCH).padStart(5, '0')}`
    await table.load({ path, shard, digest: shard, rows: ids.length, run: 'vectors' })
  }
}

/** How far the file's answers were checked before anything was held against them. */
function noteOf(queries: number, searched: number): string {
  const anew = searched === queries ? 'all' : `the first ${searched}`
  return `Questions and exact answers are those of the file. The distances of all ${queries} were computed anew from its vectors, and ${anew} were answered anew by exact search.`
}
