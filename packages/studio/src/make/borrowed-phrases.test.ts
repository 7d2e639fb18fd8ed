import { describe, expect, it } from 'vitest'
import { borrowedPhrases } from './borrowed-phrases.ts'

describe('borrowedPhrases', () => {
  const others = ['a dog, sharp focus, 8k', 'a fish, Sharp Focus, oil on canvas', 'a bird, 8k, sharp focus']

  it('offers what most of the others use first', () => {
    expect(borrowedPhrases('a cat', others, 10)).toEqual(['sharp focus', '8k', 'oil on canvas'])
    expect(borrowedPhrases('a cat', others, 1)).toEqual(['sharp focus'])
  })

  it('leaves out what the prompt has already, whatever its spelling', () => {
    expect(borrowedPhrases('a cat, SHARP-FOCUS', others, 10)).toEqual(['8k', 'oil on canvas'])
  })

  it('leaves out subjects, and phrases that are too long to be a manner', () => {
    expect(borrowedPhrases('', ['only a subject'], 10)).toEqual([])
    expect(borrowedPhrases('', [`a cat, ${'very '.repeat(20)}long`], 10)).toEqual([])
    expect(borrowedPhrases('', [], 10)).toEqual([])
  })
})
