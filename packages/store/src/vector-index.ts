import type { Database } from './database.ts'
import type { Condition } from './filter.ts'
import type { TableShape } from './table-kind.ts'

/** The table that an index is on, and how to reach it. */
export interface IndexedTable {
  readonly database: Database
  /** The table to search, with its database. */
  readonly asked: string
  /** The table that holds the rows and the index: the same one, or each node's own where rows are spread. */
  readonly table: string
  readonly shape: TableShape
  readonly dimension: number
  /** ` ON CLUSTER name`, or nothing. */
  readonly onCluster: string
  /** A system table as FROM clause: plain, or over all replicas of the cluster. */
  system(name: string): string
}

/** One part of a table, as far as an index goes. */
export interface IndexedPart {
  readonly name: string
  readonly rows: number
  readonly indexed: boolean
}

/** Where an index stands. */
export interface IndexState {
  /** `partial`: built, and rows added since are searched exactly beside it. */
  readonly status: 'none' | 'building' | 'built' | 'partial' | 'failed'
  /** Rows on disk, deleted ones that were not yet cleaned up included. */
  readonly rows: number
  readonly indexedRows: number
  readonly parts: number
  readonly indexedParts: number
  /** Bytes on disk. */
  readonly bytes: number
  /** The index as the database describes it; undefined where there is none. */
  readonly definition?: string
  /** Why it failed, in the database's words. */
  readonly failure?: string
}

/** Progress of a build; `fraction` runs from 0 to 1 within each phase. */
export interface BuildProgress {
  readonly phase: 'merge' | 'index'
  readonly fraction: number
}

/** How an index is built. */
export interface BuildOptions {
  readonly progress?: (progress: BuildProgress) => void
  readonly signal?: AbortSignal
  /** Milliseconds after which a build counts as stuck; default 6 hours. */
  readonly timeout?: number
  /** Milliseconds between looks at the state; default 1,000. */
  readonly interval?: number
  /** Up to that many rows may stay outside the index: searching them exactly is cheap; default 5,000. */
  readonly looseRows?: number
  /** What the index is like, where the dialect leaves a choice. */
  readonly hnsw?: HnswParameters
}

/** Parameters of ClickHouse's HNSW index. */
export interface HnswParameters {
  /** How components are stored in the index. Answers are always ranked by the table's own float32 vectors. */
  readonly quantization: 'f32' | 'f16' | 'bf16' | 'i8'
  /** Links a node (HNSW's M). */
  readonly connections: number
  /** Candidates while building (HNSW's ef_construction). */
  readonly candidates: number
}

/** What a build came to. */
export interface BuildReport {
  /** `kept`: nothing to do; `extended`: parts without index got one; `rebuilt`: merged into one part and indexed. */
  readonly did: 'kept' | 'extended' | 'rebuilt'
  readonly state: IndexState
}

/** A statement that searches with the index, and what it is sent with. */
export interface IndexedStatement {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
  readonly settings: Readonly<Record<string, string | number>>
}

/** One question to an index. */
export interface IndexQuestion {
  readonly vector: ArrayLike<number>
  readonly k: number
  readonly columns: readonly string[]
  readonly where: Condition | undefined
  readonly effort: number
  /** Candidates taken from the index for each row wanted; 1 at least. */
  readonly widening: number
  readonly definition: string
}

/** How hard an index may be asked to try. */
export interface EffortRange {
  readonly name: string
  readonly least: number
  readonly most: number
}

/** A kind of vector index: what differs between ClickHouse and MyScale, and nothing else. */
export interface VectorIndex {
  /** `HNSW`, `MSTG` or `SCANN`. */
  readonly type: string
  readonly effort: EffortRange
  /** The effort of a search of so many rows that doesn't say one. */
  defaultEffort(rows: number): number
  /** Sent with every search, exact ones included. */
  readonly searchSettings: Readonly<Record<string, string | number>>
  /** True where conditions are applied before the index is asked, so that it never comes up short. */
  readonly filtersFirst: boolean
  /** Widenings to try in turn for k rows, before the exact search takes over; the first one without need. */
  widenings(k: number, filtered: boolean): readonly number[]
  /** Settings of an INSERT that leave the index of new rows to a later build. */
  insertSettings(shape: TableShape): Readonly<Record<string, string | number>>
  state(table: IndexedTable): Promise<IndexState>
  build(table: IndexedTable, options: BuildOptions): Promise<BuildReport>
  drop(table: IndexedTable): Promise<void>
  statement(table: IndexedTable, question: IndexQuestion): IndexedStatement
  /** The question's vector as an expression for ClickHouse's own distance functions, with its bound values. */
  bound(vector: ArrayLike<number>): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> }
  /** True when the engine itself says that it would answer this statement with the index. */
  isUsed(table: IndexedTable, statement: IndexedStatement): Promise<boolean>
}
