import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { searchWords } from './keyword-search.ts'
import { contentDigest, eachRow, exactDistances, exactNeighbours, sampleRows, shareCondition } from './oracle.ts'
import { shapes } from './table-kind.ts'

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
const table = () => ({ database: new Database(client, 'art'), name: 'art.t', shape: shapes.text })
const last = () => server.statements.at(-1)

describe('a share of the rows', () => {
  test.each([
    [1, '1'],
    [2, '1'],
    [0.5, 'cityHash64(id) % 1000000 < 500000'],
    [0.001, 'cityHash64(id) % 1000000 < 1000'],
    [0.0000004, 'cityHash64(id) % 1000000 < 0'],
    [0, 'cityHash64(id) % 1000000 < 0'],
  ])('of %d is %j', (share, sql) => {
    expect(shareCondition(share)).toBe(sql)
  })
})

describe('exact answers', () => {
  const vectors = [Float32Array.of(1, 0), Float32Array.of(0, 1)]

  test('to many questions come from one scan, without any index', async () => {
    server.answer(/groupArraySorted/, [
      {
        n0: [
          [0.1, 'a'],
          [0.2, 'b'],
        ],
        n1: [['0.3', 'c']],
      },
    ])
    expect(await exactNeighbours(table(), vectors, { depth: 2, share: 0.5 })).toEqual([
      { ids: ['a', 'b'], distances: [0.1, 0.2] },
      { ids: ['c'], distances: [0.3] },
    ])
    expect(server.sent(/groupArraySorted/)).toHaveLength(1)
    expect(last()?.settings.get('use_skip_indexes')).toBe('0')
    expect(last()?.sql).toMatch(/groupArraySorted\(2\).*WHERE cityHash64\(id\) % 1000000 < 500000/)
  })

  test.each([46, 63])('are asked for one by one where the engine does not know how (code %i)', async (code) => {
    server.answer(/groupArraySorted/, { code, message: 'Unknown function groupArraySorted.' })
    server.answer(/ORDER BY distance, id/, [{ id: 'a', distance: 0.5 }])
    const answers = await exactNeighbours(table(), vectors, { depth: 1 })
    expect(answers).toEqual(Array(2).fill({ ids: ['a'], distances: [0.5] }))
    expect(server.sent(/ORDER BY distance, id/)).toHaveLength(2)
  })

  test('are a failure where the engine fails', async () => {
    server.answer(/groupArraySorted/, { code: 60, message: 'Unknown table.' })
    await expect(exactNeighbours(table(), vectors, { depth: 1 })).rejects.toMatchObject({ code: 60 })
  })

  test('of an empty table are empty', async () => {
    server.answer(/groupArraySorted/, [{ n0: [], n1: [] }])
    expect(await exactNeighbours(table(), vectors, { depth: 1 })).toEqual(Array(2).fill({ ids: [], distances: [] }))
  })

  test('by name leave out what does not exist', async () => {
    server.answer(/WHERE id IN/, [{ id: 'a', distance: '0.25' }])
    const found = await exactDistances(table(), vectors[0] as Float32Array, { ids: ['a', 'nobody'] })
    expect(found).toEqual(new Map([['a', 0.25]]))
    expect(last()?.settings.get('param_ids')).toBe("['a','nobody']")
  })
})

