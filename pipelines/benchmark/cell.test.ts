import { describe, expect, it } from 'vitest'
import { axesOf, baseK, sweepCells } from './cell.ts'

const engine = { efforts: { quick: [64, 128], full: [16, 32, 64, 128, 256, 512] } }

describe('axesOf', () => {
  it('takes the preset, and what is given explicitly before it', () => {
    expect(axesOf({ sweep: 'quick' }, engine)).toEqual({
      crossed: false,
      k: [10],
      efforts: [64, 128],
      clients: [1, 4],
      filters: [0.01],
    })
    expect(axesOf({ sweep: 'full', clients: [8, 1, 8], efforts: [40] }, engine)).toEqual({
      crossed: true,
      k: [1, 10, 100],
      efforts: [40],
      clients: [1, 8],
      filters: [0.1, 0.01, 0.001],
    })
  })
})

describe('sweepCells', () => {
  it('covers what the full sweep promises: every axis with every effort and with exact search', () => {
    const cells = sweepCells(axesOf({ sweep: 'full' }, engine), true)
    for (const effort of ['exact', 16, 512, 'auto'] as const) {
      for (const k of [1, 10, 100]) expect(cells).toContainEqual({ k, effort, clients: 1, share: 1 })
      for (const clients of [1, 2, 4, 8, 16]) expect(cells).toContainEqual({ k: 10, effort, clients, share: 1 })
      for (const share of [0.1, 0.01, 0.001]) expect(cells).toContainEqual({ k: 10, effort, clients: 1, share })
    }
    expect(cells).toHaveLength(8 * (3 + 4 + 3))
    expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length)
  })

  it('measures exact search and the default alone where there is no index', () => {
    const cells = sweepCells(axesOf({ sweep: 'full', k: [10], clients: [1], filters: [0.1, 0.01] }, engine), false)
    expect(cells.map(({ effort }) => effort)).toEqual(['exact', 'auto', 'exact', 'auto', 'exact', 'auto'])
  })

  it('measures filters and clients with the default search alone in the quick sweep', () => {
    const cells = sweepCells(axesOf({ sweep: 'quick' }, engine), true)
    expect(cells.filter(({ clients, share }) => clients > 1 || share < 1)).toEqual([
      { k: 10, effort: 'auto', clients: 4, share: 1 },
      { k: 10, effort: 'auto', clients: 1, share: 0.01 },
    ])
    expect(cells).toHaveLength(4 + 2)
  })

  it('keeps to the nearest length where 10 is not measured', () => {
    expect(baseK([1, 100])).toBe(1)
    expect(baseK([8, 100])).toBe(8)
    expect(sweepCells({ k: [5], efforts: [1], clients: [1], filters: [], crossed: true }, true)).toEqual([
      { k: 5, effort: 'exact', clients: 1, share: 1 },
      { k: 5, effort: 1, clients: 1, share: 1 },
      { k: 5, effort: 'auto', clients: 1, share: 1 },
    ])
  })
})
