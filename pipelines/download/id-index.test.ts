import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { IdIndex } from './id-index.ts'

describe('an id', () => {
  it('belongs to the row that claimed it first, also after the index has grown', () => {
    const index = new IdIndex(4)
    const ids = Array.from({ length: 5000 }, () => randomUUID())
    for (const [row, id] of ids.entries()) expect(index.claim(id, row)).toBeUndefined()
    for (const [row, id] of ids.entries()) expect(index.claim(id, row + 5000)).toBe(row)
    expect(index.claim('', 1)).toBeUndefined()
    expect(index.claim('', 2)).toBe(1)
  })

  it('is compared exactly: case, blanks and accents count', () => {
    const index = new IdIndex(4)
    for (const [row, id] of ['a', 'A', 'a ', 'á', 'a\u0301', '1', '01'].entries()) {
      expect(index.claim(id, row)).toBeUndefined()
    }
  })
})
