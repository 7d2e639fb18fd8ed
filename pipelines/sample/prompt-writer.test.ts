import { interpret } from '@promptloom/generate/sketch/interpretation'
import { type Random, randomFor } from '@promptloom/generate/sketch/random'
import { KINDS, type Kind, STYLES, SUBJECTS } from '@promptloom/generate/sketch/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawWish, type Wish, writePrompt } from './prompt-writer.ts'

const ALL = Object.keys(KINDS) as Kind[]
const key = fc.string({ maxLength: 12 })
const wishes = Array.from({ length: 2000 }, (_, index) => drawWish(randomFor(`wish ${index}`)))
/** Wordings of one wish. */
const wordings = (wish: Wish, count = 60) =>
  Array.from({ length: count }, (_, index) => writePrompt(wish, randomFor(`wording ${index}`)))

describe('a wish', () => {
  test('is the same for the same numbers', () => {
    fc.assert(
      fc.property(key, (name) => {
        expect(drawWish(randomFor(name))).toEqual(drawWish(randomFor(name)))
      }),
    )
  })

  test('names concepts of the vocabulary, and at least a subject or a setting', () => {
    for (const wish of wishes) {
      for (const [kind, concept] of Object.entries(wish)) expect(Object.keys(KINDS[kind as Kind])).toContain(concept)
      expect(wish.subject ?? wish.setting).toBeDefined()
    }
  })

  test.each<[Kind, number]>([
    ['subject', 0.98],
    ['setting', 0.82],
    ['style', 0.92],
    ['time', 0.55],
    ['palette', 0.4],
    ['composition', 0.35],
    ['weather', 0.12],
  ])('names a %s in about %s of all cases', (kind, share) => {
    const named = wishes.filter((wish) => wish[kind]).length / wishes.length
    // 2,000 draws: four standard deviations are 0.045 at the most.
    expect(Math.abs(named - share)).toBeLessThan(0.045)
  })

  test('names every kind that it always shall', () => {
    fc.assert(
      fc.property(key, fc.subarray(ALL), (name, always) => {
        const wish = drawWish(randomFor(name), always)
        for (const kind of always) expect(wish[kind]).toBeDefined()
      }),
    )
  })

  test('keeps what it had when more is always named', () => {
    fc.assert(
      fc.property(key, (name) => {
        const few = drawWish(randomFor(name))
        // A wish with neither subject nor setting is given one by an extra draw, which the other has no need of.
        fc.pre(few.subject !== undefined)
        expect(drawWish(randomFor(name), ALL)).toMatchObject(few)
      }),
    )
  })

  test('reaches every subject and style', () => {
    expect(new Set(wishes.map((wish) => wish.subject).filter(Boolean))).toEqual(new Set(Object.keys(SUBJECTS)))
    expect(new Set(wishes.map((wish) => wish.style).filter(Boolean))).toEqual(new Set(Object.keys(STYLES)))
  })
})

describe('a prompt', () => {
  test('is the same for the same wish and numbers', () => {
    fc.assert(
      fc.property(key, (name) => {
        const write = (random: Random) => writePrompt(drawWish(random), random)
        expect(write(randomFor(name))).toBe(write(randomFor(name)))
      }),
    )
  })

  test('is a line of words between commas, without blanks or commas too many', () => {
    for (const [index, wish] of wishes.entries()) {
      const prompt = writePrompt(wish, randomFor(`line ${index}`))
      expect(prompt).toBe(prompt.trim())
      expect(prompt).not.toMatch(/\n| {2}|, *,|^,|,$|undefined/)
    }
  })

  test('wishes in many ways for the same: an order, an article, a word of praise', () => {
    const wish: Wish = { subject: 'fox', setting: 'forest', style: 'ink', time: 'night' }
    expect(new Set(wordings(wish)).size).toBeGreaterThan(40)
    const starts = new Set(wordings(wish).map((prompt) => prompt.split(' ')[0]))
    expect(starts.size).toBeGreaterThan(4)
  })

  test('is understood as what was wished, however it is worded', () => {
    const wish: Wish = { subject: 'lighthouse', setting: 'sea', style: 'oil', time: 'sunset', palette: 'gold' }
    for (const prompt of wordings(wish)) {
      const { concepts } = interpret(prompt)
      for (const kind of ['subject', 'setting', 'style', 'time', 'palette'] as const)
        expect([prompt, concepts[kind]]).toEqual([prompt, expect.arrayContaining([wish[kind]])])
    }
  })

  test.each<[Wish, RegExp, string]>([
    [{ subject: 'owl' }, /\ban (?:\w+ )?owl|\ba \w+ (?:barn )?owl|\bowl/, 'an before a vowel'],
    [{ subject: 'unicorn' }, /^(?!.*\ban unicorn)/, 'but not before its sound'],
    [
      { subject: 'fox', composition: 'pair' },
      /(?:two|pair of|couple of|twin) (?:\w+ )*(?:fox|vixen|red fox)/,
      'several of them',
    ],
    [{ subject: 'fox', composition: 'close-up' }, /(?:close|macro|portrait|headshot)/, 'a shot of it'],
    [{ setting: 'studio' }, /background|isolated/, 'no subject at all'],
    [{ setting: 'underwater' }, /underwater|deep sea|coral reef|under the sea/, 'a place that needs no preposition'],
  ])('of %j is worded as %s (%s)', (wish, pattern) => {
    for (const prompt of wordings(wish)) expect(prompt).toMatch(pattern)
  })

  test('says "an" before vowels and "a" before the rest', () => {
    for (const subject of Object.keys(SUBJECTS)) {
      for (const prompt of wordings({ subject }, 12)) {
        expect(prompt).not.toMatch(/\ban [bcdfghjklmnpqrstvwxyz]/)
        expect(prompt).not.toMatch(/\ba [aeio]/)
      }
    }
  })

  test('uses every phrase of a concept now and then', () => {
    const used = new Set(
      wordings({ subject: 'castle' }, 300).flatMap((prompt) => prompt.match(/castle|fortress|palace/g) ?? []),
    )
    expect(used).toEqual(new Set(['castle', 'fortress', 'palace']))
  })

  test('has praise sometimes, often none, and never the same twice', () => {
    const praises = wordings({ subject: 'fox' }, 200).map((prompt) => prompt.split(', ').slice(1))
    expect(praises.some((one) => one.length === 0)).toBe(true)
    expect(praises.some((one) => one.length > 2)).toBe(true)
    for (const one of praises) expect(new Set(one).size).toBe(one.length)
  })
})
