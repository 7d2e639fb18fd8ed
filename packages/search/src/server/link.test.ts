import { describe, expect, it } from 'vitest'
import { parseQuestion } from '../question-text.ts'
import { linkQuerySchema, questionOfLink } from './link.ts'

const question = (query: Record<string, string>) => parseQuestion(questionOfLink(linkQuerySchema.parse(query)))

describe('a question as an address', () => {
  it('has the defaults of any question', () => {
    expect(question({ q: 'cat' })).toEqual(parseQuestion({ terms: [{ text: 'cat' }] }))
  })
  it('may say everything at once', () => {
    const asked = question({
      q: 'castle',
      minus: 'people',
      like: 'row-1',
      url: 'https://x.example/a.png',
      phrase: 'at night',
      find: 'pictures',
      hybrid: 'true',
      cutoff: 'false',
      fold: 'no',
      k: '25',
      page: '3',
      filters: '{"minWidth": 512, "origins": ["refined"]}',
    })
    expect(asked).toEqual({
      find: 'pictures',
      ratingWeight: 0,
      clipScoreWeight: 0,
      terms: [
        { text: 'castle', weight: 1 },
        { url: 'https://x.example/a.png', weight: 1 },
        { id: 'row-1', use: 'auto', weight: 1 },
        { text: 'people', weight: -0.5 },
      ],
      hybrid: true,
      phrases: ['at night'],
      filters: { minWidth: 512, origins: ['refined'] },
      k: 25,
      page: 3,
      cutoff: false,
      fold: false,
    })
  })
  it.each([
    [{ q: 'a', k: '0' }],
    [{ q: 'a', k: '1.5' }],
    [{ q: 'a', page: '-1' }],
    [{ q: 'a', hybrid: 'maybe' }],
    [{ q: 'a', find: 'songs' }],
    [{ q: 'a'.repeat(2_001) }],
    [{ unknown: '1' }],
  ])('is checked: %j', (query) => {
    expect(linkQuerySchema.safeParse(query).success).toBe(false)
  })
  it('refuses filters that are no JSON, or not filters', () => {
    expect(() => question({ q: 'a', filters: '{' })).toThrow(/filters of the address are not valid JSON/)
    expect(() => question({ q: 'a', filters: '{"sql": 1}' })).toThrow(/sql/)
    expect(() => question({ q: 'a', filters: '[]' })).toThrow(/filters/)
  })
})

describe('an address', () => {
  const read = (address: string) =>
    questionOfLink(linkQuerySchema.parse(Object.fromEntries(new URLSearchParams(address))))

  it.each<[string, object]>([
    ['q=cat', { terms: [{ text: 'cat' }], phrases: [], filters: {} }],
    ['q=', { terms: [], phrases: [] }],
    ['q=a+b%20c', { terms: [{ text: 'a b c' }] }],
    ['minus=people', { terms: [{ text: 'people', weight: -0.5 }] }],
    ['like=a%2Fb', { terms: [{ id: 'a/b' }] }],
    ['url=https://x.org/a.png&q=cat', { terms: [{ text: 'cat' }, { url: 'https://x.org/a.png' }] }],
    ['phrase=greg rutkowski', { phrases: ['greg rutkowski'] }],
    ['hybrid=1&cutoff=no&fold=off', { hybrid: true, cutoff: false, fold: false }],
    ['k=200&page=7', { k: 200, page: 7 }],
    ['filters={"minWidth":512}', { filters: { minWidth: 512 } }],
    ['find=pictures', { find: 'pictures' }],
  ])('%s', (address, question) => {
    expect(read(address)).toMatchObject(question)
  })

  it.each(['k=0', 'k=many', 'k=1.5', 'page=-1', 'find=videos', 'hybrid=perhaps', 'limit=3', `q=${'x'.repeat(2001)}`])(
    '%s is refused',
    (address) => {
      expect(() => read(address)).toThrow()
    },
  )

  it('whose filters are no JSON is the asker’s mistake', () => {
    expect(() => read('q=a&filters={minWidth:512}')).toThrow('The filters of the address are not valid JSON.')
  })
})
