import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText } from './text-cleaning.ts'

/** Pairs of a text and what ftfy 6, `html.unescape` twice, white space cleaning and lower case make of it. */
const GOLDEN: readonly [string, string, string][] = [
  ['plain text', 'A  photo of\ta CAT ', 'a photo of a cat'],
  ['curly quotes', '“It’s ‘fine’”', "\"it's 'fine'\""],
  ['ligatures', 'ﬁne ﬂowers, ĳs, ǆ', 'fine flowers, ijs, dž'],
  ['the long s', 'ﬅone', 'ſtone'],
  ['full-width forms', 'ＦＵＬＬ　ｗｉｄｔｈ！', 'full width!'],
  ['half-width katakana', 'ｱﾆﾒ', 'アニメ'],
  ['control characters', 'a\x00b\x07c\x7fd\ufeffe', 'abcde'],
  ['terminal escapes', '\x1b[36;44mblue\x1b[0m', 'blue'],
  ['C1 controls', 'wait\x85 what\x92s', "wait… what's"],
  ['line breaks', 'one\r\ntwo\u2028three\x0bfour', 'one two threefour'],
  ['an HTML entity', 'cats &amp; dogs', 'cats & dogs'],
  ['entities escaped twice', 'cats &amp;amp; dogs', 'cats & dogs'],
  ['entities escaped thrice', 'cats &amp;amp;amp;amp; dogs', 'cats & dogs'],
  ['entities without a semicolon', 'cats &amp dogs &copy me', 'cats & dogs © me'],
  ['numeric references', '&#39;a&#x27; &#150; &#0;', "'a' – \ufffd"],
  ['references to control characters', 'a&#1;b&#x7f;c', 'abc'],
  ['a letter after an ampersand', 'D&D party, &w', 'd&d party, &w'],
  ['HTML beside tags', '<b>cats &lt;3</b>', '<b>cats <3</b>'],
  ['decomposed accents', 'cafe\u0301', 'café'],
  ['capital letters with dots', 'İstanbul', 'i̇stanbul'],
  ['final sigma', 'ΟΔΟΣ', 'οδος'],
  ['mojibake', 'cafÃ© in the rain â€” night', 'café in the rain — night'],
  ['emoji as mojibake', 'love ðŸ˜€', 'love 😀'],
  ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['no-break spaces', '\xa0a\xa0\u2003b\u3000', 'a b'],
  ['a zero-width space', 'a\u200bb', 'a\u200bb'],
  ['only what is removed', '\x01\ufeff \t\x7f', ''],
  ['nothing', '', ''],
]

describe('cleaning a text', () => {
  it.each(GOLDEN)('treats %s as the reference does', (_, text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it('leaves alone what is not certainly read in a wrong encoding', () => {
    expect(cleanText('Â¡ola señor, Ã')).toBe('â¡ola señor, ã')
    expect(cleanText('â€ 中')).toBe('â€ 中')
  })

  it('changes nothing the second time, for texts without references', () => {
    for (const [, text] of GOLDEN) {
      if (text.includes('&')) continue
      const once = cleanText(text)
      expect(cleanText(once)).toBe(once)
    }
  })
})

describe('any text', () => {
  const strange = fc.string({ unit: 'binary', maxLength: 60 })

  it('is lower case, in one line, without controls, without blanks at its ends', () => {
    fc.assert(
      fc.property(strange, (text) => {
        const cleaned = cleanText(text)
        expect(cleaned).toBe(cleaned.toLowerCase())
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
        expect(cleaned).not.toMatch(/[\x00-\x08\x0b\x0e-\x1f\x7f\n\r\t]|^ | $| {2}/)
      }),
      { numRuns: 500 },
    )
  })

  it('of plain letters keeps its words', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(words, fc.constantFrom(' ', '  ', '\n', '\t', ' \r\n'), (some, blank) => {
        expect(cleanText(some.join(blank))).toBe(some.join(' '))
      }),
    )
  })

  it('is the same whether its quotes are typed or set', () => {
    const text = fc.array(fc.constantFrom('a', ' cat', "'", '"', ', '), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(text, (parts) => {
        const plain = parts.join('')
        expect(cleanText(plain.replaceAll("'", '’').replaceAll('"', '”'))).toBe(cleanText(plain))
      }),
    )
  })
})
