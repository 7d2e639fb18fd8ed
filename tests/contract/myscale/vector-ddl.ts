import type { EmbeddedEngine } from '@promptloom/store/embedded-engine'
import type { IndexRegistry, RegisteredIndex } from './index-registry.ts'
import type { Profile } from './profile.ts'
import { Refusal } from './refusal.ts'
import { bareName, closing, contents, find, follows, type Token } from './tokenizer.ts'

/** What the statements about indexes work with. */
export interface DdlContext {
  readonly engine: EmbeddedEngine
  readonly registry: IndexRegistry
  readonly profile: Profile
}

const METRICS = ['L2', 'COSINE', 'IP']
const VALID_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  MSTG: ['alpha', 'metric_type'],
  SCANN: ['alpha', 'metric_type'],
  FLAT: ['metric_type'],
  IVFFLAT: ['metric_type', 'ncentroids', 'nprobe'],
  IVFPQ: ['M', 'bit_size', 'metric_type', 'ncentroids', 'nprobe'],
  IVFSQ: ['bit_size', 'metric_type', 'ncentroids', 'nprobe'],
  HNSWFLAT: ['ef_c', 'ef_s', 'm', 'metric_type'],
  HNSWSQ: ['bit_size', 'ef_c', 'ef_s', 'm', 'metric_type'],
}
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  m: [8, 128],
  ef_c: [16, 1024],
  ef_s: [16, 1024],
  alpha: [1, 4],
}

/** The statement about a vector index that the tokens hold, done; false where they hold none. */
export async function vectorDdl(tokens: readonly Token[], sql: string, context: DdlContext): Promise<boolean> {
  if (follows(tokens, 0, 'ALTER', 'TABLE')) return alter(tokens, sql, context)
  if (follows(tokens, 0, 'CREATE', 'VECTOR', 'INDEX') || follows(tokens, 0, 'DROP', 'VECTOR', 'INDEX')) {
    const on = find(tokens, ['ON'])
    const table = tableAt(tokens, on + 1)
    const rest = tokens.slice(table.next)
    if (follows(tokens, 0, 'CREATE')) await add([...tokens.slice(3, on), ...rest], sql, table, context)
    else await drop(tokens.slice(3, on), table, context)
    return true
  }
  if (follows(tokens, 0, 'CREATE', 'TABLE')) return createTable(tokens, sql, context)
  return false
}

async function alter(tokens: readonly Token[], sql: string, context: DdlContext): Promise<boolean> {
  const table = tableAt(tokens, 2)
  const at = table.next
  if (follows(tokens, at, 'ADD', 'VECTOR')) {
    if (!follows(tokens, at + 2, 'INDEX')) throw syntax('Expected INDEX')
    await add(tokens.slice(at + 3), sql, table, context)
    return true
  }
  if (follows(tokens, at, 'DROP', 'VECTOR', 'INDEX')) {
    await drop(tokens.slice(at + 3), table, context)
    return true
  }
  await refuseAlter(tokens, at, table, context)
  return false
}

async function refuseAlter(tokens: readonly Token[], at: number, table: TableName, context: DdlContext): Promise<void> {
  const indexes = await context.registry.of(table.database, table.name)
  const full = `${table.database}.${table.name}`
  if (follows(tokens, at, 'DELETE') && indexes.length > 0) {
    throw new Refusal(
      392,
      'QUERY_NOT_ALLOWED',
      `ALTER TABLE ... DELETE is not allowed for table ${full} with vector index. Please use DELETE FROM instead`,
    )
  }
  if (follows(tokens, at, 'UPDATE') && indexes.some((one) => one.column === bareName(tokens[at + 1]?.text ?? ''))) {
    throw new Refusal(
      392,
      'QUERY_NOT_ALLOWED',
      ' ALTER UPDATE vector column with index is not allowed, Please use DELETE and INSERT statement instead',
    )
  }
  if (follows(tokens, at, 'DROP', 'CONSTRAINT')) {
    const [count] = await context.registry.rows<{ n: string }>(`SELECT count() AS n FROM ${full}`)
    const name = bareName(tokens[at + 2]?.text ?? '')
    if (indexes.length > 0)
      throw new Refusal(44, 'ILLEGAL_COLUMN', `Cannot drop constraint ${name}: vector index exists on the column`)
    if (Number(count?.n) > 0)
      throw new Refusal(44, 'ILLEGAL_COLUMN', `Cannot drop constraint ${name}: the table is not empty`)
  }
  if (follows(tokens, at, 'ADD', 'INDEX')) {
    const type = tokens[find(tokens, ['TYPE'], at) + 1]?.text ?? ''
    if (/^(vector_similarity|text|fts|mstg|scann)$/i.test(type)) {
      throw new Refusal(
        80,
        'INCORRECT_QUERY',
        `Unknown Index type '${type.toLowerCase()}'. Available index types: minmax, set, ngrambf_v1, tokenbf_v1, bloom_filter, hypothesis, annoy${context.profile.textSearch ? ', fts' : ''}`,
      )
    }
  }
}

