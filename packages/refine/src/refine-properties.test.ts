import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Budget, costOf, type Price } from './budget.ts'
import { conversation, repair } from './conversation.ts'
import { modifiersOf, phraseKey, phrases } from './modifiers.ts'
import { OfflineRefiner } from './offline-refiner.ts'
import { RefineError, type RefineOutcome, refineCures } from './refine-error.ts'
import { checkRequest, RefineInputError } from './refine-input.ts'
import type { Neighbour, RefineRequest } from './refiner.ts'
import { VariantStream } from './variant-stream.ts'

const WORDS = [
  'a fox',
  'sharp focus',
  'art by greg',
  'oil painting',
  '8k',
  'volumetric lighting',
  'Sharp Focus',
  'a castle',
]
const prompt = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(', '))
const neighbours = fc
  .array(fc.record({ prompt, similarity: fc.double({ min: -1, max: 1, noNaN: true }) }), { maxLength: 8 })
  .map((all): Neighbour[] => all.map((one, at) => ({ ...one, id: `id-${at}` })))

describe('phrases of a prompt', () => {
  test.each<[string, readonly string[], string]>([
    ['a fox, sharp focus', ['a fox', 'sharp focus'], 'commas'],
    ['a fox; sharp focus | 8k', ['a fox', 'sharp focus', '8k'], 'semicolons and bars'],
    ['a fox. Sharp focus.', ['a fox', 'Sharp focus'], 'stops'],
    ['v1.5 of a fox', ['v1.5 of a fox'], 'a stop in a number is none'],
    ['a fox\nsharp focus\r\n8k', ['a fox', 'sharp focus', '8k'], 'lines'],
    ['(sharp focus:1.2), [blurry], {8k}', ['sharp focus', 'blurry', '8k'], 'weights and brackets'],
    ['((a fox)):1.3', ['a fox'], 'a weight outside'],
    ['"a fox"', ['a fox'], 'quotes'],
    [' ,, ; | ', [], 'nothing between them'],
    ['a   fox\t runs', ['a fox runs'], 'blanks in a row'],
    ['hidden\u200Bjoiner\u202E, x', ['hidden joiner', 'x'], 'invisible characters'],
    ['cafe\u0301', ['café'], 'accents in one form'],
  ])('%j: %j (%s)', (text, expected) => {
    expect(phrases(text)).toEqual(expected)
  })

  test('taken apart once more stay as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const phrase of phrases(text)) {
          expect(phrase).toBe(phrase.trim())
          expect(phrase).not.toMatch(/[,;|\n()[\]{}"]/)
        }
      }),
    )
  })

  test('of any case and punctuation have one key', () => {
    for (const spelling of ['Sharp Focus', 'sharp-focus', ' SHARP  focus! ', '(sharp focus)'])
      expect(phraseKey(spelling)).toBe('sharp focus')
    expect(phraseKey('!!!')).toBe('')
  })
})

describe('modifiers', () => {
  test('come heaviest first, each from neighbours that exist, none of them twice', () => {
    fc.assert(
      fc.property(prompt, neighbours, (own, all) => {
        const found = modifiersOf(own, all)
        const weights = found.map(({ weight }) => weight)
        expect(weights).toEqual([...weights].sort((a, b) => b - a))
        expect(new Set(found.map(({ phrase }) => phraseKey(phrase))).size).toBe(found.length)
        for (const { neighbours: ids, weight } of found) {
          expect(weight).toBeGreaterThan(0)
          expect(new Set(ids).size).toBe(ids.length)
          for (const id of ids) expect(all.map((one) => one.id)).toContain(id)
        }
      }),
    )
  })

  test('never say what the prompt says already', () => {
    fc.assert(
      fc.property(prompt, neighbours, (own, all) => {
        const keys = phrases(own).map(phraseKey)
        for (const { phrase } of modifiersOf(own, all)) expect(keys).not.toContain(phraseKey(phrase))
      }),
    )
  })

  test('do not depend on the order in which neighbours are given', () => {
    fc.assert(
      fc.property(prompt, neighbours, (own, all) => {
        expect(modifiersOf(own, [...all].reverse())).toEqual(modifiersOf(own, all))
      }),
    )
  })
})

