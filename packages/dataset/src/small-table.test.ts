import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSmallTable, writeSmallTable } from './small-table.ts'

const SCHEMA = { row: 'integer', outcome: 'string', score: 'number', kept: 'boolean' } as const
const ROWS = Array.from({ length: 12_345 }, (_, row) => ({
  row: row === 7 ? Number.MAX_SAFE_INTEGER : row === 8 ? -3 : row,
  outcome: row % 2 ? 'empty_prompt' : '日本 "x"\n🐈',
  score: row / 3,
  kept: row % 3 === 0,
}))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-small-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a small table', () => {
  it('brings back its rows, also integers up to 2^53 - 1', async () => {
    const path = join(folder, 'rows.parquet')
    await writeSmallTable(path, SCHEMA, ROWS)
    expect(await readSmallTable(path, SCHEMA)).toEqual(ROWS)
  })

  it('is read by ClickHouse', async () => {
    const path = join(folder, 'clickhouse.parquet')
    await writeSmallTable(path, SCHEMA, ROWS)
    const sql = `SELECT count() AS n, max(row) = 9007199254740991 AS exact, min(row) AS least, countIf(outcome = 'empty_prompt') AS empty,
      any(toTypeName(outcome)) AS type FROM file('${path}')`
    expect(JSON.parse(query(sql, 'JSONEachRow'))).toMatchObject({
      n: 12_345,
      exact: 1,
      least: -3,
      empty: 6172,
      type: 'String',
    })
  })

  it('has the same bytes for the same rows', async () => {
    const paths = [join(folder, 'a.parquet'), join(folder, 'b.parquet')]
    for (const path of paths) await writeSmallTable(path, SCHEMA, ROWS)
    expect(await readFile(paths[0] as string)).toEqual(await readFile(paths[1] as string))
  })

  it('may be empty', async () => {
    const path = join(folder, 'empty.parquet')
    await writeSmallTable(path, SCHEMA, [])
    expect(await readSmallTable(path, SCHEMA)).toEqual([])
  })
})

describe('a small table that cannot be right', () => {
  it.each([
    ['an integer that would be rounded', { row: 2 ** 53 }],
    ['a fraction where an integer belongs', { row: 0.5 }],
    ['a missing value', { outcome: undefined as never }],
    ['a number where text belongs', { outcome: 3 as never }],
  ])('refuses %s', async (_what, wrong) => {
    const rows = [{ ...(ROWS[0] as (typeof ROWS)[number]), ...wrong }]
    await expect(writeSmallTable(join(folder, 'x.parquet'), SCHEMA, rows)).rejects.toMatchObject({
      kind: 'bad_columns',
    })
  })

  it('reports a full disk as one error, with nothing left unhandled', async () => {
    const unhandled: unknown[] = []
    const listen = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', listen)
    await expect(writeSmallTable('/dev/full', SCHEMA, ROWS)).rejects.toThrow(/Cannot write \/dev\/full: .*ENOSPC/)
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('names a file that is no table, and a column that is not there', async () => {
    const path = join(folder, 'no.parquet')
    await writeFile(path, 'id,prompt\n')
    await expect(readSmallTable(path, SCHEMA)).rejects.toThrow(/no\.parquet cannot be read as a small table/)
    await writeSmallTable(path, { row: 'integer' }, [{ row: 1 }])
    await expect(readSmallTable(path, SCHEMA)).rejects.toThrow('there is no column outcome')
  })
})
