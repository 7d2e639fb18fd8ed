import type { TrueNeighbours } from './recall.ts'

/**
 * How hard a search tries: by looking at every row (`exact`), by the index with its own measure (HNSW's ef, MSTG's
 * alpha), or as the store decides by itself (`auto`), which is what people get who don't ask for anything.
 */
export type Effort = 'exact' | 'auto' | number

/** One question of the benchmark. */
export interface Ask {
  readonly vector: Float32Array
  readonly k: number
  readonly effort: Effort
  /** Share of rows that the filter lets through, a fixed random choice by the hash of their ids; 1: no filter. */
  readonly share: number
}

/** An answer: ids best first, and which way the store says it took. */
export interface Reply {
  readonly ids: readonly string[]
  readonly used: 'index' | 'exact'
}

/** The engine's own word on how it would answer a question. */
export interface Proof {
  readonly usesIndex: boolean
  /** What the engine was asked, and said. */
  readonly evidence: string
}

/** What the engine has counted since it started. */
export interface Counters {
  /** Searches of an index graph: one a question and indexed part. */
  readonly indexSearches: number
  /** Nodes that they looked at. */
  readonly visited: number
  /** Answers from a cache of results. */
  readonly cacheHits: number
}

/** What a vector index is and takes. */
export interface IndexFacts {
  /** `none`, `building`, `built`, `partial`, `failed`, with the reason in `note`. */
  readonly state: string
  readonly definition: string
  readonly parts: number
  /** Bytes on disk, and in memory where the engine tells; null where it doesn't. */
  readonly diskBytes: number | null
  readonly memoryBytes: number | null
  readonly note: string
}

/** What is on the other end. */
export interface EngineFacts {
  /** What the figures must be labelled with; an emulated MyScale says so here. */
  readonly label: string
  readonly version: string
  /** Measure of effort: `ef` or `alpha`. */
  readonly effortName: string
  /** Efforts that make up a sweep, cheapest first: a short one and a whole one. */
  readonly efforts: { readonly quick: readonly number[]; readonly full: readonly number[] }
  /** Whether the engine works inside this process, so that its load is this process's load. */
  readonly local: boolean
}

/** One searchable table, as the benchmark sees it. */
export interface TargetTable {
  rows(): Promise<number>
  /** Length of its vectors. */
  dimension(): Promise<number>
  /** Digest of all ids and vectors: equal contents, equal digest, whatever their order. */
  digest(): Promise<string>
  /** Rows chosen by the seed alone, in an order that the seed decides. */
  sample(count: number, seed: string): Promise<{ id: string; vector: Float32Array }[]>
  /** The exact answer to many questions: the `depth` nearest rows of each, by distance and then id. */
  nearest(vectors: readonly Float32Array[], depth: number, share: number): Promise<TrueNeighbours[]>
  /** Exact distances of the named rows; those that don't exist or that the filter excludes are absent. */
  distances(vector: Float32Array, ids: readonly string[], share: number): Promise<Map<string, number>>
  search(ask: Ask): Promise<Reply>
  prove(ask: Ask): Promise<Proof>
  /** The engine's counters, of all its clients together; undefined where it has none, or keeps them to itself. */
  counters(): Promise<Counters | undefined>
  index(): Promise<IndexFacts>
  /** Empties the engine's caches, so that the next answer is a cold one; false where the engine can't. */
  dropCaches(): Promise<boolean>
}

/** The store under test. */
export interface Target {
  engine(): Promise<EngineFacts>
  /** The table; undefined while it does not exist or is empty. */
  table(kind: 'text' | 'image'): Promise<TargetTable | undefined>
}
