import { questionSchema } from '@promptloom/search/question'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, queryOf } from './link.ts'
import { asksSomething, NOTHING, nameOf, type Part, type Query, turned, withoutPart, withPart } from './query.ts'
import { questionOf } from './question.ts'
import { parseTyped } from './typed.ts'

const said = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom('a&b=c', '<b>x</b>', '100%', '%2', 'a+b', '#', '?', '  spaces  ', '−fog', '"quoted"'),
)
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('words' as const), text: said, minus: fc.boolean() }),
  fc.record({ kind: fc.constant('row' as const), id: said, minus: fc.boolean() }),
  fc.record({ kind: fc.constant('address' as const), url: fc.webUrl(), minus: fc.boolean() }),
  fc.record({ kind: fc.constant('dropped' as const), key: fc.stringMatching(/^[0-9a-f]{16}$/), minus: fc.boolean() }),
)
const query: fc.Arbitrary<Query> = fc.record({
  words: fc.string({ maxLength: 60, unit: 'grapheme' }),
  parts: fc.array(part, { maxLength: 5 }),
  phrases: fc.array(said, { maxLength: 8 }),
  find: fc.constantFrom('pictures' as const, 'prompts' as const),
  filters: fc.record(
    {
      minWidth: fc.integer({ min: 1, max: 4096 }),
      maxHeight: fc.integer({ min: 1, max: 4096 }),
      orientation: fc.constantFrom('portrait' as const, 'landscape' as const, 'square' as const),
      sources: fc.array(said, { minLength: 1, maxLength: 3 }),
      since: fc.constantFrom('2026-01-31', '2020-02-29'),
      hasPicture: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  hybrid: fc.boolean(),
  cutoff: fc.boolean(),
  fold: fc.boolean(),
})
const read = (address: string) => queryOf(new URL(address, 'http://localhost').searchParams)

describe('any query', () => {
  it('is what its address says: a link that is sent shows what the sender saw', () => {
    fc.assert(
      fc.property(query, (asked) => {
        expect(read(addressOf(asked))).toEqual(asked)
      }),
    )
  })

  it('has one address, whatever page it is shown over', () => {
    fc.assert(
      fc.property(query, (asked) => {
        const over = addressOf(asked, '/row/7')
        expect(over.startsWith('/row/7')).toBe(true)
        expect(read(over)).toEqual(asked)
        expect(addressOf(read(addressOf(asked)))).toBe(addressOf(asked))
      }),
    )
  })

  it('names each thing once however often it is put in, and loses it whole', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), part, (parts, last) => {
        const all = [...parts, last].reduce(withPart, NOTHING)
        const names = all.parts.map(nameOf)
        expect(new Set(names).size).toBe(names.length)
        expect(all.parts.at(-1)).toEqual(last)
        expect(withoutPart(all, last).parts.map(nameOf)).not.toContain(nameOf(last))
        expect(withoutPart(all, last).parts).toHaveLength(all.parts.length - 1)
      }),
    )
  })

  it('turned twice is as it was, and nothing but the one part turns', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const all = parts.reduce(withPart, NOTHING)
        const [first] = all.parts as [Part]
        const once = turned(all, first)
        expect(once.parts[0]?.minus).toBe(!first.minus)
        expect(once.parts.slice(1)).toEqual(all.parts.slice(1))
        expect(turned(once, first)).toEqual(all)
      }),
    )
  })

  it('that asks for something has words, a phrase or a plus term for the server', () => {
    fc.assert(
      fc.property(query, (asked) => {
        const { terms = [], phrases = [] } = questionOf(asked, { k: 10, page: 1 })
        const towards = terms.some(({ weight = 1 }) => weight > 0) || phrases.length > 0
        expect(asksSomething(asked)).toBe(towards)
      }),
    )
  })
})

describe('any address', () => {
  const numbers = ['1.5', '1e3', '0x10', '-1', '0', 'Infinity', '512', ' 7 ', '99999999999999999999']
  const pair = fc.oneof(
    fc.tuple(fc.constantFrom('minWidth', 'maxWidth', 'minHeight', 'maxHeight'), fc.constantFrom(...numbers)),
    fc.tuple(fc.constantFrom('since', 'until'), fc.constantFrom('2026-01-31', '2026-13-45', '31.1.2026', '')),
    fc.tuple(
      fc.constantFrom('origin', 'shape', 'find', 'cutoff'),
      fc.constantFrom('generated', 'portrait', 'off', 'x'),
    ),
    fc.tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 })),
  )

  it('is read without complaint, and what is read of it is read the same again', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), (pairs) => {
        const asked = queryOf(new URLSearchParams(pairs))
        expect(read(addressOf(asked))).toEqual(asked)
      }),
    )
  })

  it.each(['1.5', '512.25', '99999999999999999999', '1e300'])(
    'asks for no size that the server would refuse: %s',
    (value) => {
      const asked = read(`/?q=a&minWidth=${value}`)
      expect(questionSchema.safeParse(questionOf(asked, { k: 10, page: 1 })).error).toBeUndefined()
    },
  )

  it.each(['2026-13-45', '2026-02-30', '0000-00-00'])('asks for no day that there is none of: %s', (value) => {
    const asked = read(`/?q=a&since=${value}`)
    expect(questionSchema.safeParse(questionOf(asked, { k: 10, page: 1 })).error).toBeUndefined()
  })
})

describe('whatever is typed', () => {
  const token = fc.constantFrom(
    'a',
    'castle',
    '-fog',
    '+sun',
    '"by night"',
    '-" "',
    '+"  "',
    '" "',
    '-',
    '+',
    '"',
    '--x',
  )
  const typed = fc.array(fc.oneof(token, fc.string({ maxLength: 6 })), { maxLength: 8 }).map((words) => words.join(' '))

  it('becomes no empty part and no empty phrase: the server would refuse them', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const { parts, phrases } = parseTyped(text)
        for (const one of parts) expect(one.kind === 'words' ? one.text.trim() : 'x').not.toBe('')
        for (const phrase of phrases) expect(phrase.trim()).not.toBe('')
      }),
      { examples: [['a -" "'], ['+"  " b'], ['https://example.org/a.png " "']] },
    )
  })

  it('is taken apart once: the words that are left are words alone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'castle', '-fog', '+sun', '"by night"'), { maxLength: 8 }), (words) => {
        const { words: left } = parseTyped(words.join(' '))
        expect(parseTyped(left)).toEqual({ words: left, parts: [], phrases: [] })
      }),
    )
  })

  it('loses no word and takes none twice', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/)
    fc.assert(
      fc.property(fc.array(word), fc.uniqueArray(word), fc.uniqueArray(word), (plain, minus, phrases) => {
        const text = [...plain, ...minus.map((one) => `-${one}`), ...phrases.map((one) => `"${one} x"`)].join(' ')
        const taken = parseTyped(text)
        expect(taken.words).toBe(plain.join(' '))
        expect(taken.parts).toEqual(minus.map((one) => ({ kind: 'words', text: one, minus: true })))
        expect(taken.phrases).toEqual(phrases.map((one) => `${one} x`))
      }),
    )
  })
})
