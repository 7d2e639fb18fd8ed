import { describe, expect, it } from 'vitest'
import { parseTyped } from './typed.ts'

const minus = (text: string) => ({ kind: 'words', text, minus: true })
const plus = (text: string) => ({ kind: 'words', text, minus: false })

describe('parseTyped', () => {
  it.each([
    ['a castle at night', { words: 'a castle at night', parts: [], phrases: [] }],
    ['  a   castle ', { words: 'a castle', parts: [], phrases: [] }],
    ['castle -fog', { words: 'castle', parts: [minus('fog')], phrases: [] }],
    ['-fog castle', { words: 'castle', parts: [minus('fog')], phrases: [] }],
    ['castle −fog', { words: 'castle', parts: [minus('fog')], phrases: [] }],
    [
      'castle +moonlight -"dense fog"',
      { words: 'castle', parts: [plus('moonlight'), minus('dense fog')], phrases: [] },
    ],
    ['castle "sharp focus"', { words: 'castle', parts: [], phrases: ['sharp focus'] }],
    ['"sharp focus" "by night"', { words: '', parts: [], phrases: ['sharp focus', 'by night'] }],
    ['', { words: '', parts: [], phrases: [] }],
  ])('takes %j apart', (text, expected) => {
    expect(parseTyped(text)).toEqual(expected)
  })

  it.each([
    'close-up of a state-of-the-art robot',
    'a day - and a night',
    'c++ and 1+1',
    'sharp focus:1.2, (masterpiece), 8k',
    'a "quoted word in the middle',
    '--ar 16:9',
  ])('leaves %j as it is', (text) => {
    expect(parseTyped(text)).toEqual({ words: text, parts: [], phrases: [] })
  })

  it('takes the address of a picture for a picture', () => {
    expect(parseTyped(' https://example.org/a.png ')).toEqual({
      words: '',
      parts: [{ kind: 'address', url: 'https://example.org/a.png', minus: false }],
      phrases: [],
    })
    expect(parseTyped('see https://example.org/a.png').parts).toEqual([])
    expect(parseTyped('https://').words).toBe('https://')
  })

  it('takes markup for words', () => {
    expect(parseTyped('<img src=x onerror=alert(1)>').words).toBe('<img src=x onerror=alert(1)>')
  })
})
