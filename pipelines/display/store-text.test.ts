import type { StoreStatus, TableStatus } from '@promptloom/store/store-status'
import { describe, expect, it } from 'vitest'
import { storeText } from './store-text.ts'

const index: TableStatus['index'] = {
  ...{ status: 'built', parts: 3, bytes: 61_400_000, rows: 10_000, indexedRows: 10_000 },
  ...{ definition: 'HNSW, 8 bits' },
} as never
const table: TableStatus = {
  ...{ kind: 'text', name: 'prompts', rows: 10_000, dimension: 512, models: ['0123456789abcdef0123'], shards: 1 },
  ...{ index, nextRows: 0 },
}
const status: StoreStatus = {
  ...{ location: '/w/store', database: 'promptloom', engine: 'chdb', label: 'Embedded engine', version: '26.1' },
  ...{ tables: [table], memory: { total: 2_500_000_000, indexes: null } },
}
const text = (over: Partial<StoreStatus> = {}) => storeText({ ...status, ...over })
const withIndex = (over: Record<string, unknown>) =>
  text({ tables: [{ ...table, index: { ...index, ...over } as never }] })

describe('the status of a store', () => {
  it('says where it is and what lies in it', () => {
    const lines = text().split('\n')
    expect(lines.slice(0, 2)).toEqual(['Embedded engine, database promptloom', '/w/store'])
    for (const part of ['10,000', '512', '61.4 MB', 'built: HNSW, 8 bits']) expect(text()).toContain(part)
    expect(text()).toContain('Memory of the engine: 2,500 MB')
  })

  it('shortens digests of models, and shows every one where rows of two are mixed', () => {
    const mixed = text({ tables: [{ ...table, models: ['a'.repeat(64), 'b'.repeat(64)] }] })
    expect(mixed).toContain(`${'a'.repeat(12)}, ${'b'.repeat(12)}`)
    expect(mixed).not.toContain('a'.repeat(13))
  })

  it('says what to do where there are no tables', () => {
    expect(text({ tables: [], note: 'A stand-in.' })).toBe(
      'Embedded engine, database promptloom\n/w/store\nA stand-in.\nNo tables yet: run the pipeline.',
    )
  })

  it('says nothing of memory that the engine does not tell, rather than 0', () => {
    expect(text({ memory: { total: null, indexes: null } })).not.toMatch(/Memory|null/)
    expect(text({ memory: { total: 3_000_000, indexes: 1_000_000 } })).toMatch(/3 MB, of which vector indexes 1 MB$/)
  })

  it('tells of a rebuild that goes on beside the table that is searched', () => {
    expect(text({ tables: [{ ...table, nextRows: 4_321 }] })).toContain(
      'A rebuild of prompts is under way: 4,321 rows so far.',
    )
    expect(text()).not.toContain('rebuild')
  })
})

describe('the state of an index', () => {
  it.each([
    [{ status: 'none' }, 'none: searches are exact'],
    [{ status: 'failed', failure: 'no memory' }, 'failed: no memory'],
    [{ status: 'partial', indexedRows: 9_000 }, 'built; 1,000 rows beside it are searched exactly'],
    [{ status: 'building', indexedRows: 2_500 }, 'being built: 2,500 of 10,000 rows'],
  ])('%j reads %s', (over, words) => expect(withIndex(over)).toContain(words))
})
