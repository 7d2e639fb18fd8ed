import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { phraseSpans } from '../row/phrase-spans.ts'
import { borrowedPhrases } from './borrowed-phrases.ts'
import { wordDiff } from './word-diff.ts'

const prompt = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        'a cat',
        ' sharp focus',
        ', ',
        '(fog:1.2)',
        '\n',
        ' ',
        '8k',
        '.',
        '1.5',
        '<b>',
        '🦊',
        '|',
        '[[',
        '"',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

describe('any two prompts', () => {
  it('are both in what changed between them, sign by sign', () => {
    fc.assert(
      fc.property(prompt, prompt, (before, after) => {
        const pieces = wordDiff(before, after)
        const without = (kind: string) => pieces.filter((piece) => piece.kind !== kind).map(({ text }) => text)
        expect(without('removed').join('')).toBe(after)
        expect(without('added').join('')).toBe(before)
        expect(pieces.every(({ text }) => text !== '')).toBe(true)
      }),
    )
  })

  it('that are the same have changed in nothing', () => {
    fc.assert(
      fc.property(prompt, (text) => {
        expect(wordDiff(text, text).every(({ kind }) => kind === 'same')).toBe(true)
      }),
    )
  })
})

describe('the phrases of any prompt', () => {
  it('are the prompt again when they are put together', () => {
    fc.assert(
      fc.property(prompt, (text) => {
        expect(
          phraseSpans(text)
            .map((span) => span.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })

  it('hold words without brackets, line feeds or space around them', () => {
    fc.assert(
      fc.property(prompt, (text) => {
        for (const { phrase } of phraseSpans(text)) {
          if (phrase === undefined) continue
          expect(phrase).toMatch(/^\S/)
          expect(phrase).toMatch(/\S$/)
          expect(phrase).not.toMatch(/[()[\]{}"\n,;|]/)
        }
      }),
    )
  })
})

describe('phrases that are offered', () => {
  const prompts = fc.array(prompt, { maxLength: 6 })

  it('are few, short, each offered once, and in one of the prompts', () => {
    fc.assert(
      fc.property(prompt, prompts, fc.nat(6), (own, others, most) => {
        const offered = borrowedPhrases(own, others, most)
        const known = new Set(others.flatMap((each) => phraseSpans(each).map(({ phrase }) => phrase)))
        expect(offered.length).toBeLessThanOrEqual(most)
        expect(new Set(offered).size).toBe(offered.length)
        for (const phrase of offered) {
          expect(phrase.length).toBeLessThanOrEqual(40)
          expect(known.has(phrase)).toBe(true)
        }
      }),
    )
  })

  it('are offered no more once they were taken over', () => {
    fc.assert(
      fc.property(prompt, prompts, (own, others) => {
        const [first] = borrowedPhrases(own, others, 1)
        if (first === undefined) return
        expect(borrowedPhrases(`${own}, ${first}`, others, 50)).not.toContain(first)
      }),
    )
  })

  it('begin with what most of them say, whatever its case', () => {
    const others = ['a fox, Fog, sharp focus', 'a cat, Sharp Focus', 'a dog, sharp focus!, night']
    expect(borrowedPhrases('a robot', others, 3)[0]).toBe('sharp focus')
    expect(borrowedPhrases('a robot, SHARP FOCUS', others, 3)).toEqual(['Fog', 'night'])
  })

  it('leave out what a prompt is about', () => {
    expect(borrowedPhrases('', ['a fox', 'a fox, fog'], 5)).toEqual(['fog'])
  })
})
