import { describe, expect, it } from 'vitest'
import { wordDiff } from './word-diff.ts'

const whole = (before: string, after: string, left: 'added' | 'removed') =>
  wordDiff(before, after)
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join('')

describe('wordDiff', () => {
  it('tells what was added, removed and kept', () => {
    expect(wordDiff('a red cat', 'a blue cat, sharp focus')).toEqual([
      { kind: 'same', text: 'a ' },
      { kind: 'removed', text: 'red' },
      { kind: 'added', text: 'blue' },
      { kind: 'same', text: ' cat' },
      { kind: 'added', text: ', sharp focus' },
    ])
  })

  it.each([
    ['a cat', 'a cat'],
    ['', 'a cat'],
    ['a cat', ''],
    ['a  cat ,  8k', 'A cat, 8k\nby night'],
    ['<b>x</b>', '<i>x</i>'],
  ])('loses no sign between %j and %j', (before, after) => {
    expect(whole(before, after, 'added')).toBe(before)
    expect(whole(before, after, 'removed')).toBe(after)
  })
})
