import { describe, expect, test } from 'vitest'
import { addUsage, Budget, costOf } from './budget.ts'

const PRICE = { input: 1, output: 2 }

describe('a budget', () => {
  test('holds reservations against one another until they are settled', () => {
    const budget = new Budget({ tokens: 100 })
    const settle = budget.reserve({ input: 40, output: 40 }, undefined)
    expect(() => budget.reserve({ input: 40, output: 40 }, undefined)).toThrow(
      /80 of the token limit \(100\).*20 is left/,
    )
    settle({ input: 10, output: 5 })
    expect(budget.spent.tokens).toBe(15)
    expect(() => budget.reserve({ input: 40, output: 40 }, undefined)).not.toThrow()
  })

  test('limits the cost, and can be filled to the brim', () => {
    const budget = new Budget({ cost: 3 })
    budget.reserve({ input: 1_000_000, output: 1_000_000 }, PRICE)({ input: 1_000_000, output: 1_000_000 })
    expect(budget.spent.cost).toBe(3)
    expect(() => budget.reserve({ input: 1, output: 0 }, PRICE)).toThrow(/cost limit \(3\), of which 0 is left/)
  })

  test('goes on from what earlier runs have spent', () => {
    const budget = new Budget({ tokens: 100 }, { tokens: 95 })
    expect(() => budget.reserve({ input: 6, output: 0 }, undefined)).toThrow(
      expect.objectContaining({ outcome: 'budget' }),
    )
  })

  test('without limits never refuses', () => {
    expect(() => new Budget({}).reserve({ input: 1e12, output: 1e12 }, PRICE)).not.toThrow()
  })
})

test('cost is per million tokens, and unknown without a price', () => {
  expect(costOf({ input: 500_000, output: 250_000 }, PRICE)).toBe(1)
  expect(costOf({ input: 1, output: 1 }, undefined)).toBeNull()
})

test('usages add up, and one unknown cost makes the sum unknown', () => {
  const usage = { calls: 1, inputTokens: 2, outputTokens: 3, cost: 4, estimated: false }
  expect(addUsage(undefined, usage)).toBe(usage)
  expect(addUsage(usage, { ...usage, estimated: true })).toEqual({
    calls: 2,
    inputTokens: 4,
    outputTokens: 6,
    cost: 8,
    estimated: true,
  })
  expect(addUsage(usage, { ...usage, cost: null }).cost).toBeNull()
})
