import { describe, expect, it } from 'vitest'
import type { ReadyMap } from '../api/map.ts'
import type { MapPoints } from '../api/map-points.ts'
import { colouring, cssOf } from './map-colours.ts'

const MAP = {
  clusters: [
    { size: 2, words: ['ink', 'drawing'], x: 0, y: 0 },
    { size: 1, words: [], x: 0, y: 0 },
  ],
  sources: ['here', ''],
} as unknown as ReadyMap
const POINTS: MapPoints = {
  x: new Float32Array(3),
  y: new Float32Array(3),
  width: Uint16Array.of(512, 0, 4000),
  height: Uint16Array.of(300, 0, 100),
  cluster: Uint16Array.of(0, 1, 0),
  source: Uint16Array.of(1, 0, 0),
  ids: ['a', 'b', 'c'],
}

describe('colours', () => {
  it('by cluster go with its words, and count its points', () => {
    const { legend, of } = colouring('cluster', MAP, POINTS)
    expect(legend.map(({ label, points }) => [label, points])).toEqual([
      ['ink, drawing', 2],
      ['cluster 2', 1],
    ])
    expect([...of]).toEqual([0, 1, 0])
  })

  it('by source name the unknown one', () => {
    expect(colouring('source', MAP, POINTS).legend.map(({ label }) => label)).toEqual(['here', 'unknown'])
  })

  it('by size go by the longer side', () => {
    const { legend, of } = colouring('size', MAP, POINTS)
    expect([...of].map((at) => legend[at]?.label)).toEqual(['257 to 512 pixels', 'unknown', 'over 2048 pixels'])
    expect(legend.reduce((sum, { points }) => sum + points, 0)).toBe(3)
  })

  it('of thirty clusters are all different', () => {
    const clusters = Array.from({ length: 30 }, (_, at) => ({ size: 1, words: [`w${at}`], x: 0, y: 0 }))
    const { legend } = colouring('cluster', { ...MAP, clusters }, POINTS)
    expect(new Set(legend.map(({ colour }) => cssOf(colour))).size).toBe(30)
  })
})
