import { createHash } from 'node:crypto'
import { seededRandom } from './random.ts'
import type { Ask, Counters, EngineFacts, IndexFacts, Proof, Reply, Target, TargetTable } from './target.ts'

/** A row of the stand-in for a database. */
export interface MemoryRow {
  readonly id: string
  readonly vector: Float32Array
}

/** Ways in which the stand-in can be made to lie, fail or forget; may be changed while a benchmark runs. */
export interface Faults {
  /** Changes an answer before it is returned. */
  answer?: (ids: string[], ask: Ask) => string[]
  /** What EXPLAIN says; default: the index is used whenever an effort is given. */
  usesIndex?: (ask: Ask) => boolean
  /** What the answer itself claims. */
  used?: (ask: Ask) => Reply['used']
  /** Whether the engine counts this answer as one from its cache of results. */
  fromCache?: (ask: Ask) => boolean
  /** Searches of the index that the engine counts for this question; default 1 where an effort is given. */
  searches?: (ask: Ask) => number
  /** Milliseconds that an answer takes. */
  delay?: (ask: Ask) => number
}

/** A database of one or two tables in memory that answers exactly, for tests of how the benchmark judges. */
export class MemoryTarget implements Target {
  readonly text: MemoryTable | undefined
  readonly image: MemoryTable | undefined
  readonly facts: EngineFacts = {
    label: 'memory double',
    version: '1',
    effortName: 'ef',
    efforts: { quick: [16, 64], full: [16, 32, 64] },
    local: true,
  }

  constructor(tables: { text?: MemoryRow[]; image?: MemoryRow[] }, faults: Faults = {}) {
    this.text = tables.text && new MemoryTable(tables.text, faults)
    this.image = tables.image && new MemoryTable(tables.image, faults)
  }

  async engine(): Promise<EngineFacts> {
    return this.facts
  }

  async table(kind: 'text' | 'image'): Promise<MemoryTable | undefined> {
    return this[kind]
  }
}

/** One table in memory. `asked` keeps every question, in order. */
export class MemoryTable implements TargetTable {
  readonly content: MemoryRow[]
  readonly faults: Faults
  readonly asked: Ask[] = []
  indexState: IndexFacts = {
    state: 'built',
    definition: 'hnsw double',
    parts: 1,
    diskBytes: 1000,
    memoryBytes: null,
    note: '',
  }

  #counters: Counters = { indexSearches: 0, visited: 0, cacheHits: 0 }

  constructor(rows: MemoryRow[], faults: Faults) {
    this.content = rows
    this.faults = faults
  }

  async rows(): Promise<number> {
    return this.content.length
  }

  async dimension(): Promise<number> {
    return this.content[0]?.vector.length ?? 0
  }

  async digest(): Promise<string> {
    const hash = createHash('sha256')
    for (const { id, vector } of this.content) hash.update(id).update(Buffer.from(vector.buffer))
    return hash.digest('hex')
  }

  async sample(count: number, seed: string): Promise<MemoryRow[]> {
    const order = (id: string) => createHash('sha256').update(`${seed} ${id}`).digest('hex')
    const sorted = [...this.content].sort((a, b) => (order(a.id) < order(b.id) ? -1 : 1))
    return sorted.slice(0, count)
  }

  async nearest(vectors: readonly Float32Array[], depth: number, share: number) {
    return vectors.map((vector) => {
      const found = this.#sorted(vector, share).slice(0, depth)
      return { ids: found.map(({ id }) => id), distances: Float32Array.from(found, ({ distance }) => distance) }
    })
  }

  async distances(vector: Float32Array, ids: readonly string[], share: number): Promise<Map<string, number>> {
    const wanted = new Set(ids)
    const found = this.#sorted(vector, share).filter(({ id }) => wanted.has(id))
    return new Map(found.map(({ id, distance }) => [id, distance]))
  }

  async search(ask: Ask): Promise<Reply> {
    this.asked.push(ask)
    const delay = this.faults.delay?.(ask) ?? 0
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    const ids = this.#sorted(ask.vector, ask.share)
      .slice(0, ask.k)
      .map(({ id }) => id)
    const { indexSearches, visited, cacheHits } = this.#counters
    const searches = this.faults.searches?.(ask) ?? (ask.effort === 'exact' ? 0 : 1)
    this.#counters = {
      indexSearches: indexSearches + searches,
      visited: visited + 100 * searches,
      cacheHits: cacheHits + Number(this.faults.fromCache?.(ask) ?? false),
    }
    const used = this.faults.used?.(ask) ?? (ask.effort === 'exact' ? 'exact' : 'index')
    return { ids: this.faults.answer?.(ids, ask) ?? ids, used }
  }

  async prove(ask: Ask): Promise<Proof> {
    const usesIndex = this.faults.usesIndex?.(ask) ?? ask.effort !== 'exact'
    return { usesIndex, evidence: usesIndex ? 'Skip index' : 'ReadFromMergeTree' }
  }

  async counters(): Promise<Counters> {
    return this.#counters
  }

  async index(): Promise<IndexFacts> {
    return this.indexState
  }

  async dropCaches(): Promise<boolean> {
    return true
  }

  #sorted(vector: Float32Array, share: number): { id: string; distance: number }[] {
    return this.content
      .filter(({ id }) => share === 1 || bucket(id) < share)
      .map((row) => ({ id: row.id, distance: cosineDistance(row.vector, vector) }))
      .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
  }
}

function bucket(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32LE(0) / 2 ** 32
}

function cosineDistance(a: Float32Array, b: Float32Array): number {
  let [dot, left, right] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    dot += (a[index] as number) * (b[index] as number)
    left += (a[index] as number) ** 2
    right += (b[index] as number) ** 2
  }
  return Math.fround(1 - dot / Math.sqrt(left * right))
}

/** Rows with random unit vectors that depend on the seed alone. */
export function randomRows(count: number, dimension: number, seed: string): MemoryRow[] {
  const random = seededRandom(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: count }, (_, row) => {
    const vector = Float32Array.from({ length: dimension }, normal)
    const length = Math.hypot(...vector)
    return { id: `${seed}-${String(row).padStart(6, '0')}`, vector: vector.map((one) => one / length) }
  })
}
