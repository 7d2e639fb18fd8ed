import { describe, expect, it } from 'vitest'
import { recordBatch } from './column-data.ts'
import type { Columns, TableSchema } from './table-schema.ts'

/** One column's values as Arrow itself reads them back. */
function through<S extends TableSchema>(schema: S, columns: Columns<S>): unknown[][] {
  const batch = recordBatch(schema, columns)
  return Object.keys(schema).map((name) => [...(batch.getChild(name) as Iterable<unknown>)])
}

describe('a column of strings', () => {
  it('keeps every character, and where one text ends and the next begins', () => {
    const texts = ['', 'a', '', '日本', '🐈', 'e\u0301', '\u0000', 'a,"b"\r\n', 'x\uFEFF', '']
    expect(through({ text: 'string' }, { text: texts })).toEqual([texts])
  })

  it('stores half of a character as the sign for a broken one, and shifts no text behind it', () => {
    const texts = ['\ud83d', 'after', 'x\udc08y', 'last']
    expect(through({ text: 'string' }, { text: texts })).toEqual([['\ufffd', 'after', 'x\ufffdy', 'last']])
  })
})

describe('a column of lists', () => {
  it('keeps empty lists, empty texts and the borders between rows', () => {
    const lists = [[], ['a', 'b'], [], [''], ['日本', '', 'c'], []]
    const [back] = through({ parents: 'strings' }, { parents: lists })
    expect(back?.map((list) => [...(list as Iterable<string>)])).toEqual(lists)
  })
})

describe('a column of yes and no', () => {
  it.each([0, 1, 7, 8, 9, 16, 17])('keeps each of %d values, also beside the borders of bytes', (rows) => {
    const values = Array.from({ length: rows }, (_, row) => row === 7 || row === 8 || row === 16)
    expect(through({ alpha: 'boolean' }, { alpha: values })).toEqual([values])
    const inverse = values.map((value) => !value)
    expect(through({ alpha: 'boolean' }, { alpha: inverse })).toEqual([inverse])
  })
})

describe('a column of vectors', () => {
  it('keeps each component to the bit, not-a-number and negative zero too', () => {
    const flat = Float32Array.of(1 / 3, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38)
    const [rows] = through({ vector: { vector: 3 } }, { vector: flat })
    const back = Float32Array.from(rows?.flatMap((row) => [...(row as Iterable<number>)]) ?? [])
    expect(rows).toHaveLength(2)
    expect(Buffer.from(back.buffer)).toEqual(Buffer.from(flat.buffer))
  })

  it('may be a window of a larger array, as batches are', () => {
    const all = Float32Array.from({ length: 12 }, (_, index) => index)
    const [rows] = through({ vector: { vector: 3 } }, { vector: all.subarray(3, 9) })
    expect(rows?.map((row) => [...(row as Iterable<number>)])).toEqual([
      [3, 4, 5],
      [6, 7, 8],
    ])
  })

  it('is refused when a vector is incomplete, or the components are no float32', () => {
    const wrong = [new Float32Array(4), new Float64Array(6), [1, 2, 3], undefined]
    for (const vector of wrong) {
      const attempt = () => recordBatch({ vector: { vector: 3 } }, { vector: vector as never })
      expect(attempt).toThrow(/Column vector must be a flat Float32Array of whole vectors \(vector of 3\)/)
    }
  })
})

describe('a column of numbers', () => {
  it('is refused in another width than its own: no value is cut without a word', () => {
    const wrong = [Float64Array.of(2 ** 40), Int32Array.of(-1), [1], undefined]
    for (const width of wrong) {
      const attempt = () => recordBatch({ width: 'uint32' }, { width: width as never })
      expect(attempt).toThrow('Column width must be a Uint32Array to be stored as uint32.')
    }
  })

  it('keeps the offsets of archives beyond 4 GiB exactly', () => {
    const offsets = Float64Array.of(0, 2 ** 32, 8 ** 11 - 1, 2 ** 53 - 1)
    expect(through({ offset: 'float64' }, { offset: offsets })).toEqual([[...offsets]])
  })
})

describe('a batch', () => {
  it('names the first column that has more or fewer rows than those before it', () => {
    const schema = { id: 'string', vector: { vector: 2 }, alpha: 'boolean' } as const
    const good = { id: ['a', 'b'], vector: new Float32Array(4), alpha: [true, false] }
    expect(recordBatch(schema, good).numRows).toBe(2)
    for (const [wrong, message] of [
      [{ vector: new Float32Array(6) }, 'Column vector has 3 rows where 2 were expected.'],
      [{ alpha: [] }, 'Column alpha has 0 rows where 2 were expected.'],
      [{ id: ['a', 'b', 'c'] }, 'Column vector has 2 rows where 3 were expected.'],
    ] as const) {
      expect(() => recordBatch(schema, { ...good, ...wrong })).toThrow(message)
    }
  })

  it('leaves out columns that the schema does not have', () => {
    const columns = { id: ['a'], secret: ['x'] } as { id: string[] }
    expect(recordBatch({ id: 'string' }, columns).schema.names).toEqual(['id'])
  })
})
