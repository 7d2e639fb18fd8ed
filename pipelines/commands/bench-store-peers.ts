import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { textSchema } from '@promptloom/dataset/vector-schema'
import { benchRows, RARE_WIDTH, rowNumber } from './bench-store-rows.ts'

/** One way to ask a peer: numbers of the ten nearest rows. */
export type PeerAsk = (question: Float32Array) => Promise<readonly number[]>

/** Another way to keep vectors, on the same rows. */
export interface Peer {
  readonly name: string
  /** Adds rows; ids are their numbers. */
  add(first: number, vectors: Float32Array): Promise<void>
  /** Builds the index, where that is a step of its own, and answers with the ways to ask it, by name. */
  build(): Promise<Readonly<Record<string, PeerAsk>>>
}

/** What the peers need to know of the bench. */
export interface PeerOptions {
  /** Folder in which `npm install @lancedb/lancedb apache-arrow@18 usearch` was run. */
  readonly folder: string
  readonly scratch: string
  readonly dimension: number
}

/** The ending of a way's name that asks among one row in a hundred. */
export const FILTERED = 'among 1 row in 100'

const LANCE_EFFORTS = [150, 400]
const USEARCH_EFFORTS = [128, 512]

/** LanceDB, where it is installed in the folder: the embedded database that a TypeScript user would take instead. */
async function openLance({ folder, scratch, dimension }: PeerOptions): Promise<Peer | undefined> {
  const lance = await load(folder, '@lancedb/lancedb')
  const arrow = await load(folder, 'apache-arrow')
  if (!lance || !arrow) return undefined
  const database = await lance.connect(join(scratch, 'lance'))
  let table: Loose | undefined
  const nearest = async (question: Float32Array, ef: number, { columns = ['id'], where = '' } = {}) => {
    // Its candidates are of one byte a component; ranking four times as many anew is what makes good for that.
    let query = table?.vectorSearch(question).distanceType('cosine').ef(ef).refineFactor(4).limit(10)
    if (where) query = query.where(where)
    return ((await query.select([...columns, '_distance']).toArray()) as { id: string }[]).map(({ id }) =>
      rowNumber(id),
    )
  }
  const [ef = 150] = LANCE_EFFORTS
  const columns = Object.keys(textSchema(1)).slice(0, -1)
  return {
    name: 'LanceDB IVF_HNSW_SQ m20 efc150',
    async add(first, vectors) {
      const rows = arrowRows(arrow, benchRows(first, { vectors, dimension }))
      if (table) await table.add(rows)
      else table = await database.createTable('bench', rows)
    },
    async build() {
      const config = lance.Index.hnswSq({ distanceType: 'cosine', m: 20, efConstruction: 150, numPartitions: 1 })
      await table?.createIndex('prompt_vector', { config })
      return {
        ...byEffort(LANCE_EFFORTS, (effort) => (one) => nearest(one, effort)),
        [`ef ${ef}, all columns`]: (one) => nearest(one, ef, { columns }),
        [`ef ${ef}, ${FILTERED}`]: (one) => nearest(one, ef, { where: `width = ${RARE_WIDTH}` }),
      }
    },
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
async function openUsearch({ folder, scratch, dimension }: PeerOptions): Promise<Peer | undefined> {
  const usearch = await load(folder, 'usearch')
  if (!usearch) return undefined
  const open = (effort: number): Loose =>
    new usearch.Index({
      metric: 'cos',
      dimensions: dimension,
      quantization: 'f32',
      connectivity: 32,
      expansion_add: 128,
      expansion_search: effort,
    })
  let index = open(USEARCH_EFFORTS[0] as number)
  return {
    name: 'usearch (library) f32 M32 efc128',
    async add(first, vectors) {
      const keys = BigUint64Array.from({ length: vectors.length / dimension }, (_, at) => BigInt(first + at))
      index.add(keys, vectors, 0)
    },
    async build() {
      // How hard it tries is fixed when an index is opened; views of one file share its memory.
      const file = join(scratch, 'usearch')
      index.save(file)
      index = undefined
      return byEffort(USEARCH_EFFORTS, (effort) => {
        const view = open(effort)
        view.view(file)
        return async (one) => [...(view.search(one, 10, 1).keys as BigUint64Array)].map(Number)
      })
    },
  }
}

/** Who takes part, by the name that its process is given. */
export const PEERS: Readonly<Record<string, (options: PeerOptions) => Promise<Peer | undefined>>> = {
  usearch: openUsearch,
  lancedb: openLance,
}

function byEffort(efforts: readonly number[], ask: (effort: number) => PeerAsk): Record<string, PeerAsk> {
  return Object.fromEntries(efforts.map((effort) => [`ef ${effort}`, ask(effort)]))
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
