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