describe('the offline refiner', () => {
  const refined = async (request: RefineRequest) => (await new OfflineRefiner().refine(request)).variants

  test('gives different variants that begin with the prompt and name only neighbours that were given', async () => {
    await fc.assert(
      fc.asyncProperty(prompt, neighbours, fc.integer({ min: 1, max: 5 }), async (own, all, wanted) => {
        const variants = await refined({ prompt: own, neighbours: all, variants: wanted })
        expect(variants.length).toBeLessThanOrEqual(wanted)
        expect(new Set(variants.map((one) => one.prompt)).size).toBe(variants.length)
        for (const variant of variants) {
          expect(variant.prompt.startsWith(`${own}, `)).toBe(true)
          expect(variant.prompt.length).toBeLessThanOrEqual(300)
          for (const id of variant.neighbours) expect(all.map((one) => one.id)).toContain(id)
        }
      }),
    )
  })

  test('gives the same for the same request, and the first whatever the seed', async () => {
    await fc.assert(
      fc.asyncProperty(prompt, neighbours, fc.integer(), async (own, all, seed) => {
        const request = { prompt: own, neighbours: all, seed }
        const variants = await refined(request)
        expect(await refined(request)).toEqual(variants)
        expect((await refined({ ...request, seed: seed + 1 }))[0]).toEqual(variants[0])
      }),
    )
  })

  test.each<[string, string]>([
    ['a fox,', 'a fox, sharp focus'],
    ['a fox. ', 'a fox, sharp focus'],
    ['a fox,,, ;', 'a fox, sharp focus'],
    ['  a fox', 'a fox, sharp focus'],
    [',', 'sharp focus'],
    ['...', 'sharp focus'],
  ])('goes on behind %j as %j', async (own, expected) => {
    const all = [0, 1].map((at) => ({ id: `${at}`, prompt: 'a dog, sharp focus', similarity: 0.9 }))
    expect((await refined({ prompt: own, neighbours: all, variants: 1 }))[0]?.prompt).toBe(expected)
  })

  test('without neighbours has nothing to add, and says so by giving none', async () => {
    expect(await refined({ prompt: 'a fox', neighbours: [] })).toEqual([])
  })

  test('tells of each variant as it is made, in order', async () => {
    const told: [string, number][] = []
    const all = ['sharp focus', '8k', 'oil painting'].map((word, at) => ({
      id: `${at}`,
      prompt: `a dog, ${word}`,
      similarity: 0.9,
    }))
    const { variants } = await new OfflineRefiner().refine(
      { prompt: 'a fox', neighbours: all },
      { onVariant: (variant, position) => told.push([variant.prompt, position]) },
    )
    expect(told).toEqual(variants.map((variant, at) => [variant.prompt, at]))
  })
})

describe('a budget', () => {
  const tokens = fc.record({ input: fc.nat(1000), output: fc.nat(1000) })
  const price: fc.Arbitrary<Price | undefined> = fc.option(fc.record({ input: fc.nat(20), output: fc.nat(20) }), {
    nil: undefined,
  })

  test('is never overdrawn by calls that keep to their worst case, however they interleave', () => {
    const call = fc.record({ worst: tokens, share: fc.double({ min: 0, max: 1, noNaN: true }), late: fc.boolean() })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), price, fc.nat(10_000), (calls, cost, limit) => {
        const budget = new Budget({ tokens: limit })
        const open: (() => void)[] = []
        let used = 0
        for (const { worst, share, late } of calls) {
          const real = { input: Math.floor(worst.input * share), output: Math.floor(worst.output * share) }
          try {
            const settle = budget.reserve(worst, cost)
            used += real.input + real.output
            if (late) open.push(() => settle(real))
            else settle(real)
          } catch (error) {
            expect(error).toMatchObject({ outcome: 'budget', exitCode: 3 })
          }
          expect(budget.spent.tokens).toBeLessThanOrEqual(limit)
        }
        for (const settle of open) settle()
        expect(budget.spent.tokens).toBe(used)
      }),
    )
  })

  test('is as it was after a call that was refused', () => {
    fc.assert(
      fc.property(tokens, price, (worst, cost) => {
        const budget = new Budget({ tokens: 0, cost: 0 })
        try {
          budget.reserve(worst, cost)
        } catch {
          expect(budget.spent).toEqual({ tokens: 0, cost: 0 })
        }
      }),
    )
  })

  test('costs add up: two halves cost what the whole does', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.record({ input: fc.nat(20), output: fc.nat(20) }), (a, b, cost) => {
        const both = { input: a.input + b.input, output: a.output + b.output }
        expect((costOf(a, cost) ?? 0) + (costOf(b, cost) ?? 0)).toBeCloseTo(costOf(both, cost) ?? 0, 9)
      }),
    )
  })
})

