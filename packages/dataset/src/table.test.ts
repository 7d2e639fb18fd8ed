import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROMPT_SCHEMA, promptColumns, promptRows } from './prompt-table.ts'
import type { PromptRow } from './row.ts'
import { openTable, readTable } from './table-reader.ts'
import { createTableWriter, writeTable } from './table-writer.ts'

const SCHEMA = {
  id: 'string',
  tags: 'strings',
  truncated: 'boolean',
  level: 'uint8',
  width: 'uint32',
  score: 'float32',
  weight: 'float64',
  vector: { vector: 3 },
} as const

function columns(from: number, to: number) {
  const rows = Array.from({ length: to - from }, (_, index) => from + index)
  return {
    id: rows.map((row) => (row % 3 === 0 ? `日本 "${row}"\n🐈` : row % 3 === 1 ? '' : `row ${row}`)),
    tags: rows.map((row) => Array.from({ length: row % 4 }, (_, tag) => `é${row}-${tag}`)),
    truncated: rows.map((row) => row % 5 === 0),
    level: Uint8Array.from(rows, (row) => row % 256),
    width: Uint32Array.from(rows, (row) => 4_294_967_295 - row),
    score: Float32Array.from(rows, (row) => row / 7),
    weight: Float64Array.from(rows, (row) => row / 7),
    vector: Float32Array.from(rows.flatMap((row) => [row, row + 0.5, -row])),
  }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-table-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

/** Asks the embedded ClickHouse engine, as the store does. */
const ask = (sql: string) =>
  query(sql, 'JSONEachRow')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('a table', () => {
  it('brings back every value of every type', async () => {
    const path = join(folder, 'types.parquet')
    await writeTable(path, SCHEMA, columns(0, 2500))
    const back = await readTable(path, SCHEMA)
    expect(back.rows).toBe(2500)
    expect(back.columns).toEqual(columns(0, 2500))
  })

  it('is split into row groups that are read one at a time', async () => {
    const path = join(folder, 'groups.parquet')
    await using writer = await createTableWriter(path, SCHEMA, { rowGroupRows: 1000 })
    for (let row = 0; row < 2500; row += 500) await writer.write(columns(row, row + 500))
    await writer.close()
    using table = await openTable(path, SCHEMA)
    expect(table.rowGroups).toEqual([1000, 1000, 500])
    const last = await table.rowGroup(2)
    expect(last.firstRow).toBe(2000)
    expect(last.columns).toEqual(columns(2000, 2500))
    const seen: string[] = []
    for await (const batch of table.batches()) seen.push(...batch.columns.id)
    expect(seen).toEqual(columns(0, 2500).id)
    expect((await readTable(path, SCHEMA)).columns).toEqual(columns(0, 2500))
    await expect(table.rowGroup(3)).rejects.toThrow(RangeError)
  })

  it('reads only the columns that are asked for', async () => {
    const path = join(folder, 'projection.parquet')
    await writeTable(path, SCHEMA, columns(0, 10))
    const { columns: found } = await readTable(path, { vector: { vector: 3 }, id: 'string' })
    expect(Object.keys(found)).toEqual(['vector', 'id'])
    expect(found.vector).toEqual(columns(0, 10).vector)
  })

  it.each(['zstd', 'snappy', 'none'] as const)('has the same bytes for the same rows (%s)', async (compression) => {
    const paths = [join(folder, `${compression}-1.parquet`), join(folder, `${compression}-2.parquet`)]
    for (const path of paths) await writeTable(path, SCHEMA, columns(0, 3000), { compression, rowGroupRows: 700 })
    expect(await digest(paths[0] as string)).toBe(await digest(paths[1] as string))
    expect((await readTable(paths[0] as string, SCHEMA)).columns).toEqual(columns(0, 3000))
  })

  it('may have no rows', async () => {
    const path = join(folder, 'empty.parquet')
    await using writer = await createTableWriter(path, SCHEMA)
    await writer.close()
    const back = await readTable(path, SCHEMA)
    expect(back.rows).toBe(0)
    expect(back.columns).toEqual(columns(0, 0))
    expect(ask(`SELECT count() AS n FROM file('${path}')`)).toEqual([{ n: 0 }])
  })

  it('is read by ClickHouse as it is, without nullable columns', async () => {
    const path = join(folder, 'clickhouse.parquet')
    await writeTable(path, SCHEMA, columns(0, 1500), { rowGroupRows: 1000 })
    const types = ask(`DESCRIBE file('${path}')`).map(({ name, type }) => `${name} ${type}`)
    expect(types).toEqual([
      'id String',
      'tags Array(String)',
      'truncated Bool',
      'level UInt8',
      'width UInt32',
      'score Float32',
      'weight Float64',
      'vector Array(Float32)',
    ])
    const [row] = ask(`SELECT * FROM file('${path}') WHERE width = 4294967292`)
    expect(row).toMatchObject({
      id: '日本 "3"\n🐈',
      tags: ['é3-0', 'é3-1', 'é3-2'],
      truncated: false,
      vector: [3, 3.5, -3],
    })
    const [sum] = ask(`SELECT count() AS n, uniqExact(length(vector)) AS lengths, sum(width) AS s FROM file('${path}')`)
    expect(sum).toMatchObject({ n: 1500, lengths: 1 })
    expect(Number(sum.s)).toBe(columns(0, 1500).width.reduce((a, b) => a + b, 0))
  })
})

describe('a table that cannot be right', () => {
  it('refuses columns that do not fit, and leaves no file', async () => {
    const good = columns(0, 4)
    const cases = {
      'Column width has 3 rows where 4 were expected': { ...good, width: good.width.subarray(1) },
      'whole vectors \\(vector of 3\\), not 11 components': { ...good, vector: good.vector.subarray(1) },
      'Column level must be a Uint8Array': { ...good, level: [1, 2, 3, 4] as never },
    }
    for (const [message, wrong] of Object.entries(cases)) {
      await expect(writeTable(join(folder, 'wrong.parquet'), SCHEMA, wrong)).rejects.toThrow(new RegExp(message))
    }
    expect(await readdir(folder)).not.toContain('wrong.parquet')
  })

  it('names a missing column and one of another type', async () => {
    const path = join(folder, 'other.parquet')
    await writeTable(path, { id: 'string', vector: { vector: 2 } }, { id: ['a'], vector: new Float32Array(2) })
    await expect(openTable(path, { prompt: 'string' })).rejects.toThrow('has no column prompt; it has id, vector.')
    await expect(openTable(path, { vector: { vector: 3 } })).rejects.toThrow(
      /column vector is FixedSizeList.*vector of 3/,
    )
  })

  it('notices a file that is cut short, or is no table at all', async () => {
    const path = join(folder, 'cut.parquet')
    await writeTable(path, SCHEMA, columns(0, 100))
    await truncate(path, 2000)
    await expect(openTable(path, SCHEMA)).rejects.toThrow(/cut\.parquet cannot be read as Parquet/)
    await writeFile(path, 'id,prompt\n')
    await expect(openTable(path, SCHEMA)).rejects.toMatchObject({ name: 'DatasetError', exitCode: 1 })
    await expect(openTable(join(folder, 'none.parquet'), SCHEMA)).rejects.toThrow('none.parquet')
  })

  it('reports a full disk as one error', async () => {
    await expect(writeTable('/dev/full', SCHEMA, columns(0, 100))).rejects.toThrow('Cannot write /dev/full')
    const writer = await createTableWriter('/dev/full', SCHEMA, { rowGroupRows: 100 })
    const filling = async () => {
      for (let row = 0; row < 100; row++) await writer.write(columns(0, 100))
      await writer.close()
    }
    await expect(filling()).rejects.toMatchObject({ kind: 'write_failed', exitCode: 1 })
    await expect(writer.close()).rejects.toThrow('Cannot write /dev/full')
  })

  it('reports a folder that does not exist', async () => {
    await expect(writeTable(join(folder, 'no', 'x.parquet'), SCHEMA, columns(0, 1))).rejects.toThrow(
      /Cannot write .*ENOENT/,
    )
  })

  it('is deleted when its writer is abandoned', async () => {
    const path = join(folder, 'abandoned.parquet')
    {
      await using writer = await createTableWriter(path, SCHEMA, { rowGroupRows: 10 })
      await writer.write(columns(0, 25))
    }
    expect(await readdir(folder)).not.toContain('abandoned.parquet')
  })
})

describe('prompt rows', () => {
  it('survive the way through columns and file', async () => {
    const rows: PromptRow[] = [
      { id: 'a', prompt: 'a cat', url: '', width: 512, height: 768, source_site: 'x', origin: 'dataset', parents: [] },
      {
        id: 'b',
        prompt: 'a dög',
        url: 'u',
        width: 0,
        height: 0,
        source_site: '',
        origin: 'refined',
        parents: ['a', 'c'],
      },
    ]
    const path = join(folder, 'prompts.parquet')
    await writeTable(path, PROMPT_SCHEMA, promptColumns(rows))
    expect(promptRows((await readTable(path, PROMPT_SCHEMA)).columns)).toEqual(rows)
  })
})
