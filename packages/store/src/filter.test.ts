import fc from 'fast-check'
import { expect, test } from 'vitest'
import { condition, type Filter } from './filter.ts'
import { StoreUsageError } from './store-error.ts'
import { shapes } from './table-kind.ts'

const sql = (filter: Filter) => condition(filter, shapes.text)

test('values are bound by the type of their column, whatever they hold', () => {
  expect(sql({ column: 'source_site', is: '=', value: "x' OR 1=1" })).toEqual({
    sql: 'source_site = {f0:String}',
    params: { f0: "x' OR 1=1" },
  })
  expect(sql({ column: 'width', is: '>=', value: 512 })).toEqual({ sql: 'width >= {f0:UInt64}', params: { f0: 512 } })
  expect(sql({ column: 'origin', is: 'in', value: ['dataset', 'refined'] })).toMatchObject({
    sql: 'origin IN {f0:Array(String)}',
  })
  expect(sql({ column: 'created', is: '<', value: '2026-01-01 00:00:00' }).sql).toBe('created < {f0:DateTime}')
})

test('conditions nest, and empty ones mean all or none', () => {
  const filter: Filter = {
    all: [
      { any: [{ column: 'width', is: '>', other: 'height' }, { not: { column: 'truncated', is: '=', value: true } }] },
      { column: 'parents', is: 'has', value: 'row-1' },
    ],
  }
  expect(sql(filter).sql).toBe('((width > height) OR (NOT (truncated = {f0:Bool}))) AND (has(parents, {f1:String}))')
  expect(sql({ all: [] }).sql).toBe('1')
  expect(sql({ any: [] }).sql).toBe('0')
})

test('text is compared without regard to case', () => {
  expect(sql({ column: 'prompt', is: 'contains', value: 'Castle' }).sql).toBe(
    'positionCaseInsensitiveUTF8(prompt, {f0:String}) > 0',
  )
  expect(sql({ column: 'prompt', is: 'starts-with', value: 'A' }).sql).toContain('startsWith(lowerUTF8(prompt)')
})

test.each([
  [{ column: 'nope', is: '=', value: 1 }, /no column "nope" .* it has id, prompt/],
  [{ column: 'prompt_vector', is: '=', value: 1 }, /no column "prompt_vector"/],
  [{ column: 'width', is: '=', other: '1); DROP' }, /no column "1\); DROP"/],
  [{ column: 'width', is: 'OR 1=1 --', value: 1 }, /is no comparison/],
  [{ column: 'width', is: 'in', value: 5 }, /takes a list/],
  [{ column: 'width', is: 'contains', value: 'x' }, /is no text/],
  [{ column: 'prompt', is: 'has', value: 'x' }, /is no list/],
  [{ idIn: 'a.b; DROP TABLE c' }, /no name of a table/],
])('%j is refused in words', (filter, message) => {
  expect(() => sql(filter as never)).toThrow(StoreUsageError)
  expect(() => sql(filter as never)).toThrow(message)
})

const shape = shapes.text
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    column: fc.constantFrom('prompt', 'source_site', 'origin', 'run'),
    is: fc.constantFrom('=', '!=', 'contains', 'starts-with'),
    value: fc.string(),
  }),
  fc.record({
    column: fc.constantFrom('width', 'height'),
    is: fc.constantFrom('<', '>=', '='),
    value: fc.nat(),
  }),
  fc.record({ column: fc.constant('origin'), is: fc.constant('in' as const), value: fc.array(fc.string()) }),
  fc.record({ column: fc.constant('parents'), is: fc.constant('has' as const), value: fc.string() }),
  fc.record({ column: fc.constant('width'), is: fc.constantFrom('<', '='), other: fc.constant('height') }),
) as fc.Arbitrary<Filter>
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ all: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
  ) as fc.Arbitrary<Filter>,
}))

/** The values of a filter in the order in which they stand. */
function values(filter: Filter): unknown[] {
  if ('all' in filter) return filter.all.flatMap(values)
  if ('any' in filter) return filter.any.flatMap(values)
  if ('not' in filter) return values(filter.not)
  return 'value' in filter ? [filter.value] : []
}

test('of any filter every value is bound in its place, none is in the SQL, and the brackets match', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const { sql, params } = condition(filter, shape)
      expect(Object.values(params)).toEqual(values(filter))
      const names = [...sql.matchAll(/\{(f\d+):(?:String|UInt64|Array\(String\))\}/g)].map(([, name]) => name)
      expect(names).toEqual(Object.keys(params))
      // What is left is our own words alone.
      expect(sql.replace(/\{f\d+:[\w()]+\}/g, '?')).toMatch(/^[\w\s()<>=!,?]*$/)
      expect(sql.split('(')).toHaveLength(sql.split(')').length)
    }),
    { numRuns: 200 },
  )
})

test.each([
  [{ column: 'width', is: '!=', value: 0 }, 'width != {f0:UInt64}'],
  [{ column: 'truncated', is: '=', value: false }, 'truncated = {f0:Bool}'],
  [{ column: 'run', is: '=', value: 'r' }, 'run = {f0:String}'],
  [{ column: 'width', is: 'in', value: [512, 768] }, 'width IN {f0:Array(UInt64)}'],
  [{ column: 'width', is: '=', other: 'height' }, 'width = height'],
  [{ not: { not: { any: [] } } }, 'NOT (NOT (0))'],
  [{ idIn: 'art.prompt_image' }, 'id GLOBAL IN (SELECT id FROM art.prompt_image)'],
  [{ share: 0.01 }, 'cityHash64(id) % 1000000 < 10000'],
  [{ share: 1 }, '1'],
])('%j is %s', (filter, expected) => {
  expect(condition(filter as Filter, shape).sql).toBe(expected)
})

test('each table has its own columns', () => {
  expect(condition({ column: 'duplicate_of', is: '=', value: '' }, shapes.image).sql).toBe('duplicate_of = {f0:String}')
  expect(() => condition({ column: 'duplicate_of', is: '=', value: '' }, shape)).toThrow(/text table has no column/)
  expect(() => condition({ column: 'truncated', is: '=', value: true }, shapes.image)).toThrow(/image table has no/)
})
