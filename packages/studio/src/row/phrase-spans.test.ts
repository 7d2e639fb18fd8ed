import { describe, expect, it } from 'vitest'
import { phraseSpans } from './phrase-spans.ts'

const phrases = (prompt: string) => phraseSpans(prompt).flatMap(({ phrase }) => (phrase ? [phrase] : []))

describe('phraseSpans', () => {
  it.each([
    ['a cat, sharp focus, 8k', ['a cat', 'sharp focus', '8k']],
    ['(sharp focus:1.2), [blurry], {masterpiece}', ['sharp focus', 'blurry', 'masterpiece']],
    ['a cat | a dog; a fish', ['a cat', 'a dog', 'a fish']],
    ['A cat sits. Its eyes glow', ['A cat sits', 'Its eyes glow']],
    ['f/1.8, 3.5mm lens', ['f/1.8', '3.5mm lens']],
    ['one\ntwo', ['one', 'two']],
    ['فارس على حصان، الغروب؛ زيت', ['فارس على حصان', 'الغروب', 'زيت']],
    ['城堡，夜晚、雾。油画', ['城堡', '夜晚', '雾', '油画']],
    ['', []],
    [',,, ,', []],
    ['by "Greg Rutkowski"', ['by Greg Rutkowski']],
    ['<script>alert(1)</script>', ['<script>alert 1 </script>']],
  ])('finds the phrases of %j', (prompt, expected) => {
    expect(phrases(prompt)).toEqual(expected)
  })

  it.each(['a cat,  sharp focus ,, 8k.', '  (a:1.2), b\n\nc  ', 'née Ωmega, 猫、犬, 🦊🦊', ''])(
    'puts %j together again, sign by sign',
    (prompt) => {
      expect(
        phraseSpans(prompt)
          .map(({ text }) => text)
          .join(''),
      ).toBe(prompt)
    },
  )

  it('keeps the blanks around a phrase out of it', () => {
    expect(phraseSpans('a ,  b ')).toEqual([
      { text: 'a', phrase: 'a' },
      { text: ' ' },
      { text: ',' },
      { text: '  ' },
      { text: 'b', phrase: 'b' },
      { text: ' ' },
    ])
  })
})
