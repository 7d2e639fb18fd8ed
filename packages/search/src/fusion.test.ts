import { describe, expect, it } from 'vitest'
import { fuse } from './fusion.ts'

describe('reciprocal rank fusion', () => {
  it('puts first what several rankings have high', () => {
    expect(fuse([{ ids: ['a', 'b', 'c'] }, { ids: ['b', 'd', 'a'] }])).toEqual(['b', 'a', 'd', 'c'])
  })
  it('of one ranking is that ranking', () => {
    expect(fuse([{ ids: ['x', 'y'] }, { ids: [] }])).toEqual(['x', 'y'])
  })
  it('counts a weighted ranking for more', () => {
    expect(fuse([{ ids: ['a', 'b'] }, { ids: ['b', 'a'], weight: 2 }])[0]).toBe('b')
  })
  it('keeps the order in which equals were met', () => {
    expect(fuse([{ ids: ['a'] }, { ids: ['b'] }])).toEqual(['a', 'b'])
    expect(fuse([{ ids: ['b'] }, { ids: ['a'] }])).toEqual(['b', 'a'])
  })
})
