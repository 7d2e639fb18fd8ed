import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { profiles } from './myscale/profile.ts'
import { SqlDouble } from './myscale/server.ts'

/** What the double takes and refuses, as MyScale's sources and tests say it. */
let double: SqlDouble
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-refusals-'))
  double = await SqlDouble.start(folder, profiles[0])
  await sent('CREATE DATABASE d')
})
afterAll(async () => {
  await double[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  double.registry.fault = undefined
  for (const table of ['t', 'f', 'plain', 'made']) await sent(`DROP TABLE IF EXISTS d.${table} SYNC`)
  await sent(`CREATE TABLE d.t (id String, v Array(Float32), w Array(Float32), CONSTRAINT c CHECK length(v) = 3)
    ENGINE = MergeTree ORDER BY id`)
  await sent("INSERT INTO d.t (id, v) VALUES ('a', [1, 0, 0]), ('b', [0, 1, 0]), ('c', [0.9, 0.1, 0])")
})

async function sent(sql: string, settings: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams(settings)
  const response = await fetch(`${double.url}/?${query}`, { method: 'POST', body: sql })
  return response.text()
}
async function code(sql: string, settings: Record<string, string> = {}): Promise<number> {
  return Number(/^Code: (\d+)\. DB::Exception: /.exec(await sent(sql, settings))?.[1] ?? 0)
}
const addIndex = (type = "MSTG('metric_type=Cosine')") => `ALTER TABLE d.t ADD VECTOR INDEX i v TYPE ${type}`
const BRUTE = { enable_brute_force_vector_search: '1' }

test("the original article's faulty statement is refused as a real server refuses it", async () => {
  await sent(`CREATE TABLE d.made (id String, prompt_vector Array(Float32),
    CONSTRAINT vec_len CHECK length(prompt_vector) = 512) ENGINE = MergeTree ORDER BY id`)
  const answer = await sent(
    "ALTER TABLE d.made ADD VECTOR INDEX prompt_vector_index feature TYPE MSTG('metric_type=Cosine')",
  )
  expect(answer).toMatch(
    /^Code: 44\. DB::Exception: Cannot add vector index prompt_vector_index: column feature does not exist\. \(ILLEGAL_COLUMN\)/,
  )
})

describe('index statements', () => {
  test('are taken in all their forms', async () => {
    expect(await sent(addIndex("mstg('metric_type=cosine')"))).toBe('')
    expect(await sent(`ALTER TABLE d.t ADD VECTOR INDEX IF NOT EXISTS i v TYPE MSTG`)).toBe('')
    expect(await sent('DROP VECTOR INDEX i ON d.t')).toBe('')
    expect(await sent("CREATE VECTOR INDEX i ON d.t v TYPE MSTG('metric_type=Cosine')")).toBe('')
    expect(await sent('ALTER TABLE d.t DROP VECTOR INDEX i')).toBe('')
    expect(await sent('ALTER TABLE d.t DROP VECTOR INDEX IF EXISTS i')).toBe('')
    const made = `CREATE TABLE d.made (id String, v Array(Float32), CONSTRAINT c CHECK length(v) = 3,
      VECTOR INDEX i v TYPE MSTG('metric_type=IP')) ENGINE = MergeTree ORDER BY id`
    expect(await sent(made)).toBe('')
    expect(await sent("SELECT expr FROM system.vector_indices WHERE table = 'made' FORMAT TabSeparated")).toContain(
      "i v TYPE MSTG(\\'metric_type=IP\\')",
    )
  })

  test.each([
    [
      'a name twice',
      ['ALTER TABLE d.t ADD VECTOR INDEX i v TYPE MSTG', 'ALTER TABLE d.t ADD VECTOR INDEX i w TYPE MSTG'],
      36,
    ],
    [
      'a column twice',
      ['ALTER TABLE d.t ADD VECTOR INDEX i v TYPE MSTG', 'ALTER TABLE d.t ADD VECTOR INDEX j v TYPE MSTG'],
      44,
    ],
    ['an unknown column', ['ALTER TABLE d.t ADD VECTOR INDEX i feature TYPE MSTG'], 44],
    ['a column without length', ['ALTER TABLE d.t ADD VECTOR INDEX i w TYPE MSTG'], 44],
    ['a text column', ['ALTER TABLE d.t ADD VECTOR INDEX i id TYPE MSTG'], 117],
    ['an unknown type', [addIndex('ANNOY')], 1001],
    ['SCANN in the cloud', [addIndex('SCANN')], 1001],
    ['disk_mode', [addIndex("MSTG('disk_mode=1')")], 36],
    ['an unknown metric', [addIndex("MSTG('metric_type=Manhattan')")], 36],
    ['a parameter out of range', [addIndex("HNSWFLAT('m=4')")], 36],
    ['a parameter that is no number', [addIndex("HNSWFLAT('m=x')")], 36],
    ['a parameter without value', [addIndex("MSTG('metric_type')")], 36],
    ['a parameter that is no string', [addIndex('MSTG(3)')], 36],
    ['VECTOR forgotten', ['ALTER TABLE d.t ADD INDEX i v TYPE MSTG'], 80],
    [
      "ClickHouse's own vector index",
      ["ALTER TABLE d.t ADD INDEX i v TYPE vector_similarity('hnsw', 'cosineDistance', 3)"],
      80,
    ],
    ['INDEX forgotten', ['ALTER TABLE d.t ADD VECTOR i v'], 62],
    ['dropping what is not there', ['ALTER TABLE d.t DROP VECTOR INDEX nope'], 36],
    ['dropping the length of a full table', ['ALTER TABLE d.t DROP CONSTRAINT c'], 44],
    ['ALTER DELETE', [addIndex(), "ALTER TABLE d.t DELETE WHERE id = 'a'"], 392],
    ['ALTER UPDATE of the vector', [addIndex(), "ALTER TABLE d.t UPDATE v = [1, 1, 1] WHERE id = 'a'"], 392],
    [
      'a table without length',
      ['CREATE TABLE d.made (v Array(Float32), VECTOR INDEX i v TYPE MSTG) ENGINE = MergeTree ORDER BY tuple()'],
      44,
    ],
  ])('%s is refused', async (_, statements, expected) => {
    for (const sql of statements.slice(0, -1)) expect(await sent(sql)).toBe('')
    expect(await code(statements.at(-1) as string)).toBe(expected)
  })
})

describe('searches', () => {
  const search = (distance: string, rest = 'ORDER BY d LIMIT 2') =>
    `SELECT id, ${distance} AS d FROM d.t ${rest} FORMAT TabSeparated`

  test('answer by distance, parametric or not, and after an index too', async () => {
    await sent(addIndex())
    expect(await sent(search('distance(v, [1.0, 0, 0])'), BRUTE)).toMatch(/^a\t0\nc\t0\.006/)
    expect(await sent(search("distance('alpha=4')(v, [1.0, 0, 0])"), BRUTE)).toMatch(/^a\t0\nc/)
  })

  test('lose rows without a word where parts are not indexed and brute force is off', async () => {
    await sent(addIndex())
    double.registry.fault = { kind: 'stuck' }
    expect(await sent(search('distance(v, [1.0, 0, 0])'))).toBe('')
    expect(await sent(search('distance(v, [1.0, 0, 0])'), BRUTE)).toMatch(/^a/)
  })

  test('without an index measure by squared L2, the default metric', async () => {
    expect(await sent(search('distance(v, [0.0, 0, 0])'), BRUTE)).toMatch(/^c\t0\.8/)
  })

  test.each([
    ['no LIMIT', 'distance(v, [1.0, 0, 0])', 'ORDER BY d', 62],
    ['no ORDER BY', 'distance(v, [1.0, 0, 0])', 'LIMIT 2', 62],
    ['the wrong direction', 'distance(v, [1.0, 0, 0])', 'ORDER BY d DESC LIMIT 2', 62],
    ['one argument', 'distance(v)', 'ORDER BY d LIMIT 2', 36],
    ['an unknown column', 'distance(feature, [1.0, 0, 0])', 'ORDER BY d LIMIT 2', 47],
    ['another length', 'distance(v, [1.0, 0])', 'ORDER BY d LIMIT 2', 49],
    ['whole numbers', 'distance(v, [1, 0, 0])', 'ORDER BY d LIMIT 2', 49],
    ['alpha out of range', "distance('alpha=9')(v, [1.0, 0, 0])", 'ORDER BY d LIMIT 2', 36],
    ['an unknown argument', "distance('ef=9')(v, [1.0, 0, 0])", 'ORDER BY d LIMIT 2', 36],
    ['an aggregate around it', 'max(distance(v, [1.0, 0, 0]))', 'ORDER BY d LIMIT 2', 731],
    ['TextSearch beside it', "distance(v, [1.0, 0, 0]), TextSearch(id, 'x')", 'ORDER BY d LIMIT 2', 48],
    ['an offset beyond the window', 'distance(v, [1.0, 0, 0])', 'ORDER BY d LIMIT 2 OFFSET 9999', 36],
  ])('with %s are refused', async (_, distance, rest, expected) => {
    await sent(addIndex())
    expect(await code(search(distance, rest), BRUTE)).toBe(expected)
  })

  test('a setting of a newer server is refused, and a vector of the wrong length too', async () => {
    expect(await code('SELECT 1', { hnsw_candidate_list_size_for_search: '64' })).toBe(115)
    expect(await code("INSERT INTO d.t (id, v) VALUES ('x', [1, 2])")).toBe(469)
  })
})

describe('a search by TextSearch', () => {
  const add = (json = '{"id":{"tokenizer":{"type":"simple","case_sensitive":false}}}', column = 'id') =>
    `ALTER TABLE d.t ADD INDEX w (${column}) TYPE fts('${json}') GRANULARITY 1`
  const search = (words = 'a c', rest = 'ORDER BY s DESC LIMIT 5', where = '') =>
    `SELECT id, TextSearch(id, '${words}') AS s FROM d.t ${where} ${rest}`
  const found = async (...given: Parameters<typeof search>) =>
    (await sent(`SELECT id FROM (${search(...given)}) ORDER BY id FORMAT TabSeparated`)).trim().split('\n').join(' ')

  test('needs its index, ORDER BY … DESC and LIMIT', async () => {
    expect(await sent(search())).toContain('The column id has no fts index for text search. (ILLEGAL_TEXT_SEARCH)')
    expect(await code(add())).toBe(0)
    expect(await code(search('a', 'ORDER BY s DESC'))).toBe(62)
    expect(await code(search('a', 'ORDER BY s LIMIT 5'))).toBe(62)
    expect(await code(search('a', 'ORDER BY s ASC LIMIT 5'))).toBe(62)
    expect(await code(search('a'))).toBe(0)
  })

  test('finds no row of a part that was there before the index, until it is materialized', async () => {
    await sent(add())
    await sent("INSERT INTO d.t (id, v) VALUES ('c c', [1, 0, 0])")
    expect(await found()).toBe('c c')
    expect(await code('ALTER TABLE d.t MATERIALIZE INDEX w')).toBe(0)
    expect(await found()).toBe('a c c c')
    expect(await found('A')).toBe('a')
    expect(await found('a c', 'ORDER BY s DESC LIMIT 5', "WHERE id = 'a' OR id = 'b'")).toBe('a')
    await sent('ALTER TABLE d.t DROP INDEX w')
    expect(await sent(search())).toContain('ILLEGAL_TEXT_SEARCH')
  })

  test('its index is refused a second time, on what is no text, and with parameters that make no sense', async () => {
    expect(await code(add('{"id":{}}'))).toBe(36)
    expect(await code(add('stem'))).toBe(36)
    expect(await code(add('{"v":{"tokenizer":{"type":"simple"}}}', 'v'))).toBe(80)
    expect(await code(add())).toBe(0)
    expect(await code(add())).toBe(36)
    expect(await code(add().replace('INDEX w', 'INDEX IF NOT EXISTS w'))).toBe(0)
  })
})

test('strings and comments are no SQL: a prompt about vector indexes is a prompt', async () => {
  const prompt = 'ADD VECTOR INDEX i v TYPE MSTG distance(v, [1]) -- LIMIT'
  await sent(`INSERT INTO d.t (id, v) VALUES ('${prompt}', [0, 0, 1])`)
  expect(await sent(`SELECT count() FROM d.t WHERE id = '${prompt}' /* distance( */ FORMAT TabSeparated`)).toBe('1\n')
})

test('64-bit integers are quoted, and system tables show a window of building', async () => {
  double.registry.buildTime = 150
  await sent(addIndex())
  const status = () =>
    sent("SELECT status, total_parts FROM system.vector_indices WHERE table = 't' FORMAT JSONEachRow")
  expect(JSON.parse(await status())).toEqual({ status: 'InProgress', total_parts: '1' })
  await expect.poll(status, { timeout: 5000 }).toContain('Built')
  double.registry.buildTime = 0
  expect(
    await sent("SELECT status, progress FROM system.vector_index_segments WHERE table = 't' FORMAT TabSeparated"),
  ).toBe('BUILT\t100\n')
})
