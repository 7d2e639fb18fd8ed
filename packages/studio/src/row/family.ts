import type { Lineage, LineageNode } from '../api/lineage.ts'

/** A row with those that it comes from, or those that came of it. */
export interface Branch {
  readonly node: LineageNode
  readonly branches: readonly Branch[]
}

/** Where a row comes from and what came of it, as two trees; each row shows once in a tree. */
export interface Family {
  readonly self: LineageNode | undefined
  readonly ancestors: readonly Branch[]
  readonly descendants: readonly Branch[]
}

/** The trees of a lineage, which is a graph: parents may be shared, and what is damaged may even run in circles. */
export function familyOf({ id, nodes }: Lineage): Family {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const self = byId.get(id)
  const parentsOf = (node: LineageNode) => node.parents.flatMap((parent) => byId.get(parent) ?? [])
  const childrenOf = (node: LineageNode) => nodes.filter(({ parents }) => parents.includes(node.id))
  return {
    self,
    ancestors: self ? grow(self, parentsOf, new Set([id])) : [],
    descendants: self ? grow(self, childrenOf, new Set([id])) : [],
  }
}

function grow(node: LineageNode, next: (node: LineageNode) => readonly LineageNode[], seen: Set<string>): Branch[] {
  const fresh = next(node).filter(({ id }) => !seen.has(id) && seen.add(id))
  return fresh.map((each) => ({ node: each, branches: grow(each, next, seen) }))
}
