import { describe, expect, it } from 'vitest'
import type { LineageNode } from '../api/lineage.ts'
import { type Branch, familyOf } from './family.ts'

const node = (id: string, parents: readonly string[] = []): LineageNode => ({
  id,
  prompt: `prompt of ${id}`,
  origin: 'dataset',
  hasPicture: false,
  parents: [...parents],
  asked: null,
  reason: null,
  refiner: null,
  painter: null,
  parameters: null,
  created: null,
  forgotten: false,
})
const shape = (branches: readonly Branch[]): unknown =>
  branches.map(({ node: { id }, branches: further }) => (further.length > 0 ? [id, shape(further)] : id))

describe('familyOf', () => {
  it('grows the ancestors and the descendants of a row', () => {
    const nodes = [node('a'), node('b'), node('r', ['a', 'b']), node('g', ['r']), node('h', ['r']), node('i', ['g'])]
    const family = familyOf({ id: 'r', nodes, rating: null })
    expect(family.self?.id).toBe('r')
    expect(shape(family.ancestors)).toEqual(['a', 'b'])
    expect(shape(family.descendants)).toEqual([['g', ['i']], 'h'])
  })

  it('shows a shared ancestor once', () => {
    const nodes = [node('a'), node('b', ['a']), node('c', ['a']), node('d', ['b', 'c'])]
    expect(shape(familyOf({ id: 'd', nodes, rating: null }).ancestors)).toEqual([['b', ['a']], 'c'])
  })

  it('ends where rows are their own ancestors', () => {
    const nodes = [node('a', ['b']), node('b', ['a']), node('c', ['c'])]
    expect(shape(familyOf({ id: 'a', nodes, rating: null }).ancestors)).toEqual(['b'])
    expect(familyOf({ id: 'c', nodes, rating: null })).toMatchObject({ ancestors: [], descendants: [] })
  })

  it('leaves out parents that are not told of', () => {
    expect(familyOf({ id: 'a', nodes: [node('a', ['gone'])], rating: null }).ancestors).toEqual([])
    expect(familyOf({ id: 'x', nodes: [], rating: null })).toEqual({ self: undefined, ancestors: [], descendants: [] })
  })
})
