import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { textSchema } from '@promptloom/dataset/vector-schema'
import { benchRows, rowNumber } from './bench-store-rows.ts'

/** Another way to keep vectors, on the same rows. */
export interface Peer {
  readonly name: string
  /** Adds rows; ids are their numbers. */
  add(first: number, vectors: Float32Array): Promise<void>
  /** Builds the index, where that is a step of its own. */
  build(): Promise<void>
  /** Numbers of the ten nearest rows. */
  search(question: Float32Array): Promise<readonly number[]>
  /** The same, with all columns of those rows but the vector; undefined where it keeps vectors only. */
  readonly searchRows?: (question: Float32Array) => Promise<readonly number[]>
}

/** What the peers need to know of the bench. */
export interface PeerOptions {
  /** Folder in which `npm install @lancedb/lancedb apache-arrow@18 usearch` was run. */
  readonly folder: string
  readonly scratch: string
  readonly dimension: number
  readonly rows: number
}

/** LanceDB, where it is installed in the folder: the embedded database that a TypeScript user would take instead. */
export async function openLance({ folder, scratch, dimension }: PeerOptions): Promise<Peer | undefined> {
  const lance = await load(folder, '@lancedb/lancedb')
  const arrow = await load(folder, 'apache-arrow')
  if (!lance || !arrow) return undefined
  const database = await lance.connect(join(scratch, 'lance'))
  let table: Loose | undefined
  const ask = async (question: Float32Array, columns: readonly string[]): Promise<number[]> => {
    const query = table?.vectorSearch(question).distanceType('cosine').ef(150).limit(10).select(columns)
    return ((await query.toArray()) as { id: string }[]).map(({ id }) => rowNumber(id))
  }
  return {
    name: 'LanceDB IVF_HNSW_SQ m20 efc300 ef150',
    async add(first, vectors) {
      const rows = arrowRows(arrow, benchRows(first, { vectors, dimension }))
      if (table) await table.add(rows)
      else table = await database.createTable('bench', rows)
    },
    async build() {
      const config = lance.Index.hnswSq({ distanceType: 'cosine', m: 20, efConstruction: 300 })
      await table?.createIndex('prompt_vector', { config })
    },
    search: (question) => ask(question, ['id', '_distance']),
    searchRows: (question) => ask(question, [...Object.keys(textSchema(1)).slice(0, -1), '_distance']),
  }
}

/** The bench's rows as an Arrow table, which LanceDB takes without looking at every number. */
function arrowRows(arrow: Loose, rows: ReturnType<typeof benchRows>): Loose {
  const { prompt_vector: vectors, width, height, parents, truncated, ...texts } = rows
  const count = rows.id.length
  const item = arrow.makeData({ type: new arrow.Float32(), length: vectors.length, data: vectors })
  const type = new arrow.FixedSizeList(vectors.length / count, new arrow.Field('item', new arrow.Float32(), true))
  const list = new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))
  return new arrow.Table({
    ...Object.fromEntries(
      Object.entries(texts).map(([name, values]) => [name, arrow.vectorFromArray(values, new arrow.Utf8())]),
    ),
    width: arrow.makeVector(width),
    height: arrow.makeVector(height),
    parents: arrow.vectorFromArray(parents, list),
    truncated: arrow.vectorFromArray(truncated, new arrow.Bool()),
    prompt_vector: arrow.makeVector(arrow.makeData({ type, length: count, child: item })),
  })
}

/** usearch, where it is installed in the folder: the bare library, without a database around it. */
export async function openUsearch({ folder, dimension }: PeerOptions): Promise<Peer | undefined> {
  const usearch = await load(folder, 'usearch')
  if (!usearch) return undefined
  const index = new usearch.Index({
    metric: 'cos',
    dimensions: dimension,
    quantization: 'f32',
    connectivity: 32,
    expansion_add: 128,
    expansion_search: 128,
  })
  return {
    name: 'usearch (library) f32 M32 efc128 ef128',
    async add(first, vectors) {
      const keys = BigUint64Array.from({ length: vectors.length / dimension }, (_, at) => BigInt(first + at))
      index.add(keys, vectors, 0)
    },
    build: async () => undefined,
    search: async (question) => [...(index.search(question, 10, 1).keys as BigUint64Array)].map(Number),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: packages that are not among our dependencies have no types here
type Loose = any

/** A package from a folder outside the checkout; undefined where it is not installed. */
async function load(folder: string, name: string): Promise<Loose | undefined> {
  try {
    const require = createRequire(join(resolve(folder), 'package.json'))
    const module = await import(pathToFileURL(require.resolve(name)).href)
    return module.default?.connect || module.default?.Index ? module.default : module
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
