import { describe, expect, it } from 'vitest'
import type { Route } from './answer.ts'
import { rank } from './ranking.ts'
import type { FoundRow, RouteResult } from './route-search.ts'

const row = (id: string): FoundRow => ({
  ...{ id, prompt: id, url: '', width: 0, height: 0, source_site: '', origin: 'dataset', parents: [] },
})

/** A route that found these ids, at these distances. */
function found(route: Route, hits: Readonly<Record<string, number>>, separation?: number): RouteResult {
  const calibrated = separation === undefined ? undefined : { separation }
  return {
    route,
    hits: Object.entries(hits).map(([id, distance], at) => ({
      row: row(id),
      reason: { route, rank: at + 1, distance, score: 1 - distance, note: '' },
    })),
    nearest: undefined,
    cutoff: { terms: [{ term: {} as never, calibrated: calibrated as never }], applies: false, stale: false },
    exhausted: true,
  }
}
const ids = (results: readonly RouteResult[]) => rank(results).map(({ id }) => id)

describe('one ranking of several routes', () => {
  it('is the route’s own where there is one', () => {
    expect(ids([found('text→prompts', { a: 0.5, b: 0.4, c: 0.001 })])).toEqual(['a', 'b', 'c'])
  })

  it('keeps every reason of a row that several routes found', () => {
    const [first] = rank([found('picture→prompts', { a: 0.3, b: 0.4 }), found('picture→pictures', { a: 0.2 })])
    expect(first?.id).toBe('a')
    expect(first?.reasons.map(({ route }) => route)).toEqual(['picture→prompts', 'picture→pictures'])
  })

  it('puts the very picture first, however middling others are on both routes', () => {
    const direct = found('picture→prompts', { x: 0.6, y: 0.61, z: 0.62 })
    const likeness = found('picture→pictures', { self: 0.0001, copy: 0.01, x: 0.2, y: 0.21 })
    expect(ids([direct, likeness]).slice(0, 3)).toEqual(['self', 'copy', 'x'])
  })

  it('does not take keywords at distance 0 for the very thing', () => {
    const results = [found('text→prompts', { a: 0.2, b: 0.3 }), found('keywords', { c: 0, a: 0.2 })]
    expect(ids(results)[0]).toBe('a')
  })

  it('listens less to a route in which the model does not tell right from wrong', () => {
    const bad = { b: 0.5, a: 0.6 }
    const good = { a: 0.4, b: 0.5 }
    expect(ids([found('picture→prompts', bad, 0.9), found('picture→pictures', good, 0.1)])[0]).toBe('b')
    expect(ids([found('picture→prompts', bad, 0.1), found('picture→pictures', good, 0.9)])[0]).toBe('a')
  })

  it('of routes that found nothing is empty', () => {
    expect(rank([])).toEqual([])
    expect(ids([found('text→prompts', {}), found('keywords', {})])).toEqual([])
  })
})
