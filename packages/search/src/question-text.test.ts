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
