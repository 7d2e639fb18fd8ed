import { describe, expect, it } from 'vitest'
import { cardRows } from './card-rows.ts'
import type { JustifiedRow } from './justified-rows.ts'
import { rowAt, stepFrom } from './wall-steps.ts'

/** Three rows: 0 1 2 | 3 4 | 5. */
const rows: JustifiedRow[] = [
  { top: 0, height: 100, first: 0, widths: [100, 100, 100] },
  { top: 110, height: 100, first: 3, widths: [200, 110] },
  { top: 220, height: 100, first: 5, widths: [100] },
]
const step = (position: number, key: string) => stepFrom(position, key, rows, 5)

describe('stepFrom', () => {
  it('goes sideways through all pictures, and stops at the ends', () => {
    expect(step(0, 'ArrowRight')).toBe(1)
    expect(step(2, 'ArrowRight')).toBe(3)
    expect(step(5, 'ArrowRight')).toBeUndefined()
    expect(step(3, 'ArrowLeft')).toBe(2)
    expect(step(0, 'ArrowLeft')).toBeUndefined()
  })

  it('goes up and down to the picture that lies nearest', () => {
    expect(step(0, 'ArrowDown')).toBe(3)
    expect(step(1, 'ArrowDown')).toBe(3)
    expect(step(2, 'ArrowDown')).toBe(4)
    expect(step(4, 'ArrowDown')).toBe(5)
    expect(step(5, 'ArrowDown')).toBeUndefined()
    expect(step(4, 'ArrowUp')).toBe(2)
    expect(step(0, 'ArrowUp')).toBeUndefined()
  })

  it('goes to the first and the last', () => {
    expect(step(4, 'Home')).toBe(0)
    expect(step(0, 'End')).toBe(5)
  })

  it('stays where another key was pressed', () => {
    expect(step(1, 'x')).toBeUndefined()
  })
})

describe('rowAt', () => {
  it.each([
    [0, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
  ])('finds picture %i in row %i', (position, row) => {
    expect(rowAt(position, rows)).toBe(row)
  })
})

describe('cardRows', () => {
  const measures = { width: 1000, gap: 10, height: 150, narrowest: 400 }

  it('has as many columns as fit, and holds every card once', () => {
    const cards = cardRows(5, measures)
    expect(cards.map(({ first, widths }) => [first, widths])).toEqual([
      [0, [495, 495]],
      [2, [495, 495]],
      [4, [495]],
    ])
    expect(cards.map(({ top }) => top)).toEqual([0, 160, 320])
  })

  it('has one column where less fits, and none before the width is known', () => {
    expect(cardRows(2, { ...measures, width: 300 }).map(({ widths }) => widths)).toEqual([[300], [300]])
    expect(cardRows(2, { ...measures, width: 0 })).toEqual([])
  })
})
