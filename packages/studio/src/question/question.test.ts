import { questionSchema } from '@promptloom/search/question'
import { describe, expect, it } from 'vitest'
import { NOTHING, type Query } from './query.ts'
import { droppedKeys, questionOf } from './question.ts'

const page = { k: 100, page: 2 }

describe('questionOf', () => {
  it('makes a question that the server takes, of everything that can be asked', () => {
    const query: Query = {
      ...NOTHING,
      words: ' a castle ',
      parts: [
        { kind: 'words', text: 'moon', minus: false },
        { kind: 'words', text: 'fog', minus: true },
        { kind: 'row', id: '7', minus: false },
        { kind: 'address', url: 'https://example.org/a.png', minus: false },
        { kind: 'dropped', key: 'abc', minus: true },
      ],
      phrases: ['sharp focus'],
      filters: { minWidth: 512, sources: ['a'] },
      hybrid: true,
    }
    const parsed = questionSchema.parse(questionOf(query, page))
    expect(parsed.terms).toEqual([
      { text: 'a castle', weight: 1 },
      { text: 'moon', weight: 1 },
      { text: 'fog', weight: -0.5 },
      { id: '7', weight: 1, use: 'auto' },
      { url: 'https://example.org/a.png', weight: 1 },
      { upload: 'abc', weight: -0.5 },
    ])
    expect(parsed).toMatchObject({ find: 'pictures', phrases: ['sharp focus'], hybrid: true, k: 100, page: 2 })
    expect(parsed.filters).toEqual({ minWidth: 512, sources: ['a'] })
  })

  it('has no term for words that are not there', () => {
    expect(questionOf({ ...NOTHING, words: '  ', phrases: ['x'] }, page).terms).toEqual([])
  })
})

describe('droppedKeys', () => {
  it('names the pictures that must be sent along', () => {
    const parts = [
      { kind: 'dropped', key: 'a', minus: false },
      { kind: 'row', id: 'b', minus: false },
      { kind: 'dropped', key: 'c', minus: true },
    ] as const
    expect(droppedKeys({ ...NOTHING, parts })).toEqual(['a', 'c'])
  })
})
