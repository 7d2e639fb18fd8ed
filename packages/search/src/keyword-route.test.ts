import { describe, expect, it } from 'vitest'
import { Background } from './background.ts'
import type { Collection } from './collection.ts'
import { type KeywordQuestion, keywordRoute } from './keyword-route.ts'

interface Found {
  readonly id: string
  readonly score: number
  readonly matched: number
}

/** A collection whose table answers any words with these rows; asked for is kept. */
function collectionOf(hits: readonly Found[], words = [{ word: 'castle', rows: 10 }]) {
  const asked: Record<string, unknown>[] = []
  const table = {
    shape: { vector: 'prompt_vector' },
    searchWords: async (request: Record<string, unknown>) => {
      asked.push(request)
      const rows = hits.map((hit) => ({ ...hit, prompt: `prompt ${hit.id}`, prompt_vector: [0, 2] }))
      return { hits: rows, used: 'scan', words }
    },
  }
  const background = new Background(Float32Array.from([1, 0, 0, 1, -1, 0, 0, -1]), 2)
  return { asked, collection: { tables: { prompts: { table, background, rows: 1000 } } } as unknown as Collection }
}
const question = (changes: Partial<KeywordQuestion> = {}): KeywordQuestion => ({
  ...{ keywords: 'castle', find: 'prompts', filter: undefined, applyCutoff: true, window: 10, signal: undefined },
  terms: [{ vector: Float32Array.of(0, 1), modality: 'text', weight: 1 }],
  ...changes,
})
/** What a row scores that holds the one rare word of the question. */
const FULL = Math.log(1 + (1000 - 10 + 0.5) / (10 + 0.5))

describe('a search by words', () => {
  it('gives each hit its place, its words, and its distance to the question', async () => {
    const { collection } = collectionOf([{ id: 'a', score: FULL, matched: 1 }])
    const { route, hits } = await keywordRoute(collection, question())
    expect(route).toBe('keywords')
    expect(hits[0]?.row).toMatchObject({ id: 'a', prompt: 'prompt a', vector: Float32Array.of(0, 1) })
    expect(hits[0]?.row).not.toHaveProperty('prompt_vector')
    expect(hits[0]?.reason).toEqual({
      ...{ route: 'keywords', rank: 1, note: 'its prompt holds 1 of the 1 word' },
      distance: expect.closeTo(0, 5),
      score: expect.any(Number),
    })
  })

  it.each([
    ['half of what the words are worth', 0.5, 1],
    ['a third and a little more', 0.36, 1],
    ['less', 0.34, 0],
  ])('with a cut-off takes what holds %s', async (_, share, kept) => {
    const { collection } = collectionOf([{ id: 'a', score: FULL * share, matched: 1 }])
    expect((await keywordRoute(collection, question())).hits).toHaveLength(kept)
    expect((await keywordRoute(collection, question({ applyCutoff: false }))).hits).toHaveLength(1)
  })

  it('counts what common words are worth for less', async () => {
    const words = [
      { word: 'a', rows: 990 },
      { word: 'castle', rows: 10 },
    ]
    const common = Math.log(1 + (1000 - 990 + 0.5) / (990 + 0.5))
    const hits = [
      { id: 'castle', score: FULL, matched: 1 },
      { id: 'only-a', score: common, matched: 1 },
    ]
    const { collection } = collectionOf(hits, words)
    expect((await keywordRoute(collection, question())).hits.map(({ row }) => row.id)).toEqual(['castle'])
  })

  it.each([
    ['a full window', 2, true, false],
    ['a window that was not filled', 3, true, true],
    ['a full window of which some was cut off', 2, false, true],
  ])('is exhausted or not after %s', async (_, window, both, exhausted) => {
    const second = { id: 'b', score: both ? FULL : 0, matched: 1 }
    const { collection } = collectionOf([{ id: 'a', score: FULL, matched: 1 }, second])
    expect((await keywordRoute(collection, question({ window }))).exhausted).toBe(exhausted)
  })

  it('passes window, filter and signal on, and asks for what a hit shows', async () => {
    const { collection, asked } = collectionOf([])
    const filter = { column: 'width', is: '>', value: 1 } as const
    const { signal } = new AbortController()
    await keywordRoute(collection, question({ filter, signal, window: 7 }))
    expect(asked[0]).toMatchObject({ words: 'castle', k: 7, filter, signal })
    expect(asked[0]?.columns).toEqual(expect.arrayContaining(['id', 'prompt', 'url', 'prompt_vector']))
    expect(asked[0]?.columns).not.toContain('sha256')
  })

  it.each(['', ' ', '!?,', '—'])('of %j, which is no word, asks nobody', async (keywords) => {
    const { collection, asked } = collectionOf([])
    expect(await keywordRoute(collection, question({ keywords }))).toMatchObject({ hits: [], exhausted: true })
    expect(asked).toEqual([])
  })

  it('of pictures where there are none is refused', async () => {
    await expect(keywordRoute(collectionOf([]).collection, question({ find: 'pictures' }))).rejects.toMatchObject({
      code: 'not_searchable',
      message: 'The collection has no pictures to search by words.',
    })
  })
})

describe('a word that no prompt has', () => {
  const words = (over: number) => [
    { word: 'dragon', rows: 16 },
    { word: 'over', rows: over },
    { word: 'sea', rows: 60 },
  ]
  const rarity = (count: number) => Math.log(1 + (1000 - count + 0.5) / (count + 0.5))
  const hits = async (asked: ReturnType<typeof words>, score: number) => {
    const { collection } = collectionOf([{ id: 'a', score, matched: 1 }], asked)
    return (await keywordRoute(collection, question())).hits.length
  }

  it('does not outweigh the one that was meant', async () => {
    expect(await hits(words(0), rarity(16))).toBe(1)
    expect(await hits(words(990), rarity(60) * 0.8)).toBe(0)
  })

  it('keeps a question of nothing else from being answered by its smallest word', async () => {
    const nonsense = [
      { word: 'zxqv', rows: 0 },
      { word: 'the', rows: 900 },
    ]
    expect(await hits(nonsense, rarity(900))).toBe(0)
  })
})
