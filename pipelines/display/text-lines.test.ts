import { describe, expect, it } from 'vitest'
import { textLines } from './text-lines.ts'

describe('lines of a text', () => {
  it('are broken at blanks and filled up to the width, and not beyond', () => {
    expect(textLines('a cat on  the sofa', 5)).toEqual(['a cat', 'on', 'the', 'sofa'])
    expect(textLines('a cat on the sofa', 8)).toEqual(['a cat on', 'the sofa'])
    expect(textLines('', 8)).toEqual([])
    expect(textLines('  ', 8)).toEqual([])
  })
  it('lose no character of a word that is wider than they are', () => {
    expect(textLines('see https://x.example/1.png now', 8)).toEqual(['see', 'https://', 'x.exampl', 'e/1.png', 'now'])
  })
  it('count two columns for what is wide, and split no character', () => {
    expect(textLines('城城城城城', 4)).toEqual(['城城', '城城', '城'])
    expect(textLines('🐈🐈🐈', 4)).toEqual(['🐈🐈', '🐈'])
    expect(textLines('🐈', 1)).toEqual(['🐈'])
    expect(textLines('élan vital', 5)).toEqual(['élan', 'vital'])
  })
})