describe('a streamed answer', () => {
  const variant = fc.record({
    prompt: fc.string(),
    reason: fc.string(),
    neighbours: fc.array(fc.string(), { maxLength: 3 }),
  })

  test('gives the same variants wherever the network cuts it', () => {
    fc.assert(
      fc.property(
        fc.array(variant, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        fc.constantFrom(undefined, 2),
        (variants, cuts, indent) => {
          const text = JSON.stringify({ variants }, null, indent)
          const stream = new VariantStream()
          const found: string[] = []
          let at = 0
          for (const cut of [...cuts, text.length]) {
            found.push(...stream.push(text.slice(at, at + cut)))
            at += cut
          }
          found.push(...stream.push(text.slice(at)))
          expect(found.map((one) => JSON.parse(one))).toEqual(variants)
        },
      ),
    )
  })

  test('gives each variant as soon as its brace closes, not before', () => {
    const stream = new VariantStream()
    expect(stream.push('{"variants": [{"prompt": "}"')).toEqual([])
    expect(stream.push('}')).toEqual(['{"prompt": "}"}'])
    expect(stream.push(', {"prompt": "b"}]}')).toEqual(['{"prompt": "b"}'])
  })
})

describe('the conversation', () => {
  const asked = (own: string, all: readonly Neighbour[] = [], variants = 3) =>
    conversation('Improve it.', checkRequest({ prompt: own, neighbours: all, variants }))

  test('carries any prompt there and back as one JSON value in one line', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((words) => words.trim() !== '')
    fc.assert(
      fc.property(text, text, (own, other) => {
        const lines = asked(own, [{ id: 'a', prompt: other, similarity: 0.5 }])[1]?.content.split('\n') ?? []
        expect(lines).toHaveLength(7)
        expect(JSON.parse(lines[1] as string)).toBe(own)
        expect(JSON.parse(lines[4] as string)).toMatchObject({ id: 'a', prompt: other })
        for (const line of [lines[1], lines[4]]) expect(line).not.toMatch(/[<>&]|\p{Cc}|\p{Cf}/u)
      }),
    )
  })

  test.each([
    [1, 'Write exactly 1 variant.'],
    [3, 'Write exactly 3 variants.'],
  ])('asks for %i in so many words', (variants, last) => {
    expect(asked('x', [], variants)[1]?.content.split('\n').at(-1)).toBe(last)
  })

  test('to repair an answer goes on from it, with everything that was wrong', () => {
    const before = asked('x')
    const messages = repair(before, 'an answer', ['it is no JSON', 'it is too long'])
    expect(messages.slice(0, 2)).toEqual(before)
    expect(messages[2]).toEqual({ role: 'assistant', content: 'an answer' })
    expect(messages[3]?.content).toContain('- it is no JSON\n- it is too long\n')
  })
})

describe('a request', () => {
  test.each<[Partial<RefineRequest>, string]>([
    [{ prompt: '' }, 'The prompt to refine is empty; write one.'],
    [{ prompt: ' \n' }, 'The prompt to refine is empty; write one.'],
    [{ prompt: 'x'.repeat(10_001) }, 'The prompt to refine has 10001 characters; shorten it to 10000 or fewer.'],
    [{ variants: 0 }, "0 variants can't be made; ask for 1 to 50."],
    [{ variants: 51 }, "51 variants can't be made; ask for 1 to 50."],
    [{ variants: 1.5 }, "1.5 variants can't be made; ask for 1 to 50."],
    [{ variants: Number.NaN }, "NaN variants can't be made; ask for 1 to 50."],
    [{ seed: 0.5 }, 'The seed 0.5 is not an integer; give one, or none.'],
    [{ seed: 2 ** 60 }, 'The seed 1152921504606847000 is not an integer; give one, or none.'],
  ])('with %j is the user’s mistake: %s', (part, message) => {
    const attempt = () => checkRequest({ prompt: 'a fox', neighbours: [], ...part })
    expect(attempt).toThrow(RefineInputError)
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2, message }))
  })

  test.each<Partial<RefineRequest>>([
    { variants: 1 },
    { variants: 50 },
    { seed: -1 },
    { seed: 0 },
    { prompt: 'x'.repeat(10_000) },
  ])('with %j is good', (part) => {
    expect(checkRequest({ prompt: 'a fox', neighbours: [], ...part })).toMatchObject(part)
  })

  test('wants three variants where it does not say', () => {
    expect(checkRequest({ prompt: 'a fox', neighbours: [] }).variants).toBe(3)
  })
})

describe('an outcome', () => {
  test.each<[RefineOutcome, 1 | 2 | 3, boolean]>([
    ['llm_unreachable', 1, true],
    ['llm_timeout', 1, true],
    ['llm_busy', 1, true],
    ['llm_error', 1, true],
    ['llm_refused', 1, false],
    ['llm_malformed', 1, false],
    ['llm_denied', 2, false],
    ['llm_invalid', 2, false],
    ['budget', 3, false],
  ])('%s ends with %i; another try may help: %s', (outcome, exitCode, retryable) => {
    const error = new RefineError(outcome, 'x')
    expect(error).toMatchObject({ exitCode, retryable, name: 'RefineError' })
    expect(refineCures(error)).toBe(retryable)
    expect(refineCures(new RefineError(outcome, 'x', { afterMs: 5 }))).toEqual(retryable ? { afterMs: 5 } : false)
  })

  test.each([new Error('bug'), 'text', undefined])('of %o: a bug is not tried again', (error) => {
    expect(refineCures(error)).toBe(false)
  })
})
