import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKETS, bucketOf, buildPictureIndex, ENTRY_BYTES, findEntry } from './picture-index.ts'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from './picture-table.ts'
import { columnsFromRows } from './table-rows.ts'
import { writeTable } from './table-writer.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-index-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const picture = (id: string, offset: number, length = 10): PictureRow => ({
  ...emptyPictureRow(id, 'ok'),
  offset,
  length,
})

/** The index of tables with these rows, one table a shard. */
async function indexOf(...shards: readonly (readonly PictureRow[])[]): Promise<Buffer> {
  const indexed = []
  for (const [number, rows] of shards.entries()) {
    const table = join(folder, `${number}.parquet`)
    await writeTable(table, PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, rows))
    indexed.push({ tar: `${number}.tar`, table })
  }
  return buildPictureIndex(indexed)
}

const HEAD = 4 * (BUCKETS + 1)
/** Looks an id up as a reader does: one bucket's entries alone. */
function find(index: Buffer, id: string) {
  const [first, end] = [0, 1].map((next) => index.readUInt32LE(4 * (bucketOf(id) + next))) as [number, number]
  return findEntry(index.subarray(HEAD + first * ENTRY_BYTES, HEAD + end * ENTRY_BYTES), id)
}

describe('the index of pictures', () => {
  it('finds every picture at its place, and none that is not there', async () => {
    const rows = (shard: number) =>
      Array.from({ length: 500 }, (_, row) => picture(`${shard}-${row}`, row * 512, 1 + row))
    const index = await indexOf(rows(0), [], rows(2))
    for (const shard of [0, 2]) {
      for (const { id, offset, length } of rows(shard)) expect(find(index, id)).toEqual({ shard, offset, length })
    }
    for (let row = 0; row < 500; row++) expect(find(index, `1-${row}`)).toBeUndefined()
  })

  it('counts its pictures, and takes 28 bytes for each beside its buckets', async () => {
    const index = await indexOf([picture('a', 0), emptyPictureRow('gone', 'http_404'), picture('b', 512)])
    expect(index.readUInt32LE(4 * BUCKETS)).toBe(2)
    expect(index.length).toBe(HEAD + 2 * 28)
  })

  it('leaves out rows without a picture', async () => {
    expect(find(await indexOf([emptyPictureRow('gone', 'http_404')]), 'gone')).toBeUndefined()
  })

  it('is valid without any picture, and without any shard', async () => {
    for (const index of [await indexOf(), await indexOf([], [])]) {
      expect(index.equals(Buffer.alloc(HEAD))).toBe(true)
      expect(find(index, 'a')).toBeUndefined()
    }
  })

  it('reaches places beyond 4 GiB, and pictures of nearly that length', async () => {
    const index = await indexOf([picture('far', 2 ** 33 - 512, 2 ** 32 - 1)])
    expect(find(index, 'far')).toEqual({ shard: 0, offset: 2 ** 33 - 512, length: 2 ** 32 - 1 })
  })

  it('takes ids as they are: empty, long, in any script, differing in a mark that cannot be seen', async () => {
    const ids = ['', ' ', 'a', 'A', 'é', 'e\u0301', '\uFEFFa', 'x'.repeat(10_000), '../../etc/passwd', '__proto__']
    const index = await indexOf(ids.map((id, row) => picture(id, row)))
    expect(ids.map((id) => find(index, id)?.offset)).toEqual(ids.map((_, row) => row))
  })

  it('takes the first of two rows with the same id, whichever shard they are in', async () => {
    expect(find(await indexOf([picture('a', 1), picture('a', 2)], [picture('a', 3)]), 'a')).toMatchObject({ offset: 1 })
  })

  it('is the same bytes for the same tables', async () => {
    const rows = Array.from({ length: 300 }, (_, row) => picture(`id-${row}`, row))
    expect((await indexOf(rows)).equals(await indexOf(rows))).toBe(true)
  })

  it('is not built from a table that is missing', async () => {
    const missing = { tar: '0.tar', table: join(folder, 'none.parquet') }
    await expect(buildPictureIndex([missing])).rejects.toThrow(/none\.parquet cannot be read/)
  })
})
