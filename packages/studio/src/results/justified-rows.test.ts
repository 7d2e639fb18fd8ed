import { describe, expect, it } from 'vitest'
import { justifiedRows, ratioOf, wallHeight } from './justified-rows.ts'

const measures = { width: 1000, target: 200, gap: 10, caption: 0 }
/** Ratios without a pattern, the same every time. */
const mixed = Array.from(
  { length: 500 },
  (_, index) => [1, 1.5, 0.67, 1.78, 0.56, 1.25][(index * index + 3 * index) % 6] as number,
)

describe('justifiedRows', () => {
  const rows = justifiedRows(mixed, measures)

  it('shows every picture once, in order', () => {
    let next = 0
    for (const { first, widths } of rows) {
      expect(first).toBe(next)
      next += widths.length
    }
    expect(next).toBe(mixed.length)
  })

  it('fills the width to the pixel in every row but the last', () => {
    for (const { widths } of rows.slice(0, -1)) {
      expect(widths.reduce((sum, width) => sum + width, 0) + measures.gap * (widths.length - 1)).toBe(1000)
    }
  })

  it('keeps rows near the height that they should have, and pictures near their shape', () => {
    for (const { height, widths, first } of rows.slice(0, -1)) {
      expect(height).toBeGreaterThan(120)
      expect(height).toBeLessThanOrEqual(300)
      for (const [index, width] of widths.entries()) {
        expect(Math.abs(width - height * (mixed[first + index] as number))).toBeLessThanOrEqual(1)
      }
    }
  })

  it('puts rows below one another with a gap and room for captions', () => {
    const captioned = justifiedRows(mixed, { ...measures, caption: 40 })
    for (const [index, row] of captioned.slice(1).entries()) {
      const above = captioned[index] as typeof row
      expect(row.top).toBeCloseTo(above.top + above.height + 40 + 10)
    }
  })

  it('does not blow up a last row of few pictures', () => {
    const [row] = justifiedRows([1, 1], measures)
    expect(row).toMatchObject({ height: 200, widths: [200, 200] })
  })

  it('keeps the rows above when more pictures come', () => {
    const longer = justifiedRows([...mixed, ...mixed], measures)
    expect(longer.slice(0, rows.length - 1)).toEqual(rows.slice(0, -1))
  })

  it('puts a very wide picture into a row of its own', () => {
    const [first, second] = justifiedRows([8, 1, 1, 1, 1, 1, 1], measures)
    expect(first?.widths).toEqual([1000])
    expect(second?.first).toBe(1)
  })

  it('has no rows without pictures, and none before the width is known', () => {
    expect(justifiedRows([], measures)).toEqual([])
    expect(justifiedRows([1, 1], { ...measures, width: 0 })).toEqual([])
  })

  it('fits a phone', () => {
    for (const { widths } of justifiedRows(mixed, { width: 366, target: 190, gap: 6, caption: 46 })) {
      expect(widths.reduce((sum, width) => sum + width, 0) + 6 * (widths.length - 1)).toBeLessThanOrEqual(366)
    }
  })
})

describe('ratioOf', () => {
  it('is a square where the size is unknown, and never a thread', () => {
    expect(ratioOf(0, 0)).toBe(1)
    expect(ratioOf(512, 0)).toBe(1)
    expect(ratioOf(768, 512)).toBe(1.5)
    expect(ratioOf(100_000, 1)).toBe(3.2)
    expect(ratioOf(1, 100_000)).toBe(0.45)
  })
})

describe('wallHeight', () => {
  it('reaches to the end of the last row, its caption included', () => {
    expect(wallHeight([], 40)).toBe(0)
    expect(wallHeight([{ top: 100, height: 50, first: 0, widths: [1] }], 40)).toBe(190)
  })
})
