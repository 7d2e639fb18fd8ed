import type { EmbeddedEngine } from '@promptloom/store/embedded-engine'

/** A vector index as the double keeps it; underneath it is a `vector_similarity` index of chDB. */
export interface RegisteredIndex {
  readonly database: string
  readonly table: string
  readonly name: string
  readonly column: string
  readonly type: string
  readonly metric: 'COSINE' | 'L2' | 'IP'
  readonly expr: string
}

/** An index of a text column. Parts that were there before it are `missing` in it until it is materialized. */
export interface RegisteredText {
  readonly name: string
  readonly column: string
  missing: readonly string[]
}

/** What tests make an index do. */
export interface IndexFault {
  readonly kind: 'stuck' | 'error' | 'flip' | 'hidden'
  readonly reason?: string
  /** How many more looks it lasts; for ever where absent. */
  looks?: number
}

/** One part of an indexed table. */
export interface PartState {
  readonly part: string
  readonly rows: number
  readonly built: boolean
}

/** All vector indexes, by the UUID of their tables: an exchange of names takes them along. */
export class IndexRegistry {
  readonly #engine: EmbeddedEngine
  readonly #indexes = new Map<string, RegisteredIndex[]>()
  readonly #texts = new Map<string, RegisteredText[]>()
  readonly #firstSeen = new Map<string, number>()
  /** Milliseconds for which a new part counts as not built, however fast chDB was. */
  buildTime = 0
  fault: IndexFault | undefined

  constructor(engine: EmbeddedEngine) {
    this.#engine = engine
  }

  async uuid(database: string, table: string): Promise<string | undefined> {
    const rows = await this.rows<{ uuid: string }>(
      `SELECT toString(uuid) AS uuid FROM system.tables WHERE database = '${database}' AND name = '${table}'`,
    )
    return rows[0]?.uuid
  }

  async of(database: string, table: string): Promise<RegisteredIndex[]> {
    return this.#indexes.get((await this.uuid(database, table)) ?? '') ?? []
  }

  async add(index: RegisteredIndex): Promise<void> {
    const uuid = (await this.uuid(index.database, index.table)) as string
    this.#indexes.set(uuid, [...(this.#indexes.get(uuid) ?? []), index])
  }

  async remove(database: string, table: string, name: string): Promise<void> {
    const uuid = (await this.uuid(database, table)) as string
    this.#indexes.set(
      uuid,
      (this.#indexes.get(uuid) ?? []).filter((one) => one.name !== name),
    )
  }

  async textsOf({ database, name }: { database: string; name: string }): Promise<RegisteredText[]> {
    return this.#texts.get((await this.uuid(database, name)) ?? '') ?? []
  }

  async addText(table: { database: string; name: string }, text: RegisteredText): Promise<void> {
    const uuid = (await this.uuid(table.database, table.name)) as string
    this.#texts.set(uuid, [...(this.#texts.get(uuid) ?? []), text])
  }

  async removeText(table: { database: string; name: string }, name: string): Promise<void> {
    const left = (await this.textsOf(table)).filter((one) => one.name !== name)
    this.#texts.set((await this.uuid(table.database, table.name)) as string, left)
  }

  /** Every index of text as database, table and name. */
  async allTexts(): Promise<[string, string, string][]> {
    const found: [string, string, string][] = []
    for (const [uuid, texts] of this.#texts) {
      const [there] = await this.rows<{ database: string; name: string }>(
        `SELECT database, name FROM system.tables WHERE toString(uuid) = '${uuid}'`,
      )
      if (there) found.push(...texts.map(({ name }): [string, string, string] => [there.database, there.name, name]))
    }
    return found
  }

  /** Every index with the present names of its table. */
  async all(): Promise<RegisteredIndex[]> {
    const found: RegisteredIndex[] = []
    for (const [uuid, indexes] of this.#indexes) {
      const [there] = await this.rows<{ database: string; name: string }>(
        `SELECT database, name FROM system.tables WHERE toString(uuid) = '${uuid}'`,
      )
      if (there) found.push(...indexes.map((one) => ({ ...one, database: there.database, table: there.name })))
    }
    return found
  }

  /** The table's parts. Parts that lack the index get it in the background, as MyScale's do. */
  async parts({ database, table, name }: RegisteredIndex): Promise<PartState[]> {
    const rows = await this.rows<{ part: string; rows: string; bytes: string; uuid: string }>(
      `SELECT name AS part, rows, secondary_indices_compressed_bytes AS bytes FROM system.parts
       WHERE database = '${database}' AND table = '${table}' AND active`,
    )
    const now = Date.now()
    const parts = rows.map((one) => {
      const key = `${database}.${table}.${one.part.replace(/_\d+$/, '')}`
      if (!this.#firstSeen.has(key)) this.#firstSeen.set(key, now)
      const waited = now - (this.#firstSeen.get(key) as number) >= this.buildTime
      return { part: one.part, rows: Number(one.rows), built: Number(one.bytes) > 0 && waited && !this.#held() }
    })
    if (rows.some((one) => Number(one.bytes) === 0)) await this.#buildMissing(database, table, name)
    return parts
  }

  async #buildMissing(database: string, table: string, name: string): Promise<void> {
    const [running] = await this.rows<{ n: string }>(
      `SELECT count() AS n FROM system.mutations WHERE database = '${database}' AND table = '${table}' AND NOT is_done`,
    )
    if (Number(running?.n) > 0) return
    const sql = `ALTER TABLE ${database}.${table} MATERIALIZE INDEX __vi_${name}`
    await this.#engine.run({ sql, settings: { mutations_sync: 0 } })
  }

  #held(): boolean {
    return this.fault?.kind === 'stuck' || this.fault?.kind === 'error'
  }

  async rows<T>(sql: string): Promise<T[]> {
    const { bytes } = await this.#engine.run({ sql, format: 'JSONEachRow' })
    const text = Buffer.from(bytes).toString()
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
}
