import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from './browse.ts'
import { type ToyCollection, toyCollection } from './collection.double.ts'

let toy: ToyCollection
const ids = Array.from({ length: 30 }, (_, index) => `row-${String(index).padStart(2, '0')}`)

beforeAll(async () => {
  const rows = ids.map((id, index) => ({ id, prompt: `prompt ${id}`, ...(index < 25 ? { shows: `cat ${id}` } : {}) }))
  toy = await toyCollection(rows)
})
afterAll(() => toy[Symbol.asyncDispose]())

const request = { order: 'shuffled', seed: 1, k: 10, page: 1 } as const
const idsOf = async (more: Partial<Parameters<typeof browse>[1]> = {}) =>
  (await browse(toy.collection, { ...request, ...more })).rows.map(({ id }) => id)

describe('browse', () => {
  it('shows every row with a picture once, over its pages', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => browse(toy.collection, { ...request, page })))
    expect(pages.map(({ rows, more }) => [rows.length, more])).toEqual([
      [10, true],
      [10, true],
      [5, false],
    ])
    expect(pages.flatMap(({ rows }) => rows.map(({ id }) => id)).sort()).toEqual(ids.slice(0, 25))
  })

  it('keeps the order of a seed, and has another for another', async () => {
    const first = await idsOf()
    expect(await idsOf()).toEqual(first)
    expect(first).not.toEqual([...first].sort())
    expect(await idsOf({ seed: 2 })).not.toEqual(first)
  })

  it('shows the newest by when they came, then by id', async () => {
    expect(await idsOf({ order: 'newest', k: 3 })).toEqual(ids.slice(0, 3))
  })

  it('says of each row what a hit says', async () => {
    const { rows } = await browse(toy.collection, { ...request, order: 'newest', k: 1 })
    expect(rows[0]).toMatchObject({
      id: 'row-00',
      prompt: 'prompt row-00',
      origin: 'dataset',
      hasPicture: true,
      thumbnail: '/api/rows/row-00/thumbnail',
    })
  })
})

describe('browse of a collection without pictures', () => {
  it('shows prompts', async () => {
    const { tables } = toy.collection
    const texts = { ...toy.collection, tables: { prompts: tables.prompts, pictures: undefined } }
    const { rows } = await browse(texts, { ...request, order: 'newest', k: 30 })
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(rows.every(({ hasPicture, thumbnail }) => !hasPicture && thumbnail === null)).toBe(true)
  })

  it('shows nothing where there is nothing', async () => {
    const none = { ...toy.collection, tables: { prompts: undefined, pictures: undefined } }
    expect(await browse(none, request)).toEqual({ rows: [], more: false })
  })
})
