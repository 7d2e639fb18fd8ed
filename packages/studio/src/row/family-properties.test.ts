import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LineageNode } from '../api/lineage.ts'
import { type Branch, familyOf } from './family.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
/** Any graph of a few rows: parents may be named twice, be unknown, be the row itself, run in circles. */
const lineage = fc
  .tuple(...ids.map(() => fc.array(fc.constantFrom(...ids, 'unknown'), { maxLength: 4 })))
  .map((parents) => ids.map((id, at) => node(id, parents[at] as string[])))

function node(id: string, parents: string[]): LineageNode {
  return {
    ...{ id, prompt: `prompt of ${id}`, origin: 'dataset', hasPicture: false, parents, asked: null, reason: null },
    ...{ refiner: null, painter: null, parameters: null, created: null, forgotten: false },
  }
}

const flat = (branches: readonly Branch[]): string[] =>
  branches.flatMap(({ node: { id }, branches: further }) => [id, ...flat(further)])

/** Every row that steps lead to, without the one that they begin at. */
function reached(from: string, next: (id: string) => readonly string[]): string[] {
  const seen = new Set([from])
  for (const id of seen) for (const one of next(id)) if (ids.includes(one)) seen.add(one)
  seen.delete(from)
  return [...seen].sort()
}

describe('the family of any row', () => {
  it('shows every ancestor once and nobody else', () => {
    fc.assert(
      fc.property(lineage, (nodes) => {
        const parentsOf = (id: string) => nodes.find((one) => one.id === id)?.parents ?? []
        const shown = flat(familyOf({ id: 'a', nodes, rating: null }).ancestors)
        expect(shown.sort()).toEqual(reached('a', parentsOf))
      }),
    )
  })

  it('shows every descendant once and nobody else', () => {
    fc.assert(
      fc.property(lineage, (nodes) => {
        const childrenOf = (id: string) => nodes.flatMap((one) => (one.parents.includes(id) ? [one.id] : []))
        const shown = flat(familyOf({ id: 'a', nodes, rating: null }).descendants)
        expect(shown.sort()).toEqual(reached('a', childrenOf))
      }),
    )
  })

  it('hangs each row from one that it comes from', () => {
    fc.assert(
      fc.property(lineage, (nodes) => {
        const check = (above: LineageNode, branches: readonly Branch[]) => {
          for (const { node: own, branches: further } of branches) {
            expect(above.parents).toContain(own.id)
            check(own, further)
          }
        }
        const { self, ancestors } = familyOf({ id: 'a', nodes, rating: null })
        check(self as LineageNode, ancestors)
      }),
    )
  })

  it('takes a parent that is named twice for one', () => {
    const nodes = [node('a', ['b', 'b']), node('b', [])]
    expect(flat(familyOf({ id: 'a', nodes, rating: null }).ancestors)).toEqual(['b'])
  })
})