async function add(tokens: readonly Token[], sql: string, table: TableName, context: DdlContext): Promise<void> {
  const { registry, engine } = context
  const lenient = follows(tokens, 0, 'IF', 'NOT', 'EXISTS')
  const at = lenient ? 3 : 0
  const name = bareName(tokens[at]?.text ?? '')
  const column = bareName(tokens[at + 1]?.text ?? '')
  if (!name || !column) throw syntax('Expected name and column of the vector index')
  const existing = await registry.of(table.database, table.name)
  if (existing.some((one) => one.name === name)) {
    if (lenient) return
    throw new Refusal(36, 'BAD_ARGUMENTS', `Cannot add vector index ${name}: this name is used`)
  }
  const columnType = await typeOf(table, column, registry)
  if (columnType === undefined)
    throw new Refusal(44, 'ILLEGAL_COLUMN', `Cannot add vector index ${name}: column ${column} does not exist`)
  if (existing.some((one) => one.column === column)) {
    if (lenient) return
    throw new Refusal(
      44,
      'ILLEGAL_COLUMN',
      `Cannot add vector index ${name}: this column already has a vector index definition`,
    )
  }
  checkColumnType(columnType)
  const dimension = await dimensionOf(table, column, registry)
  if (dimension === undefined)
    throw new Refusal(44, 'ILLEGAL_COLUMN', `Cannot add FloatVector index ${name}: column has no length constraint`)
  const { type, metric, text } = definition(tokens.slice(at + 2), sql, context.profile)
  const fn = { COSINE: 'cosineDistance', L2: 'L2Distance', IP: 'dotProduct' }[metric]
  const full = `${table.database}.${table.name}`
  await engine.run({
    sql: `ALTER TABLE ${full} ADD INDEX __vi_${name} ${column} TYPE vector_similarity('hnsw', '${fn}', ${dimension}, 'f32', 32, 128)`,
  })
  await registry.add({
    ...table,
    table: table.name,
    name,
    column,
    type,
    metric,
    expr: `${name} ${column}${text}`,
  } as RegisteredIndex)
}

/** `TYPE T('k=v', …)`, validated as the server does. */
function definition(tokens: readonly Token[], sql: string, profile: Profile) {
  const own = profile.mstg ? 'MSTG' : 'SCANN'
  if (tokens.length === 0) return { type: own, metric: 'L2' as const, text: ` TYPE DEFAULT` }
  if (!follows(tokens, 0, 'TYPE') || tokens[1]?.kind !== 'word') throw syntax('Expected TYPE and its name')
  const written = tokens[1].text
  const type = written.toUpperCase()
  if (!profile.indexTypes.includes(type)) {
    throw new Refusal(
      1001,
      'STD_EXCEPTION',
      `SearchIndexException: Error(BAD_ARGUMENTS): Unknown index type for Float32 Vector: ${written}.`,
    )
  }
  const end = tokens[2]?.text === '(' ? closing(tokens, 2) : 1
  const parameters = tokens.slice(3, end).filter((token) => token.text !== ',')
  let metric: 'COSINE' | 'L2' | 'IP' = 'L2'
  for (const parameter of parameters) {
    if (parameter.kind !== 'string') throw bad('All parameters to vector index must be String')
    const [key = '', value = '', more] = contents(parameter.text).replace(/\s/g, '').split('=')
    if (!value || more !== undefined) throw bad('Key-value String parameter to vector index has only one `=`')
    checkParameter(type, key, value)
    if (key === 'metric_type') metric = value.toUpperCase() as typeof metric
  }
  const text = ` ${sql.slice(tokens[0]?.start, tokens[Math.min(end, tokens.length - 1)]?.end)}`
  return { type: written, metric, text }
}

function checkParameter(type: string, key: string, value: string): void {
  const valid = VALID_PARAMETERS[type] ?? []
  if (!valid.includes(key))
    throw bad(`${type} doesn't support index parameter: \`${key}\`, valid parameters is [${valid.join(',')}]`)
  if (key === 'metric_type' && !METRICS.includes(value.toUpperCase())) {
    throw bad(`${type} parameter \`metric_type\` should be one of [L2, COSINE, IP]`)
  }
  const range = RANGES[key]
  if (!range) return
  if (key !== 'alpha' && !/^\d+$/.test(value))
    throw bad(`${type} expects an integer value for parameter: \`${key}\`, but got \`${value}\``)
  if (Number(value) < range[0] || Number(value) > range[1])
    throw bad(`${type} parameter \`${key}\` range needs to be ${range[0]}~${range[1]}`)
}

