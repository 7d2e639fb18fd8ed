import { describe, expect, it } from 'vitest'
import { filtersSchema } from './filters.ts'
import { firstFault } from './question-text.ts'
import { rowFilter } from './row-filter.ts'

const fault = (input: unknown) => {
  const { error } = filtersSchema.safeParse(input)
  return error && firstFault(error)
}

describe('filters', () => {
  it.each([
    [{}],
    [{ minWidth: 0, maxWidth: 100_000 }],
    [{ minHeight: 512, maxHeight: 512 }],
    [{ orientation: 'square' }],
    [{ sources: ['lexica'], origins: ['dataset', 'refined', 'generated'], runs: ['20261124T101319335-bbba'] }],
    [{ since: '2026-02-28', until: '2026-03-01T00:00:00Z' }],
    [{ since: '2026-03-01T10:00:00+02:00' }],
    [{ minRating: 4.5, hasPicture: false }],
  ])('%j can be used', (input) => {
    expect(fault(input)).toBeUndefined()
  })

  it.each<[unknown, RegExp]>([
    [{ minWidth: -1 }, /^minWidth: Too small/],
    [{ minWidth: 100_001 }, /^minWidth: Too big/],
    [{ minWidth: 1.5 }, /^minWidth: .*int/],
    [{ minWidth: '512' }, /^minWidth: .*expected number/],
    [{ minWidth: 800, maxWidth: 799 }, /^minWidth is greater than maxWidth$/],
    [{ minHeight: 2, maxHeight: 1 }, /^minHeight is greater than maxHeight$/],
    [{ orientation: 'wide' }, /^orientation: .*"landscape"\|"portrait"\|"square"/],
    [{ sources: [] }, /^sources: Too small/],
    [{ sources: [''] }, /^sources\.0: Too small/],
    [{ sources: Array(51).fill('a') }, /^sources: Too big/],
    [{ origins: ['stolen'] }, /^origins\.0: /],
    [{ since: 'yesterday' }, /^since: /],
    [{ since: '2026-02-30' }, /^since: /],
    [{ since: '2026-03-01T10:00:00' }, /^since: /],
    [{ minRating: 0 }, /^minRating: Too small/],
    [{ minRating: 6 }, /^minRating: Too big/],
    [{ hasPicture: 'yes' }, /^hasPicture: .*boolean/],
    [{ width: 512 }, /Unrecognized key: "width"/],
  ])('%j cannot, and the fault has its place', (input, message) => {
    expect(fault(input)).toMatch(message)
  })
})

describe('filters as conditions of the store', () => {
  const conditions = (filters: object, phrases: readonly string[] = []) => {
    const filter = rowFilter(filtersSchema.parse(filters), phrases)
    return filter && 'all' in filter ? filter.all : undefined
  }
  const known = [
    { column: 'width', is: '>', value: 0 },
    { column: 'height', is: '>', value: 0 },
  ]

  it.each([
    [{ minWidth: 512 }, [...known, { column: 'width', is: '>=', value: 512 }]],
    [{ maxHeight: 512 }, [...known, { column: 'height', is: '<=', value: 512 }]],
    [{ minWidth: 0 }, [...known, { column: 'width', is: '>=', value: 0 }]],
    [{ orientation: 'landscape' }, [...known, { column: 'width', is: '>', other: 'height' }]],
    [{ orientation: 'portrait' }, [...known, { column: 'width', is: '<', other: 'height' }]],
    [{ sources: ['a', 'b'] }, [{ column: 'source_site', is: 'in', value: ['a', 'b'] }]],
    [{ origins: ['refined'] }, [{ column: 'origin', is: 'in', value: ['refined'] }]],
    [{ runs: ['r'] }, [{ column: 'run', is: 'in', value: ['r'] }]],
    [{ since: '2026-03-01T23:59:59.900-01:00' }, [{ column: 'created', is: '>=', value: '2026-03-02 00:59:59' }]],
    [{ until: '2028-02-29' }, [{ column: 'created', is: '<', value: '2028-02-29 00:00:00' }]],
  ])('%j', (filters, expected) => {
    expect(conditions(filters)).toEqual(expected)
  })

  it('are joined: every one must hold, the size once', () => {
    const all = conditions({ minWidth: 1, maxWidth: 2, minHeight: 3, maxHeight: 4, orientation: 'square' }, ['a b'])
    expect(all?.slice(0, 2)).toEqual(known)
    expect(all).toHaveLength(2 + 5 + 1)
    expect(all?.at(-1)).toEqual({ column: 'prompt', is: 'contains', value: 'a b' })
  })

  it('that need looking up are left to who can look', () => {
    expect(conditions({ hasPicture: true, minRating: 3 })).toBeUndefined()
  })
})
