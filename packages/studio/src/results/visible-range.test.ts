import { describe, expect, it } from 'vitest'
import { visibleRange } from './visible-range.ts'

const tops = [0, 100, 200, 300, 400]

describe('visibleRange', () => {
  it.each([
    [0, 50, 0, 1],
    [0, 100, 0, 2],
    [150, 250, 1, 3],
    [-500, -100, 0, 1],
    [390, 2000, 3, 5],
    [5000, 6000, 4, 5],
    [-100, 9999, 0, 5],
  ])('from %i to %i shows the items %i to %i', (from, to, start, end) => {
    expect(visibleRange(tops, from, to)).toEqual({ start, end })
  })

  it('shows nothing where there is nothing', () => {
    expect(visibleRange([], 0, 100)).toEqual({ start: 0, end: 0 })
  })

  it('finds its place among very many in few steps', () => {
    const many = Array.from({ length: 1_000_000 }, (_, index) => index * 10)
    expect(visibleRange(many, 5_000_005, 5_000_025)).toEqual({ start: 500_000, end: 500_003 })
  })
})
