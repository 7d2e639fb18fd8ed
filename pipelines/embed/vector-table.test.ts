import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTable, readTable } from '@promptloom/dataset/table-reader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mapInSlices } from './slices.ts'
import { flatVectors, writeInSlices } from './vector-table.ts'

const SCHEMA = { id: 'string', vector: { vector: 2 } } as const
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-slices-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const columns = (from: number, to: number) => {
  const rows = Array.from({ length: to - from }, (_, at) => from + at)
  return { id: rows.map((row) => `row-${row}`), vector: Float32Array.from(rows.flatMap((row) => [row, -row])) }
}

describe('vectors in a row', () => {
  it('lie one after the other', () => {
    expect(flatVectors([Float32Array.of(1, 2), Float32Array.of(3, 4)], 2)).toEqual(Float32Array.of(1, 2, 3, 4))
    expect(flatVectors([], 512)).toHaveLength(0)
  })

  it('are not changed by what becomes of them later', () => {
    const vector = Float32Array.of(1, 2)
    const flat = flatVectors([vector], 2)
    vector[0] = 9
    expect(flat[0]).toBe(1)
  })
})

describe('a table in slices', () => {
  it.each([0, 1, 511, 512, 513, 1300])('of %i rows holds each once, in order', async (rows) => {
    const path = join(folder, `${rows}.parquet`)
    const asked: number[][] = []
    await writeInSlices(path, SCHEMA, {
      rows,
      columns: (from, to) => {
        asked.push([from, to])
        return columns(from, to)
      },
    })
    const read = await readTable(path, SCHEMA)
    expect(read.rows).toBe(rows)
    expect(read.columns.id).toEqual(columns(0, rows).id)
    expect([...read.columns.vector]).toEqual([...columns(0, rows).vector])
    expect(asked.every(([from = 0, to = 0]) => to - from <= 512)).toBe(true)
  })

  it('has the same bytes each time', async () => {
    const digest = async (name: string) => {
      await writeInSlices(join(folder, name), SCHEMA, { rows: 700, columns })
      return createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
    }
    expect(await digest('one.parquet')).toBe(await digest('two.parquet'))
  })

  it('has row groups that are short to pack, each readable alone', async () => {
    const path = join(folder, 'groups.parquet')
    await writeInSlices(path, SCHEMA, { rows: 5000, columns })
    using table = await openTable(path, SCHEMA)
    expect(table.rowGroups).toEqual([4096, 904])
    expect((await table.rowGroup(1)).columns).toEqual(columns(4096, 5000))
  })

  it('that cannot be finished leaves no file', async () => {
    const failing = writeInSlices(join(folder, 'failed.parquet'), SCHEMA, {
      rows: 600,
      columns: (from, to) => {
        if (from > 0) throw new Error('no such row')
        return columns(from, to)
      },
    })
    await expect(failing).rejects.toThrow('no such row')
    expect(await readdir(folder)).not.toContain('failed.parquet')
  })
})

it.each([0, 1, 499, 500, 501, 1000])('mapping %i items calls for each once, in order', async (count) => {
  const seen: number[] = []
  const items = Array.from({ length: count }, (_, at) => at)
  const mapped = await mapInSlices(items, (item) => {
    seen.push(item)
    return -item
  })
  expect(seen).toEqual(items)
  expect(mapped).toEqual(items.map((item) => -item))
})
