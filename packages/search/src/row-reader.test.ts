import { ClickHouseDouble } from '@promptloom/store/clickhouse.double'
import { openStore, type Store } from '@promptloom/store/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toyEncoder } from './collection.double.ts'
import { type CollectionParts, openCollection } from './collection.ts'
import { readCollectionStatus } from './collection-status.ts'
import { readRow } from './row-reader.ts'
import { rowsById } from './table-facts.ts'

const TEXT = /^SELECT id, prompt, .* FROM default\.prompt_text/
const IMAGE = /^SELECT id, prompt, .* FROM default\.prompt_image/
let server: ClickHouseDouble
let store: Store

beforeEach(async () => {
  server = await ClickHouseDouble.start()
  store = await openStore({ kind: 'server', url: server.url })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

/** Both tables, or one, as tables that hold so many rows of one model. */
function holds(rows: { text?: number; image?: number }, model = toyEncoder.digest): void {
  server.answer(/create_table_query AS ddl/, ({ settings }) => {
    const kind = settings.get('param_name')?.endsWith('image') ? 'image' : 'text'
    return rows[kind] === undefined ? [] : [{ ddl: 'CHECK length(prompt_vector) = 256' }]
  })
  for (const kind of ['text', 'image'] as const) {
    const counted = [{ shard: 's', digest: 'd', model, rows: String(rows[kind] ?? 0) }]
    server.answer(new RegExp(`FROM default\\.prompt_${kind} GROUP BY shard, digest, model`), counted)
  }
}
const open = (parts: Partial<CollectionParts> = {}) => openCollection({ store, encoder: toyEncoder, ...parts })
const row = (changes: object = {}) => ({
  ...{ id: 'a', prompt: 'a cat', url: 'https://x.org/a.png', width: '512', height: 768, source_site: 'here' },
  ...{ origin: 'dataset', parents: ['p'], truncated: false, prompt_vector: [1, 0], image_vector: [0.6, 0.8] },
  ...changes,
})

describe('opening a collection', () => {
  it('of nothing is told what to do', async () => {
    await expect(open()).rejects.toMatchObject({
      code: 'not_searchable',
      exitCode: 2,
      message: 'The collection is empty; bring it up to date with "promptloom run" first.',
    })
  })

  it('of tables without rows is told the same', async () => {
    holds({ text: 0, image: 0 })
    await expect(open()).rejects.toMatchObject({ code: 'not_searchable' })
  })

  it('by another model than its vectors’ is refused, naming both', async () => {
    holds({ text: 5 }, 'another-model-of-long-name')
    await expect(open()).rejects.toMatchObject({
      code: 'model_mismatch',
      exitCode: 2,
      message:
        'The table default.prompt_text was embedded by model another-mode, but toy is toy-model; vectors of two models cannot be compared. Search with the model of the run, or run the pipeline with this one.',
    })
  })

  it('has the tables that hold rows, and no others', async () => {
    holds({ text: 5 })
    const { tables } = await open()
    expect([tables.prompts?.rows, tables.pictures]).toEqual([5, undefined])
  })

  it('draws its reference rows from the table where nothing was calibrated, always the same', async () => {
    holds({ text: 5 })
    server.answer(/cityHash64\(id, /, [{ id: 'a', vector: [1, ...Array(255).fill(0)] }])
    const { tables } = await open()
    expect(tables.prompts?.background.rows).toBe(1)
    const drawn = server.statements.find(({ sql }) => /cityHash64\(id, /.test(sql))
    expect([drawn?.settings.get('param_seed'), drawn?.settings.get('param_count')]).toEqual([
      'search reference',
      '1000',
    ])
  })
})

describe('one row', () => {
  it('is both of its sides, with how well they fit each other', async () => {
    server.answer(TEXT, [row()])
    server.answer(IMAGE, [row()])
    holds({ text: 5, image: 5 })
    const pictures = { count: 5 } as never
    expect(await readRow(await open({ pictures }), 'a')).toEqual({
      ...{ id: 'a', prompt: 'a cat', url: 'https://x.org/a.png', width: 512, height: 768, source_site: 'here' },
      ...{ origin: 'dataset', parents: ['p'], truncated: false, hasPicture: true, thumbnail: '/api/rows/a/thumbnail' },
      clipScore: expect.closeTo(0.6, 5),
    })
  })

  it.each([
    ['whose picture is not here', { pictures: undefined }, { hasPicture: false, thumbnail: null }],
    ['where none is', { pictures: { count: 0 } as never }, { hasPicture: false, thumbnail: null }],
  ])('%s has no thumbnail', async (_, parts, expected) => {
    server.answer(TEXT, [row()])
    server.answer(IMAGE, [row()])
    holds({ text: 5, image: 5 })
    expect(await readRow(await open(parts), 'a')).toMatchObject(expected)
  })

  it('without a picture has no score', async () => {
    server.answer(TEXT, [row({ truncated: true })])
    holds({ text: 5 })
    expect(await readRow(await open(), 'a')).toMatchObject({ clipScore: null, truncated: true })
  })

  it('whose vector has no direction has no score', async () => {
    server.answer(TEXT, [row({ prompt_vector: [0, 0] })])
    server.answer(IMAGE, [row()])
    holds({ text: 5, image: 5 })
    expect((await readRow(await open(), 'a')).clipScore).toBeNull()
  })

  it('that does not exist is named, however long its id', async () => {
    holds({ text: 5 })
    await expect(readRow(await open(), 'x'.repeat(200))).rejects.toMatchObject({
      code: 'not_found',
      message: `There is no row with the id "${'x'.repeat(60)}" in the collection.`,
    })
  })

  it('has its id bound, whatever is in it', async () => {
    holds({ text: 5 })
    const id = "a'; DROP TABLE prompt_text --"
    await expect(readRow(await open(), id)).rejects.toMatchObject({ code: 'not_found' })
    const asked = server.statements.find(({ sql }) => TEXT.test(sql))
    expect(asked?.sql).not.toContain('DROP')
    expect(asked?.settings.get('param_ids')).toBe("['a\\'; DROP TABLE prompt_text --']")
  })
})

it('no ids are asked for without asking', async () => {
  const before = server.statements.length
  expect(await rowsById(store, store.table('text'), { ids: [], columns: ['prompt'] })).toEqual([])
  expect(server.statements).toHaveLength(before)
})

it('the status says what is served, by which engine and which model', async () => {
  holds({ text: 5 })
  server.answer(/^SELECT version\(\) AS version$/, [{ version: '26.7.2.1' }])
  const collection = await open()
  expect(await readCollectionStatus(collection)).toMatchObject({
    model: { name: 'toy', digest: 'toy-model', dimension: 256, standIn: 'a real model' },
    store: 'server, ClickHouse 26.7.2.1',
    calibrated: false,
    keywords: false,
  })
})
