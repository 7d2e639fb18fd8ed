import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuestion } from './question-text.ts'

const fault = (question: unknown): string => {
  try {
    parseQuestion(question)
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

describe('a question', () => {
  it('has its defaults filled in', () => {
    expect(parseQuestion({ terms: [{ text: ' a cat ' }, { id: 'x' }, { upload: 'p', weight: 0.5 }] })).toEqual({
      find: 'prompts',
      terms: [
        { text: 'a cat', weight: 1 },
        { id: 'x', use: 'auto', weight: 1 },
        { upload: 'p', weight: 0.5 },
      ],
      hybrid: false,
      phrases: [],
      filters: {},
      k: 10,
      page: 1,
      cutoff: true,
      fold: true,
      ratingWeight: 0,
      clipScoreWeight: 0,
    })
  })

  it('may be of phrases alone', () => {
    expect(fault({ phrases: ['oil on canvas'] })).toBe('taken')
  })

  it.each<[unknown, RegExp]>([
    [null, /expected object/],
    ['a cat', /expected object/],
    [[], /expected object/],
    [{ terms: 'a cat' }, /terms: .*expected array/],
    [{ terms: [] }, /at least one term with a positive weight, or a phrase/],
    [{ terms: [{}] }, /terms\.0/],
    [{ terms: [{ text: 'a', id: 'b' }] }, /terms\.0/],
    [{ terms: [{ text: 7 }] }, /terms\.0\.text: .*expected string/],
    [{ terms: Array(17).fill({ text: 'a' }) }, /terms: .*16/],
    [{ terms: [{ text: 'a', weight: 11 }] }, /terms\.0\.weight/],
    [{ terms: [{ text: 'a', weight: Number.POSITIVE_INFINITY }] }, /terms\.0\.weight/],
    [{ terms: [{ url: 'ftp://x/a.png' }] }, /terms\.0\.url/],
    [{ terms: [{ url: 'javascript:alert(1)' }] }, /terms\.0\.url/],
    [{ terms: [{ url: `https://x.example/${'a'.repeat(4_000)}` }] }, /terms\.0\.url/],
    [{ terms: [{ id: '' }] }, /terms\.0\.id/],
    [{ terms: [{ id: 'a', use: 'both' }] }, /terms\.0\.use/],
    [{ terms: [{ text: 'a' }], k: 0 }, /k: /],
    [{ terms: [{ text: 'a' }], k: 201 }, /k: /],
    [{ terms: [{ text: 'a' }], k: 1.5 }, /k: /],
    [{ terms: [{ text: 'a' }], k: 200, page: 51 }, /page: k times page must not exceed 10000/],
    [{ terms: [{ text: 'a' }], phrases: [''] }, /phrases\.0/],
    [{ terms: [{ text: 'a' }], filters: { width: 5 } }, /filters: .*width/],
    [{ terms: [{ text: 'a' }], filters: { minWidth: -1 } }, /filters\.minWidth/],
    [{ terms: [{ text: 'a' }], filters: { minHeight: 5, maxHeight: 4 } }, /minHeight is greater than maxHeight/],
    [{ terms: [{ text: 'a' }], filters: { sources: [] } }, /filters\.sources/],
    [{ terms: [{ text: 'a' }], filters: { origins: ['painted'] } }, /filters\.origins\.0/],
    [{ terms: [{ text: 'a' }], filters: { since: 'yesterday' } }, /filters\.since/],
    [{ terms: [{ text: 'a' }], filters: { minRating: 6 } }, /filters\.minRating/],
    [{ terms: [{ text: 'a' }], wher: '1' }, /wher/],
  ])('%j is refused, and the sentence says where', (question, message) => {
    const text = fault(question)
    expect(text).toMatch(/^The question cannot be used: .*\.$/s)
    expect(text).toMatch(message)
  })
})

describe('any value for a question', () => {
  it('is taken or refused in one sentence, never with a bug', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const said = fault(value)
        expect(said === 'taken' || /^The question cannot be used: [^\n]+\.$/.test(said), said).toBe(true)
      }),
    )
  })
  it('of the right form is taken, and stays what it was when it is read again', () => {
    const term = fc.oneof(
      fc.record({ text: fc.string({ minLength: 1, maxLength: 50 }).filter((text) => text.trim() !== '') }),
      fc.record({ id: fc.string({ minLength: 1, maxLength: 50 }) }),
      fc.record({ upload: fc.string({ minLength: 1, maxLength: 50 }), weight: fc.constantFrom(-1, 0.5, 2) }),
    )
    const question = fc.record(
      {
        terms: fc.array(term, { minLength: 1, maxLength: 16 }),
        phrases: fc.constant(['oil']),
        k: fc.integer({ min: 1, max: 200 }),
        page: fc.integer({ min: 1, max: 50 }),
        find: fc.constantFrom('prompts', 'pictures'),
        hybrid: fc.boolean(),
      },
      { requiredKeys: ['terms', 'phrases'] },
    )
    fc.assert(
      fc.property(question, (value) => {
        const parsed = parseQuestion(value)
        expect(parseQuestion(parsed)).toEqual(parsed)
        expect(parsed.terms).toHaveLength(value.terms.length)
      }),
    )
  })
})

it.each<[unknown, RegExp]>([
  [{ terms: [{ text: 'a', weight: 11 }] }, /terms\.0\.weight: Too big/],
  [{ terms: [{ text: 'a', weight: Number.NaN }] }, /terms\.0\.weight: /],
  [{ terms: [{ text: ' \n ' }] }, /terms\.0\.text: there are no words; write some\.$/],
  [{ terms: [{ text: 'x'.repeat(2001) }] }, /terms\.0\.text: more than 2000 characters; shorten it\.$/],
  [{ terms: [{ url: 'ftp://x/a' }] }, /terms\.0\.url: Invalid URL/],
  [{ terms: [{ url: 'javascript:alert(1)' }] }, /terms\.0\.url: Invalid URL/],
  [{ terms: [{ id: '' }] }, /terms\.0\.id: Too small/],
  [{ terms: [{ id: 'a', use: 'both' }] }, /terms\.0\.use: .*"picture"\|"prompt"\|"auto"/],
  [{ terms: Array(17).fill({ text: 'a' }) }, /terms: Too big/],
  [{ phrases: Array(9).fill('a') }, /phrases: Too big/],
  [{ phrases: [' '] }, /phrases\.0: Too small/],
  [{ terms: [{ text: 'a' }], k: 200, page: 51 }, /page: k times page must not exceed 10000/],
  [{ terms: [{ text: 'a' }], find: 'videos' }, /find: .*"prompts"\|"pictures"/],
  [{ terms: [{ text: 'a' }], limit: 5 }, /Unrecognized key: "limit"/],
  [{ terms: [{ text: 'a', id: 'b' }] }, /terms\.0: Unrecognized key/],
])('%j is refused, with its place', (question, message) => {
  expect(fault(question)).toMatch(message)
})
