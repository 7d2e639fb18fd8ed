import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from './browse.ts'
import { type ToyCollection, type ToyRow, toyCollection } from './collection.double.ts'
import type { Collection } from './collection.ts'
import { type ForgottenRows, isForgotten, withoutForgotten } from './forgotten.ts'
import type { QuestionInput } from './question.ts'
import type { Candidate } from './ranking.ts'
import { rerank } from './rerank.ts'
import { readRow } from './row-reader.ts'
import { Searcher } from './searcher.ts'
import { clipScores } from './table-facts.ts'

/** Pictures show what the prompt says, or something else. */
const rows: ToyRow[] = [
  { id: 'true', prompt: 'cat on sofa', shows: 'cat on sofa' },
  { id: 'half', prompt: 'cat on chair', shows: 'cat on moon' },
  { id: 'wrong', prompt: 'cat on carpet', shows: 'volcano in desert' },
  { id: 'none', prompt: 'cat on roof', source_site: 'other' },
  ...Array.from({ length: 40 }, (_, at) => ({ id: `filler-${at}`, prompt: `thing ${at} of nowhere` })),
]

let toy: ToyCollection
let forgotten: ForgottenRows | undefined
const opinions = new Map<string, number>()
let collection: Collection
let searcher: Searcher
beforeAll(async () => {
  toy = await toyCollection(rows, { ratings: async () => opinions, forgotten: async () => forgotten })
  collection = toy.collection
  searcher = new Searcher(collection)
})
afterAll(() => toy[Symbol.asyncDispose]())

async function ids(question: Partial<QuestionInput> = {}): Promise<string[]> {
  const { hits } = await searcher.ask({ terms: [{ text: 'cat on sofa' }], k: 50, fold: false, ...question })
  return hits.map(({ id }) => id)
}

const candidate = (id: string, score?: number): Candidate =>
  ({ id, reasons: [{ route: 'keywords', rank: 1, note: '', ...(score === undefined ? {} : { score }) }] }) as never

const order = async (ranked: Candidate[], weights: { ratingWeight?: number; clipScoreWeight?: number }) =>
  (await rerank(collection, { ratingWeight: 0, clipScoreWeight: 0, ...weights }, ranked)).map(({ id }) => id)

describe('CLIP scores', () => {
  it('say how well prompt and picture fit, for rows that have both', async () => {
    const scores = await clipScores(collection, ['true', 'half', 'wrong', 'none', 'nobody'])
    expect([...scores.keys()].sort()).toEqual(['half', 'true', 'wrong'])
    expect(scores.get('true') as number).toBeGreaterThan(scores.get('half') as number)
    expect(scores.get('half') as number).toBeGreaterThan(scores.get('wrong') as number)
    const row = await readRow(collection, 'half')
    expect(row.clipScore).toBeCloseTo(scores.get('half') as number, 4)
    expect(await clipScores(collection, [])).toEqual(new Map())
  })
})

describe('re-ranking', () => {
  it('changes nothing without weights', async () => {
    opinions.set('none', 1)
    expect((await ids())[0]).toBe('true')
    expect(await ids({ ratingWeight: 0 })).toEqual(await ids())
    opinions.clear()
  })

  it('moves rows by ratings, up and down', async () => {
    const before = await ids()
    opinions.set('none', 1).set('true', -1)
    expect(await ids({ ratingWeight: 10 })).toEqual([
      'none',
      ...before.filter((id) => id !== 'none' && id !== 'true'),
      'true',
    ])
    opinions.clear()
    expect(await ids({ ratingWeight: 10 })).toEqual(before)
  })

  it('moves rows whose picture fits their prompt before those whose picture does not', async () => {
    const found = await ids({ clipScoreWeight: 10 })
    expect(found.indexOf('half')).toBeLessThan(found.indexOf('wrong'))
    expect(found[0]).toBe('true')
    expect(found.indexOf('none')).toBeLessThan(found.indexOf('wrong'))
  })

  it('weighs an opinion in the deviations that hits are scored in', async () => {
    opinions.set('b', 1)
    const ranked = [candidate('a', 5), candidate('b', 4), candidate('c', 1)]
    expect(await order(ranked, { ratingWeight: 0.9 })).toEqual(['a', 'b', 'c'])
    expect(await order(ranked, { ratingWeight: 1.1 })).toEqual(['b', 'a', 'c'])
    opinions.clear()
  })

  it('keeps a fused order, whatever single scores say, and rows without a score where they are', async () => {
    const ranked = [candidate('a', 2), candidate('b', 5), candidate('c'), candidate('d', 1), candidate('e')]
    expect(await order(ranked, { ratingWeight: 1 })).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await order([candidate('x'), candidate('y', 3)], { ratingWeight: 1 })).toEqual(['x', 'y'])
    expect(await order([], { ratingWeight: 1 })).toEqual([])
  })
})

describe('forgotten rows that the tables still hold', () => {
  const none = { ids: new Set<string>(), urls: new Set<string>(), sources: new Set<string>() }

  it('are in no answer at once, by id, address and source, and in no later page either', async () => {
    const first = await ids({ k: 1 })
    expect(first).toEqual(['true'])
    const second = (await ids({ k: 1, page: 2 }))[0] as string
    forgotten = { ...none, ids: new Set([second]) }
    expect(await ids({ k: 1, page: 2 })).not.toEqual([second])
    expect(await ids()).not.toContain(second)
    forgotten = { ...none, urls: new Set(['https://example.org/true.png']), sources: new Set(['other']) }
    const left = await ids()
    expect(left).not.toContain('true')
    expect(left).not.toContain('none')
    forgotten = undefined
    expect(await ids()).toContain('true')
  })

  it('are not to be read or looked through', async () => {
    forgotten = { ...none, ids: new Set(['true']) }
    await expect(readRow(collection, 'true')).rejects.toMatchObject({ message: expect.stringMatching(/no row/) })
    const { rows: shown } = await browse(collection, { order: 'newest', seed: 1, k: 10, page: 1 })
    expect(shown.map(({ id }) => id).sort()).toEqual(['half', 'wrong'])
    forgotten = undefined
    expect(await readRow(collection, 'true')).toMatchObject({ id: 'true' })
  })

  it('make no condition where there are none', () => {
    expect(withoutForgotten(none)).toBeUndefined()
    const row = { id: 'a', url: 'u', source_site: 's' }
    expect(isForgotten(row, undefined)).toBe(false)
    expect(isForgotten(row, none)).toBe(false)
    expect(isForgotten(row, { ...none, sources: new Set(['s']) })).toBe(true)
  })
})