describe('reading a whole table', () => {
  test('goes from batch to batch by the last id, until there is none', async () => {
    const pages = [['a', 'b'], ['c'], []]
    server.answer(/ORDER BY id LIMIT/, () => (pages.shift() ?? []).map((id) => ({ id, vector: [1, 2] })))
    const seen: string[][] = []
    for await (const { ids, vectors } of eachRow(table(), 2)) {
      seen.push(ids)
      expect(vectors).toEqual(ids.map(() => Float32Array.of(1, 2)))
    }
    expect(seen).toEqual([['a', 'b'], ['c']])
    const asked = server.statements.filter(({ sql }) => /ORDER BY id LIMIT/.test(sql))
    expect(asked.map(({ settings }) => [settings.get('param_first'), settings.get('param_last')])).toEqual([
      ['1', ''],
      ['0', 'b'],
      ['0', 'c'],
    ])
  })

  test('an id that is empty is an id like any other, and passed but once', async () => {
    const pages = [[''], []]
    server.answer(/ORDER BY id LIMIT/, () => (pages.shift() ?? []).map((id) => ({ id, vector: [1] })))
    const seen: string[] = []
    for await (const { ids } of eachRow(table())) seen.push(...ids)
    expect(seen).toEqual([''])
    expect(last()?.settings.get('param_first')).toBe('0')
  })

  test('draws its sample by the seed and the ids alone', async () => {
    server.answer(/cityHash64\(id, /, [{ id: 'a', vector: [0.5, 1] }])
    expect(await sampleRows(table(), 3, "it's")).toEqual([{ id: 'a', vector: Float32Array.of(0.5, 1) }])
    expect(last()?.settings.get('param_seed')).toBe("it\\'s")
  })

  test.each([
    [{ rows: '3', digest: 'ABC' }, '3-abc'],
    [{ rows: 0, digest: '' }, '0-'],
    [undefined, '0-'],
  ])('the digest of %j is %s', async (row, digest) => {
    server.answer(/AS digest/, row ? [row] : [])
    expect(await contentDigest(table())).toBe(digest)
  })
})

describe('a search by words', () => {
  const NOTHING = { version: '26', settings: new Map<string, string>(), tableSettings: new Map(), vectorTables: false }
  const INDEXED = { ...NOTHING, settings: new Map([['enable_full_text_index', '1']]) }
  const search = (words: string, changes: object = {}, capabilities = NOTHING) =>
    searchWords(table(), { words, k: 5, ...changes }, capabilities)

  test.each([
    ['Castle, NIGHT castle!', ['castle', 'night']],
    ['greg_rutkowski 4k', ['greg', 'rutkowski', '4k']],
    ['Schloß 城', ['schloß', '城']],
    [Array.from({ length: 40 }, (_, at) => `w${at}`).join(' '), Array.from({ length: 32 }, (_, at) => `w${at}`)],
  ])('%j looks for %j', async (words, expected) => {
    expect((await search(words)).words.map(({ word }) => word)).toEqual(expected)
  })

  test('counts rare words for more, and gives them bound, never pasted', async () => {
    server.answer(/AS total/, [{ total: '100', n0: '50', n1: '1' }])
    server.answer(/AS score/, [{ id: 'a', score: '4.2', matched: '2' }])
    server.answer(/WHERE id IN/, [{ id: 'a', width: '512', height: 768 }])
    const answer = await search("castle o'brien", { columns: ['width', 'height'] })
    expect(answer.used).toBe('scan')
    expect(answer.hits).toEqual([{ id: 'a', score: 4.2, matched: 2, width: 512, height: 768 }])
    const ranked = server.statements.find(({ sql }) => sql.includes('AS score'))
    const [common, rare] = [...(ranked?.sql ?? '').matchAll(/\* (\d\.\d{6})/g)].map(([, weight]) => Number(weight))
    expect(rare).toBeGreaterThan(common as number)
    expect(ranked?.sql).not.toContain('castle')
    expect(ranked?.settings.get('param_w0')).toBe('castle')
    expect(last()?.settings.get('param_ids')).toBe("['a']")
  })

  test('goes through the text index where the engine has one', async () => {
    server.answer(/AS total/, [{ total: '100', n0: '50' }])
    expect((await search('castle', {}, INDEXED)).used).toBe('text index')
    expect(last()?.sql).toContain('hasAnyTokens(lowerUTF8(prompt), {words:Array(String)})')
  })

  test('keeps to its filter', async () => {
    await search('castle', { filter: { column: 'width', is: '>=', value: 512 } })
    expect(last()?.sql).toMatch(/ AND \(width >= \{f0:UInt64\}\)/)
    expect(last()?.settings.get('param_f0')).toBe('512')
  })

  test.each(['', ' ', '!?', '--'])('%j holds no word', async (words) => {
    await expect(search(words)).rejects.toMatchObject({
      exitCode: 2,
      message: `"${words}" holds no word to look for.`,
    })
  })
})
