import { describe, expect, it } from 'vitest'
import { toyEncoder, toyPicture } from './collection.double.ts'
import type { Collection, Encoder } from './collection.ts'
import type { QuestionInput } from './question.ts'
import { parseQuestion } from './question-text.ts'
import { questionFilter } from './row-filter.ts'
import { type AskOptions, termVectors } from './term-vectors.ts'

/** Terms that name no row ask nothing of the store. */
const collection = (changes: object = {}) => ({ encoder: toyEncoder, tables: {}, ...changes }) as unknown as Collection
const vectors = (terms: QuestionInput['terms'], options: AskOptions = {}, changes: object = {}) =>
  termVectors(collection(changes), parseQuestion({ terms }).terms, options)
const length = (vector: Float32Array | undefined) => Math.hypot(...(vector ?? []))

describe('terms', () => {
  it('become unit vectors in their order, with their kind and weight', async () => {
    const uploads = new Map([['p', toyPicture('cat')]])
    const found = await vectors([{ text: 'a dog' }, { upload: 'p', weight: 0.5 }, { text: 'people', weight: -2 }], {
      uploads,
    })
    expect(found.vectors.map(({ modality, weight }) => [modality, weight])).toEqual([
      ['text', 1],
      ['picture', 0.5],
      ['text', -2],
    ])
    for (const { vector } of found.vectors) expect(length(vector)).toBeCloseTo(1, 5)
    const [dog, , people] = await toyEncoder.embedTexts(['a dog', '', 'people'])
    expect([...(found.vectors[0]?.vector ?? [])]).toEqual([...(dog?.vector ?? [])].map((one) => expect.closeTo(one, 5)))
    expect([...(found.vectors[2]?.vector ?? [])]).toEqual(
      [...(people?.vector ?? [])].map((one) => expect.closeTo(one, 5)),
    )
    expect(found.warnings).toEqual([])
  })

  it('of text are embedded together, those of one question in one call', async () => {
    const calls: (readonly string[])[] = []
    const encoder: Encoder = {
      ...toyEncoder,
      embedTexts: (texts) => {
        calls.push(texts)
        return toyEncoder.embedTexts(texts)
      },
    }
    await vectors([{ text: 'a' }, { text: 'b' }, { text: 'c', weight: -1 }], {}, { encoder })
    expect(calls).toEqual([['a', 'b', 'c']])
  })

  it('none of which is text ask the model for none', async () => {
    const encoder = { ...toyEncoder, embedTexts: () => Promise.reject(new Error('asked')) }
    const uploads = new Map([['p', toyPicture('cat')]])
    expect((await vectors([{ upload: 'p' }], { uploads }, { encoder })).vectors).toHaveLength(1)
  })

  it('longer than the model reads come with a warning that shows their beginning', async () => {
    const words = 'word '.repeat(80).trim()
    expect((await vectors([{ text: words }])).warnings).toEqual([
      `"${words.slice(0, 60)}…" is longer than the model reads; its end was left out.`,
    ])
  })

  it('by address are fetched by who may, with the caller’s signal', async () => {
    const asked: unknown[] = []
    const fetchPicture = async (url: string, signal?: AbortSignal) => {
      asked.push([url, signal])
      return toyPicture('cat')
    }
    const { signal } = new AbortController()
    const { vectors: found } = await vectors([{ url: 'https://example.org/a.png' }], { signal }, { fetchPicture })
    expect(found[0]?.modality).toBe('picture')
    expect(asked).toEqual([['https://example.org/a.png', signal]])
  })

  it.each<[string, NonNullable<QuestionInput['terms']>, object, string, string]>([
    [
      'an upload that did not come',
      [{ upload: 'p' }],
      {},
      'bad_question',
      'A term names the upload "p", but no picture came under that name.',
    ],
    [
      'an address where none are taken',
      [{ url: 'https://x.org/a' }],
      {},
      'picture_refused',
      'Pictures by address are not allowed here; send the picture itself.',
    ],
    [
      'a row where there are no tables',
      [{ id: 'row-1' }],
      {},
      'not_found',
      'There is no row with the id "row-1" in the collection.',
    ],
    [
      'the picture of one',
      [{ id: 'row-1', use: 'picture' }],
      {},
      'not_found',
      'There is no picture of a row with the id "row-1" in the collection.',
    ],
    [
      'the prompt of one with a long id',
      [{ id: 'x'.repeat(80), use: 'prompt' }],
      {},
      'not_found',
      `There is no prompt of a row with the id "${'x'.repeat(60)}…" in the collection.`,
    ],
    [
      'words that the model makes nothing of',
      [{ text: 'hm' }],
      { encoder: { ...toyEncoder, embedTexts: async () => [{ vector: new Float32Array(256), overlong: false }] } },
      'bad_question',
      'The model makes nothing of "hm"; use other words.',
    ],
    [
      'a vector that is no number',
      [{ text: 'hm' }],
      {
        encoder: {
          ...toyEncoder,
          embedTexts: async () => [{ vector: new Float32Array(256).fill(Number.NaN), overlong: false }],
        },
      },
      'bad_question',
      'The model makes nothing of "hm"; use other words.',
    ],
  ])('%s cannot be used', async (_, terms, changes, code, message) => {
    await expect(vectors(terms, {}, changes)).rejects.toMatchObject({ code, message, exitCode: 2 })
  })

  it('of pictures need a model that sees', async () => {
    const { embedPictures: _, ...blind } = toyEncoder
    const uploads = new Map([['p', toyPicture('cat')]])
    await expect(vectors([{ upload: 'p' }], { uploads }, { encoder: blind })).rejects.toMatchObject({
      code: 'not_searchable',
      message: 'The model toy reads text alone; it cannot be asked with a picture.',
    })
    const numb = { ...toyEncoder, embedPictures: async () => [new Float32Array(256)] }
    await expect(vectors([{ upload: 'p' }], { uploads }, { encoder: numb })).rejects.toMatchObject({
      code: 'picture_refused',
      message: 'The model makes nothing of this picture.',
    })
  })
})

describe('conditions that need looking up', () => {
  const filter = (filters: object, changes: object = {}) =>
    questionFilter(collection(changes), parseQuestion({ terms: [{ text: 'a' }], filters }))
  const pictures = { table: { name: 'art.prompt_image' } }

  it('are none where none are asked for', async () => {
    expect(await filter({})).toBeUndefined()
  })

  it.each([
    [true, { idIn: 'art.prompt_image' }],
    [false, { not: { idIn: 'art.prompt_image' } }],
  ])('a picture: %s', async (hasPicture, expected) => {
    expect(await filter({ hasPicture }, { tables: { pictures } })).toEqual(expected)
  })

  it('nothing has a picture where there is no table of them', async () => {
    expect(await filter({ hasPicture: true })).toEqual({ any: [] })
    expect(await filter({ hasPicture: false })).toEqual({ not: { any: [] } })
  })

  it('ratings are asked of who keeps them, and joined with the rest', async () => {
    const ratedAtLeast = async (rating: number) => [`rated ${rating}`]
    const rated = { column: 'id', is: 'in', value: ['rated 4'] }
    expect(await filter({ minRating: 4 }, { ratedAtLeast })).toEqual(rated)
    expect(await filter({ minRating: 4, runs: ['r'] }, { ratedAtLeast })).toEqual({
      all: [{ all: [{ column: 'run', is: 'in', value: ['r'] }] }, rated],
    })
    await expect(filter({ minRating: 4 })).rejects.toThrow(
      'This collection keeps no ratings; drop the filter minRating.',
    )
  })
})
