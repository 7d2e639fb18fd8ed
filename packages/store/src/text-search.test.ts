import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { searchWords } from './keyword-search.ts'
import { shapes } from './table-kind.ts'
import { hasTextSearch, textSearchReady, textSearchRows } from './text-search.ts'

let server: ClickHouseDouble
let client: ClickHouseClient
beforeEach(async () => {
  server = await ClickHouseDouble.start()
  client = server.connect()
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
})

const capabilities = (vectorTables: boolean, ...settings: string[]) => ({
  version: '23.3.2.1',
  settings: new Map(settings.map((name) => [name, '1'])),
  tableSettings: new Map<string, string>(),
  vectorTables,
})

test.each<[boolean, boolean, string[], string]>([
  [true, true, ['hybrid_search_fusion_weight'], 'a MyScale that has it'],
  [false, true, ['two_stage_search_option'], 'an older MyScale'],
  [false, false, ['hybrid_search_fusion_weight'], 'a ClickHouse with a setting of that name'],
  [false, false, [], 'a ClickHouse'],
])('TextSearch is there: %s (vector tables %s, %j: %s)', (there, vectorTables, settings) => {
  expect(hasTextSearch(capabilities(vectorTables, ...settings))).toBe(there)
})

describe('the index that TextSearch needs', () => {
  const ready = () => textSearchReady(new Database(client, 'art'), 'art.prompts', (name) => `all_nodes(system.${name})`)
  const standing = (indexes: string, building: string) => server.answer(/AS indexes/, [{ indexes, building }])

  test.each<[string, string, boolean, string]>([
    ['1', '0', true, 'built'],
    ['0', '0', false, 'missing'],
    ['1', '2', false, 'still being built'],
    ['0', '1', false, 'dropped while it was built'],
    ['2', '0', true, 'on both replicas'],
  ])('%s there, %s being built: ready %s (%s)', async (indexes, building, expected) => {
    standing(indexes, building)
    expect(await ready()).toBe(expected)
  })

  test('is asked for by the table’s own name, on all nodes, whatever else is indexed or changed there', async () => {
    standing('1', '0')
    await ready()
    const [look] = server.statements.filter(({ sql }) => /AS indexes/.test(sql))
    expect([look?.settings.get('param_database'), look?.settings.get('param_table')]).toEqual(['art', 'prompts'])
    expect(look?.sql).toContain('FROM all_nodes(system.data_skipping_indices) WHERE')
    expect(look?.sql).toContain("name = 'prompt_words' AND type = 'fts'")
    expect(look?.sql).toContain('FROM all_nodes(system.mutations) WHERE')
    expect(look?.sql).toContain("NOT is_done AND command LIKE '%MATERIALIZE INDEX prompt_words%'")
  })

  test('of a server that answers nothing counts as missing: every prompt is looked at then', async () => {
    server.answer(/AS indexes/, [])
    expect(await ready()).toBe(false)
  })
})

describe('the rows that it ranks first', () => {
  const plain = (sql: string) => sql.replace(/\s+/g, ' ')
  const question = { words: ['red', 'castle'], columns: ['id', 'prompt'], where: undefined }

  test('come as a subquery with the columns that the ranking needs, best first, as many as are bound', () => {
    expect(plain(textSearchRows('art.prompts', question))).toBe(
      "(SELECT id, prompt, TextSearch(prompt, 'red castle') AS relevance FROM art.prompts ORDER BY relevance DESC LIMIT {candidates:UInt32})",
    )
  })

  test('are those that a condition lets through', () => {
    expect(plain(textSearchRows('art.prompts', { ...question, where: 'width = {f0:UInt64}' }))).toContain(
      'FROM art.prompts WHERE width = {f0:UInt64} ORDER BY',
    )
  })
})

describe('a search by words', () => {
  const words = { words: 'Castle, Castle red!', k: 2, columns: ['prompt'] }
  const table = (textSearch: boolean) => ({
    database: new Database(client, 'art'),
    name: 'art.prompts',
    shape: shapes.text,
    textSearch,
  })
  const search = (textSearch = true, more: object = {}) =>
    searchWords(table(textSearch), { ...words, ...more }, capabilities(true, 'hybrid_search_fusion_weight'))
  const hit = (id: string) => ({ id, prompt: `a castle ${id}`, score: '0.5', matched: '1' })
  const counted = (total: number, n0: number, n1: number) => {
    server.answer(/countIf/, [{ total: `${total}`, n0: `${n0}`, n1: `${n1}` }])
    server.answer(/WHERE id IN/, ['y', 'x', 'b', 'a'].map(hit))
  }
  const found = (...ids: string[]) => server.answer(/TextSearch\(/, ids.map(hit))
  const scanned = (...ids: string[]) => server.answer(/FROM art\.prompts WHERE \(has.*ORDER BY score/, ids.map(hit))

  test('takes what TextSearch finds where that is enough, four candidates for each row wanted', async () => {
    counted(100, 9, 3)
    found('a', 'b')
    const answer = await search()
    expect(answer).toMatchObject({ used: 'text search', hits: [{ id: 'a', score: 0.5, matched: 1 }, { id: 'b' }] })
    expect(answer.words).toEqual([
      { word: 'castle', rows: 9 },
      { word: 'red', rows: 3 },
    ])
    const [sent] = server.statements.filter(({ sql }) => /TextSearch/.test(sql))
    expect(sent?.settings.get('param_candidates')).toBe('8')
    expect(sent?.sql).toContain("TextSearch(prompt, 'castle red')")
  })

  test.each<[string, number, string[], object, string]>([
    ['one row of nine that have a word', 9, ['a'], {}, 'scan'],
    ['the only row that has one', 1, ['a'], {}, 'text search'],
    ['one row with a filter', 1, ['a'], { filter: { column: 'width', is: '=', value: 512 } }, 'scan'],
    ['no row, and none has the word', 0, [], {}, 'text search'],
  ])('that brought %s is answered as it should be', async (_, rows, ids, more, used) => {
    counted(100, rows, 0)
    found(...ids)
    scanned('x', 'y')
    const answer = await search(true, more)
    expect(answer.used).toBe(used)
    expect(answer.hits.map(({ id }) => id)).toEqual(used === 'scan' ? ['x', 'y'] : ids)
  })

  test('looks at every prompt where the index is not ready, and never mentions it', async () => {
    counted(100, 9, 3)
    scanned('x')
    expect(await search(false)).toMatchObject({ used: 'scan', hits: [{ id: 'x' }] })
    expect(server.sent(/TextSearch/)).toEqual([])
  })

  test('sends nothing of its query language: operators are words, quotes are gone', async () => {
    counted(100, 9, 3)
    found('a', 'b')
    await search(true, { words: `red AND "castle" OR x:y* -z '` })
    expect(server.sent(/TextSearch/)[0]).toContain("TextSearch(prompt, 'red and castle or x y z')")
  })
})