async function drop(tokens: readonly Token[], table: TableName, { registry, engine }: DdlContext): Promise<void> {
  const lenient = follows(tokens, 0, 'IF', 'EXISTS')
  const name = bareName(tokens[lenient ? 2 : 0]?.text ?? '')
  const there = (await registry.of(table.database, table.name)).some((one) => one.name === name)
  if (!there && lenient) return
  if (!there) throw bad(`Wrong vector index name. Cannot find vector index \`${name}\` to drop`)
  await registry.remove(table.database, table.name, name)
  // What MyScale does of itself: a build that still runs is given up.
  await engine.run({ sql: `KILL MUTATION WHERE database = '${table.database}' AND table = '${table.name}' SYNC` })
  await engine.run({
    sql: `ALTER TABLE ${table.database}.${table.name} DROP INDEX IF EXISTS __vi_${name}`,
    settings: { mutations_sync: 2 },
  })
}

/** CREATE TABLE with a VECTOR INDEX clause: the table without it, then the index. */
async function createTable(tokens: readonly Token[], sql: string, context: DdlContext): Promise<boolean> {
  const at = find(tokens, ['VECTOR', 'INDEX'])
  const plain = find(tokens, ['INDEX'])
  if (at < 0) {
    const type = plain < 0 ? '' : (tokens[find(tokens, ['TYPE'], plain) + 1]?.text ?? '')
    if (/^(mstg|scann|vector_similarity|text)$/i.test(type)) {
      throw new Refusal(
        80,
        'INCORRECT_QUERY',
        `Unknown Index type '${type.toLowerCase()}'. Available index types: minmax, set, ngrambf_v1, tokenbf_v1, bloom_filter, hypothesis, annoy${context.profile.textSearch ? ', fts' : ''}`,
      )
    }
    return false
  }
  let end = at
  while (end < tokens.length && ![',', ')'].includes(tokens[end]?.text ?? ''))
    end = tokens[end]?.text === '(' ? closing(tokens, end) + 1 : end + 1
  const clause = tokens.slice(at + 2, end)
  const comma = tokens[at - 1]?.text === ',' ? at - 1 : at
  const without = sql.slice(0, tokens[comma]?.start) + sql.slice(tokens[end]?.start)
  const column = bareName(clause[1]?.text ?? '')
  if (!new RegExp(`length\\(\\s*${column}\\s*\\)\\s*=\\s*\\d+`).test(sql)) {
    throw new Refusal(
      44,
      'ILLEGAL_COLUMN',
      `Cannot create table with column '${column}' which type is 'Array(Float32)' because the constraint information was not defined during the creation of a vector index for the column.`,
    )
  }
  const nameAt = follows(tokens, 2, 'IF', 'NOT', 'EXISTS') ? 5 : 2
  await context.engine.run({ sql: without })
  await add(clause, sql, tableAt(tokens, nameAt), context)
  return true
}

/** A table's name, and where the tokens go on. */
export interface TableName {
  readonly database: string
  readonly name: string
  readonly next: number
}

/** The table named at that token. */
export function tableAt(tokens: readonly Token[], at: number): TableName {
  const first = bareName(tokens[at]?.text ?? '')
  if (tokens[at + 1]?.text !== '.') return { database: 'default', name: first, next: at + 1 }
  return { database: first, name: bareName(tokens[at + 2]?.text ?? ''), next: at + 3 }
}

/** Type of a column; undefined where there is none. */
export async function typeOf(
  { database, name }: TableName,
  column: string,
  registry: IndexRegistry,
): Promise<string | undefined> {
  const rows = await registry.rows<{ type: string }>(
    `SELECT type FROM system.columns WHERE database = '${database}' AND table = '${name}' AND name = '${column}'`,
  )
  return rows[0]?.type
}

/** The length that the column's constraint demands. */
export async function dimensionOf(
  { database, name }: TableName,
  column: string,
  registry: IndexRegistry,
): Promise<number | undefined> {
  const rows = await registry.rows<{ ddl: string }>(
    `SELECT create_table_query AS ddl FROM system.tables WHERE database = '${database}' AND name = '${name}'`,
  )
  const length = new RegExp(`length\\(${column}\\) = (\\d+)`).exec(rows[0]?.ddl ?? '')?.[1]
  return length === undefined ? undefined : Number(length)
}

function checkColumnType(type: string): void {
  if (type === 'Array(Float32)') return
  if (/^Array\(/.test(type))
    throw new Refusal(117, 'INCORRECT_DATA', 'The element type inside the array must be `Float32`')
  throw new Refusal(117, 'INCORRECT_DATA', 'Vector search can be used with `Array(Float32)` or `FixedString` column')
}

function bad(message: string): Refusal {
  return new Refusal(36, 'BAD_ARGUMENTS', message)
}

function syntax(message: string): Refusal {
  return new Refusal(62, 'SYNTAX_ERROR', `Syntax error: ${message}`)
}
