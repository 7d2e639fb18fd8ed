import { contentDigest, exactDistances, exactNeighbours, type OracleTable, sampleRows } from '@promptloom/store/oracle'
import type { Store } from '@promptloom/store/store'
import { StoreUsageError } from '@promptloom/store/store-error'
import type { VectorTable } from '@promptloom/store/vector-table'
import { dropEngineCaches, engineCounters, indexFootprint } from '@promptloom/store/witness'
import type { TrueNeighbours } from './recall.ts'
import type { Ask, Counters, EngineFacts, IndexFacts, Proof, Reply, Target, TargetTable } from './target.ts'

/** Efforts worth measuring, by what the engine calls them. */
const EFFORTS = {
  ef: { quick: [64, 128, 256, 512], full: [16, 32, 64, 128, 256, 512] },
  alpha: { quick: [1, 2, 3, 4], full: [1, 2, 3, 4] },
} as const

/** The store of the pipeline, as the benchmark sees it. */
export class StoreTarget implements Target {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async engine(): Promise<EngineFacts> {
    const { label, version, engine, index } = this.#store.dialect
    const effortName = index.effort.name === 'alpha' ? 'alpha' : 'ef'
    return { label, version, effortName, efforts: EFFORTS[effortName], local: engine === 'embedded' }
  }

  async table(kind: 'text' | 'image'): Promise<StoreTable | undefined> {
    const table = this.#store.table(kind)
    return (await table.count()) > 0 ? new StoreTable(this.#store, table) : undefined
  }
}

/** One table of the store. */
export class StoreTable implements TargetTable {
  readonly #store: Store
  readonly #table: VectorTable
  readonly #oracle: OracleTable

  constructor(store: Store, table: VectorTable) {
    this.#store = store
    this.#table = table
    this.#oracle = { database: store.database, name: table.name, shape: table.shape }
  }

  rows(): Promise<number> {
    return this.#table.count()
  }

  async dimension(): Promise<number> {
    return (await this.#table.dimension()) ?? 0
  }

  digest(): Promise<string> {
    return contentDigest(this.#oracle)
  }

  sample(count: number, seed: string): Promise<{ id: string; vector: Float32Array }[]> {
    return sampleRows(this.#oracle, count, seed)
  }

  nearest(vectors: readonly Float32Array[], depth: number, share: number): Promise<TrueNeighbours[]> {
    return exactNeighbours(this.#oracle, vectors, { depth, share })
  }

  distances(vector: Float32Array, ids: readonly string[], share: number): Promise<Map<string, number>> {
    return exactDistances(this.#oracle, vector, { ids, share })
  }

  async search(ask: Ask): Promise<Reply> {
    const { hits, used } = await this.#table.search(request(ask)).catch((error) => {
      // The index went while it was measured: what is answered without it is no figure of the index, and is withheld.
      if (error instanceof StoreUsageError && typeof ask.effort === 'number') {
        return this.#table.search(request({ ...ask, effort: 'exact' }))
      }
      throw error
    })
    return { ids: hits.map(({ id }) => id), used }
  }

  /** Exact search leaves skip indexes out by a setting; what the default does, its answers and the counters say. */
  async prove(ask: Ask): Promise<Proof> {
    if (ask.effort === 'exact') return { usesIndex: false, evidence: 'sent with use_skip_indexes = 0' }
    const usesIndex = await this.#table.usesIndex(request(ask))
    const { engine, index } = this.#store.dialect
    const asked = engine === 'myscale' ? 'system.vector_indices' : 'EXPLAIN indexes = 1'
    const found = usesIndex ? `names the ${index.type} index` : `does not name the ${index.type} index`
    return { usesIndex, evidence: `${asked} ${found}` }
  }

  counters(): Promise<Counters | undefined> {
    return engineCounters(this.#store.database)
  }

  async index(): Promise<IndexFacts> {
    const state = await this.#table.indexState()
    const loose = state.rows - state.indexedRows
    const note = state.failure ?? (loose > 0 ? `${loose} rows outside the index are searched exactly beside it` : '')
    return {
      state: state.status,
      definition: state.definition ?? '',
      parts: state.parts,
      ...(await indexFootprint(this.#oracle)),
      note,
    }
  }

  dropCaches(): Promise<boolean> {
    return dropEngineCaches(this.#store.database)
  }
}

function request({ vector, k, effort, share }: Ask) {
  return {
    vector,
    k,
    columns: ['id'],
    ...(typeof effort === 'number' ? { mode: 'indexed' as const, effort } : { mode: effort }),
    ...(share < 1 ? { filter: { share } } : {}),
  }
}
