import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CAST } from './figures/cast.ts'
import { interpret } from './interpretation.ts'
import { LIGHTS } from './light.ts'
import { SETTING_PAINTERS } from './scenery/settings.ts'
import { TECHNIQUES } from './styles/techniques.ts'
import { KINDS, type Kind, SETTINGS, STYLES, SUBJECTS, TIMES } from './vocabulary.ts'

const PHRASES = (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
  Object.entries(KINDS[kind]).flatMap(([concept, phrases]) =>
    (phrases as readonly string[]).map((phrase) => ({ kind, concept, phrase })),
  ),
)

describe('the vocabulary', () => {
  test('has each phrase once: it belongs to one concept', () => {
    const seen = new Map<string, string>()
    for (const { concept, phrase } of PHRASES) {
      expect([phrase, seen.get(phrase)]).toEqual([phrase, undefined])
      seen.set(phrase, concept)
    }
  })

  test('is written the way prompts are read: lower case, single blanks, four words at the most', () => {
    for (const { phrase } of PHRASES) {
      expect(phrase).toBe(phrase.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' '))
      expect(phrase.split(' ').length).toBeLessThanOrEqual(4)
    }
  })

  test('has a painter for every word, and no painter without a word', () => {
    expect(Object.keys(CAST).sort()).toEqual(Object.keys(SUBJECTS).sort())
    expect(Object.keys(SETTING_PAINTERS).sort()).toEqual(Object.keys(SETTINGS).sort())
    expect(Object.keys(TECHNIQUES).sort()).toEqual(Object.keys(STYLES).sort())
    expect(Object.keys(LIGHTS).sort()).toEqual(Object.keys(TIMES).sort())
  })
})

describe('plurals', () => {
  test.each([
    ['cats', 'cat'],
    ['foxes', 'fox'],
    ['butterflies', 'butterfly'],
    ['pastries and puppies', 'dog'],
    ['witches', 'wizard'],
    ['wishes and fish', 'fish'],
    ['ladies', 'woman'],
    ['daisies', 'flower'],
    ['houses', 'cottage'],
    ['roses', 'rose'],
    ['hares', 'rabbit'],
    ['spaceships', 'rocket'],
    ['hot air balloons', 'balloon'],
    ['pocket watches', 'clock'],
    ['mooses', undefined],
  ])('%j is %s', (prompt, subject) => {
    expect(interpret(prompt).concepts.subject[0]).toBe(subject)
  })
})

describe('one of what is listed in the plural', () => {
  test.each([
    ['a castle on a hill', 'setting', 'hills'],
    ['a green hill', 'setting', 'hills'],
    ['riding a wave', 'setting', 'sea'],
    ['a sand dune', 'setting', 'desert'],
    ['an ancient ruin', 'setting', 'ruins'],
    ['a neon light', 'style', 'neon'],
    ['carved out of wood', 'setting', undefined],
    ['a glass of water', 'style', undefined],
    ['gras', 'setting', undefined],
  ] as const)('%j: %s %s', (prompt, kind, concept) => {
    expect(interpret(prompt).concepts[kind][0]).toBe(concept)
  })
})

describe('punctuation', () => {
  test.each([
    ['red fox', [], 'one phrase'],
    ['red, fox', ['crimson'], 'a comma parts them'],
    ['red (fox)', ['crimson'], 'so do brackets'],
    ['red: fox', ['crimson'], 'and colons'],
    ['red|fox', ['crimson'], 'and bars'],
    ['red  \t\n fox', [], 'blanks of any kind do not'],
    ['(red fox:1.3)', [], 'weights as AUTOMATIC1111 writes them are no words of the phrase'],
    ['[red fox]', [], 'nor are its brackets'],
    ['"red fox"', [], 'nor quotes'],
    ['<lora:red:1> fox', ['crimson'], 'a LoRA’s name is read like words'],
  ])('%j has the palettes %j: %s', (prompt, palettes) => {
    expect(interpret(prompt).concepts.palette).toEqual(palettes)
  })

  test.each([
    ['close-up of a fox', 'close-up'],
    ['close up of a fox', 'close-up'],
    ['closeup of a fox', 'close-up'],
    ['Close-Up Of A Fox', 'close-up'],
  ])('%j is a %s however it is written', (prompt, composition) => {
    expect(interpret(prompt).concepts.composition).toEqual([composition])
  })
})

describe('reading', () => {
  const phrase = fc.constantFrom(...PHRASES)

  test('finds every concept of a prompt made of phrases, whatever their order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(phrase, { maxLength: 8, selector: ({ concept }) => concept }), (chosen) => {
        const { concepts, unknown } = interpret(chosen.map((one) => one.phrase).join(', '))
        for (const { kind, concept } of chosen) expect(concepts[kind]).toContain(concept)
        expect(unknown).toEqual([])
      }),
    )
  })

  test('gives the same for capital letters and full-width ones', () => {
    const wide = (text: string) =>
      text.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
    fc.assert(
      fc.property(phrase, (one) => {
        const plain = interpret(one.phrase)
        expect(interpret(one.phrase.toUpperCase())).toEqual(plain)
        expect(interpret(wide(one.phrase)).concepts).toEqual(plain.concepts)
      }),
    )
  })

  test('never fails, and counts each word once: as understood or as unknown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (prompt) => {
        const { understood, unknown } = interpret(prompt)
        expect(new Set(understood).size).toBe(understood.length)
        expect(new Set(unknown).size).toBe(unknown.length)
        for (const word of unknown) expect(understood).not.toContain(word)
      }),
    )
  })

  test('of a prompt twice finds what it found once', () => {
    fc.assert(
      fc.property(fc.array(phrase, { maxLength: 5 }), (chosen) => {
        const prompt = chosen.map((one) => one.phrase).join(', ')
        expect(interpret(`${prompt}, ${prompt}`)).toEqual(interpret(prompt))
      }),
    )
  })

  test.each([
    ['the fox on a bench', ['bench'], 'fillers are not counted'],
    ['fox, wibbly wobbly', ['wibbly', 'wobbly'], 'in the order of the prompt'],
    ['wibbly fox wibbly', ['wibbly'], 'each once'],
    ["fox's tail", ["fox's", 'tail'], 'an apostrophe holds a word together'],
    ['art-deco fox', ['art-deco'], 'and so does a hyphen'],
    ['4k 8k hdr fox', ['4k', '8k', 'hdr'], 'quality words mean nothing to a painter by rule'],
    ['café fox', ['café'], 'accents stay'],
  ])('%j leaves %j unknown: %s', (prompt, unknown) => {
    expect(interpret(prompt).unknown).toEqual(unknown)
  })

  test('of twenty thousand characters ends soon', () => {
    const { understood } = interpret('a fox in the snow at night '.repeat(740))
    expect(understood).toEqual(['fox', 'snow', 'night'])
  })
})
