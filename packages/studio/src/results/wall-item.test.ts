import { describe, expect, it } from 'vitest'
import { factsOf, originOf, scoreOf, sizeOf, standInOf, type WallItem } from './wall-item.ts'

const item: WallItem = {
  id: '7',
  prompt: 'a cat',
  width: 512,
  height: 768,
  source_site: 'example.org',
  origin: 'dataset',
  hasPicture: true,
  score: 2.345,
}

describe('what a wall says of a row', () => {
  it('is its score, size, source and origin', () => {
    expect(factsOf(item)).toBe('2.3 σ · 512 × 768 · example.org')
    expect(factsOf({ ...item, origin: 'generated' })).toContain('painted here')
    expect(originOf({ origin: 'refined' })).toBe('refined here')
  })

  it('leaves out what is not known', () => {
    expect(factsOf({ ...item, score: null, width: 0, height: 0, source_site: '' })).toBe('')
    expect(sizeOf({ width: 512, height: 0 })).toBe('')
    expect(scoreOf({ score: 0 })).toBe('0.0 σ')
  })

  it('labels what stands in for a painting model, and nothing else', () => {
    expect(standInOf({ source_site: 'sketch' })).toMatch(/stand-in for Stable Diffusion/)
    expect(standInOf(item)).toBeUndefined()
    expect(standInOf({ source_site: 'constructor' })).toBeUndefined()
  })
})
