import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PaintRequest } from './back-end.ts'
import { checkPaintRequest, seedAt } from './paint-request.ts'

const REQUEST: PaintRequest = { prompt: 'a fox' }

describe('a request that can be painted', () => {
  test('is filled in with one picture and a random seed, and else left as it is', () => {
    const checked = checkPaintRequest(REQUEST)
    expect(checked).toEqual({ prompt: 'a fox', count: 1, seed: expect.any(Number) })
    expect(Number.isInteger(checked.seed) && checked.seed >= 0 && checked.seed < 2 ** 32).toBe(true)
  })

  test('has another seed each time it leaves it open', () => {
    const seeds = new Set(Array.from({ length: 20 }, () => checkPaintRequest(REQUEST).seed))
    expect(seeds.size).toBeGreaterThan(15)
  })

  test.each<[Partial<PaintRequest>, string]>([
    [{ prompt: 'x'.repeat(20_000) }, 'the longest prompt'],
    [{ prompt: '  a fox  ' }, 'blanks around the prompt stay'],
    [{ negativePrompt: '' }, 'no negative prompt'],
    [{ count: 1 }, 'one picture'],
    [{ count: 100 }, 'as many as allowed'],
    [{ seed: 0 }, 'the lowest seed'],
    [{ seed: 2 ** 32 - 1 }, 'the highest seed'],
    [{ width: 16, height: 16_384 }, 'the shortest and the longest side'],
    [{ steps: 1 }, 'one step'],
    [{ steps: 1000 }, 'a thousand steps'],
    [{ cfg: 0 }, 'no guidance'],
    [{ cfg: 7.5 }, 'a guidance scale with a share'],
    [{ cfg: 100 }, 'the strongest guidance'],
    [{ sampler: 'Euler a', model: 'dream' }, 'names are the back end’s matter'],
  ])('%j: %s', (part) => {
    expect(checkPaintRequest({ ...REQUEST, ...part })).toMatchObject(part)
  })
})

describe('a request that can not be painted', () => {
  test.each<[Partial<PaintRequest>, string]>([
    [{ prompt: '' }, 'The prompt to paint is empty; write one.'],
    [{ prompt: ' \t\n' }, 'The prompt to paint is empty; write one.'],
    [{ prompt: 'x'.repeat(20_001) }, 'The prompt has 20001 characters; shorten it to 20000 or fewer.'],
    [{ count: 0 }, 'The number of pictures is 0; give a whole number from 1 to 100.'],
    [{ count: 101 }, 'The number of pictures is 101; give a whole number from 1 to 100.'],
    [{ count: 1.5 }, 'The number of pictures is 1.5; give a whole number from 1 to 100.'],
    [{ count: Number.NaN }, 'The number of pictures is NaN; give a whole number from 1 to 100.'],
    [{ seed: -1 }, 'The seed is -1; give a whole number from 0 to 4294967295.'],
    [{ seed: 2 ** 32 }, 'The seed is 4294967296; give a whole number from 0 to 4294967295.'],
    [{ seed: 0.5 }, 'The seed is 0.5; give a whole number from 0 to 4294967295.'],
    [{ width: 15 }, 'The width is 15; give a whole number from 16 to 16384.'],
    [{ width: Number.POSITIVE_INFINITY }, 'The width is Infinity; give a whole number from 16 to 16384.'],
    [{ height: 16_385 }, 'The height is 16385; give a whole number from 16 to 16384.'],
    [{ steps: 0 }, 'The number of steps is 0; give a whole number from 1 to 1000.'],
    [{ steps: 1001 }, 'The number of steps is 1001; give a whole number from 1 to 1000.'],
    [{ cfg: -0.1 }, 'The guidance scale is -0.1; give a number from 0 to 100.'],
    [{ cfg: 100.1 }, 'The guidance scale is 100.1; give a number from 0 to 100.'],
    [{ cfg: Number.NaN }, 'The guidance scale is NaN; give a number from 0 to 100.'],
  ])('%j', (part, message) => {
    expect(() => checkPaintRequest({ ...REQUEST, ...part })).toThrow(
      expect.objectContaining({ outcome: 'generator_invalid', exitCode: 2, retryable: false, message }),
    )
  })
})

describe('seeds of several pictures', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  const position = fc.integer({ min: 0, max: 99 })

  test('follow one another, and start over after the last', () => {
    expect([0, 1, 2].map((at) => seedAt(2 ** 32 - 2, at))).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 0])
  })

  test('are seeds themselves, all different within a request', () => {
    fc.assert(
      fc.property(seed, position, position, (first, one, other) => {
        expect(() => checkPaintRequest({ ...REQUEST, seed: seedAt(first, one) })).not.toThrow()
        expect(seedAt(first, one) === seedAt(first, other)).toBe(one === other)
      }),
    )
  })
})
