import type { IndexRegistry } from './index-registry.ts'
import type { Profile } from './profile.ts'
import { Refusal } from './refusal.ts'
import { bareName, closing, contents, find, follows, items, type Token } from './tokenizer.ts'
import { type TableName, tableAt, typeOf } from './vector-ddl.ts'

/** What statements about text are checked and rewritten with. */
export interface TextContext {
  readonly registry: IndexRegistry
  readonly profile: Profile
}

/** `ADD INDEX … TYPE fts(…)` and what follows it, done; false for any other statement. */
export async function textDdl(tokens: readonly Token[], { registry, profile }: TextContext): Promise<boolean> {
  if (!profile.textSearch || !follows(tokens, 0, 'ALTER', 'TABLE')) return false
  const table = tableAt(tokens, 2)
  const at = table.next
  if (follows(tokens, at, 'ADD', 'INDEX')) return add(tokens, at + 2, table, registry)
  const [verb = ''] = ['MATERIALIZE', 'DROP'].filter((word) => follows(tokens, at, word, 'INDEX'))
  const text = (await registry.textsOf(table)).find(({ name }) => name === bareName(tokens[at + 2]?.text ?? ''))
  if (!verb || !text) return false
  if (verb === 'MATERIALIZE') text.missing = []
  else await registry.removeText(table, text.name)
  return true
}

async function add(
  tokens: readonly Token[],
  from: number,
  table: TableName,
  registry: IndexRegistry,
): Promise<boolean> {
  const type = find(tokens, ['TYPE'], from)
  if (!follows(tokens, type + 1, 'fts')) return false
  const lenient = follows(tokens, from, 'IF', 'NOT', 'EXISTS')
  const name = bareName(tokens[from + (lenient ? 3 : 0)]?.text ?? '')
  const place = from + (lenient ? 4 : 1)
  const column = bareName(tokens[tokens[place]?.text === '(' ? place + 1 : place]?.text ?? '')
  if ((await registry.textsOf(table)).some((one) => one.name === name)) {
    if (lenient) return true
    throw new Refusal(36, 'BAD_ARGUMENTS', `Cannot add index ${name}: index with this name already exists`)
  }
  if ((await typeOf(table, column, registry)) !== 'String') {
    throw new Refusal(80, 'INCORRECT_QUERY', `FTS index can be used only with String columns, not with ${column}`)
  }
  checkParameters(tokens, type + 2, column)
  const parts = await registry.rows<{ name: string }>(
    `SELECT name FROM system.parts WHERE database = '${table.database}' AND table = '${table.name}' AND active`,
  )
  await registry.addText(table, { name, column, missing: parts.map((part) => part.name) })
  return true
}

function checkParameters(tokens: readonly Token[], open: number, column: string): void {
  if (tokens[open]?.text !== '(') return
  const parameter = tokens[open + 1]
  try {
    const json = JSON.parse(contents(parameter?.text ?? ''))
    if (parameter?.kind === 'string' && typeof json[column].tokenizer.type === 'string') return
  } catch {
    // Refused below, whatever is wrong with it.
  }
  throw new Refusal(36, 'BAD_ARGUMENTS', `Invalid parameter of fts index on ${column}: ${parameter?.text}`)
}

/**
 * Checks a `TextSearch()` as MyScale does, and turns it into an expression that chDB knows; the SQL as it is where there
 * is none. The score is the share of the words that were found, less a little for long texts: not BM25, whose order
 * this says nothing of. Rows of parts whose index was never built are silently not there.
 */
export async function rewriteTextSearch(tokens: readonly Token[], sql: string, context: TextContext): Promise<string> {
  const { registry, profile } = context
  const at = tokens.findIndex((token, index) => /^TextSearch$/i.test(token.text) && tokens[index + 1]?.text === '(')
  if (at < 0) return sql
  if (!profile.textSearch) throw new Refusal(46, 'UNKNOWN_FUNCTION', 'Unknown function TextSearch')
  const order = find(tokens, ['ORDER', 'BY'], at)
  const limit = find(tokens, ['LIMIT'], at)
  if (limit < 0) throw new Refusal(62, 'SYNTAX_ERROR', 'Not support TextSearch function without LIMIT N clause')
  if (order < 0 || !tokens.slice(order, limit).some((token) => /^DESC$/i.test(token.text))) {
    throw new Refusal(62, 'SYNTAX_ERROR', 'The results returned by TextSearch should be ordered by `DESC`')
  }
  const call = items(tokens, at + 1)
  const column = bareName(tokens[call[0]?.[0] as number]?.text ?? '')
  const text = (await registry.textsOf(tableAt(tokens, find(tokens, ['FROM'], at) + 1))).find(
    (one) => one.column === column,
  )
  if (!text) {
    const message = `The column ${column} has no fts index for text search`
    throw new Refusal(profile.illegalTextSearch, 'ILLEGAL_TEXT_SEARCH', message)
  }
  const words = contents(tokens[call[1]?.[0] as number]?.text ?? '').split(/\s+/)
  const has = words.map((word) => `hasToken(lowerUTF8(${column}), '${word.toLowerCase()}')`)
  const missing = text.missing.map((part) => `'${part}'`).join(', ')
  const seen = missing ? `(_part NOT IN (${missing})) * ` : ''
  const score = `(${seen}(${has.join(' + ')}) / ${words.length} - length(${column}) / 1e9)`
  const end = closing(tokens, at + 1)
  const found = `(${seen}(${has.join(' + ')})) > 0`
  const where = find(tokens.slice(0, order), ['WHERE'], at)
  const rest = sql.slice(tokens[end]?.end, tokens[where < 0 ? order : where]?.start)
  const condition = where < 0 ? '' : ` AND (${sql.slice(tokens[where]?.end, tokens[order]?.start)})`
  // Only rows that have a word are found at all.
  return `${sql.slice(0, tokens[at]?.start)}${score}${rest} WHERE ${found}${condition} ${sql.slice(tokens[order]?.start)}`
}
