import { describe, expect, it } from 'vitest'
import { chance } from './chance.ts'

describe('the chance of a right row among the first', () => {
  it('is the share of right rows for one row, and grows with k', () => {
    expect(chance(3, { k: 1, rows: 30 })).toBeCloseTo(0.1, 12)
    expect(chance(1, { k: 10, rows: 1000 })).toBeCloseTo(0.01, 12)
    // 1 - (3/5 · 2/4)
    expect(chance(2, { k: 2, rows: 5 })).toBeCloseTo(0.7, 12)
  })

  it('is certain where fewer wrong rows are left than are drawn, and none where nothing is right', () => {
    expect(chance(4, { k: 3, rows: 6 })).toBe(1)
    expect(chance(0, { k: 10, rows: 100 })).toBe(0)
    expect(chance(0, { k: 10, rows: 0 })).toBe(0)
    expect(chance(1, { k: 10, rows: 4 })).toBe(1)
  })
})
