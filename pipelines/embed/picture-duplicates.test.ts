import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from '@promptloom/dataset/picture-table'
import { columnsFromRows } from '@promptloom/dataset/table-rows'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { FileRef, StageContext } from '@promptloom/runner/stage'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EmbedOptions } from './options.ts'
import { openPictureDuplicates } from './picture-duplicates.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-duplicates-'))
  await mkdir(join(workspace, 'fetch-images'))
})

const sha = (letter: string) => letter.repeat(64)

async function table(
  shard: string,
  rows: readonly (readonly [id: string, bytes: string | undefined])[],
): Promise<FileRef> {
  const pictures = rows.map(
    ([id, bytes]): PictureRow =>
      bytes === undefined
        ? emptyPictureRow(id, 'http_404')
        : { ...emptyPictureRow(id, 'ok'), sha256: sha(bytes), length: 9 },
  )
  const name = `${shard}.parquet`
  await writeTable(join(workspace, 'fetch-images', name), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, pictures))
  return {
    stage: 'fetch-images',
    shard,
    name,
    bytes: 1,
    sha256: sha(String(rows.length)) + shard + JSON.stringify(rows),
  }
}

/** A context that opens things as the runner does: once a key. */
function context() {
  const opened = new Map<string, Promise<unknown>>()
  const open = (key: string, opener: () => Promise<unknown>) => {
    if (!opened.has(key)) opened.set(key, opener())
    return opened.get(key)
  }
  const { signal } = new AbortController()
  const read = async (file: FileRef) => join(workspace, file.stage, file.name)
  return { opened, value: { workspace, signal, open, read } as unknown as StageContext<EmbedOptions> }
}

describe('picture duplicates', () => {
  it('name the first row of the whole collection, by the order of shards and rows', async () => {
    const tables = [
      await table('00000', [
        ['a', '1'],
        ['b', undefined],
        ['c', '2'],
        ['d', '1'],
      ]),
      await table('00001', [
        ['e', '3'],
        ['f', '2'],
      ]),
    ]
    const duplicates = await openPictureDuplicates(context().value, tables)
    expect([sha('1'), sha('2'), sha('3'), ''].map((one) => duplicates.firstOf(one))).toEqual([
      'a',
      'c',
      undefined,
      undefined,
    ])
  })

  it('have a digest a shard that changes only when what they say of it does', async () => {
    const first = [
      await table('00000', [
        ['a', '1'],
        ['b', '2'],
      ]),
      await table('00001', [['c', '1']]),
      await table('00002', [['d', '4']]),
    ]
    const before = await openPictureDuplicates(context().value, first)
    const second = [
      await table('00000', [
        ['a', '5'],
        ['b', '1'],
      ]),
      ...first.slice(1),
    ]
    const after = await openPictureDuplicates(context().value, second)
    const changed = first.map((one) => before.digestOf(one) !== after.digestOf(one))
    expect(changed).toEqual([false, true, false])
  })

  it('are looked for once as long as the tables stay the same', async () => {
    const tables = [await table('00000', [['a', '1']])]
    const { value, opened } = context()
    expect(await openPictureDuplicates(value, tables)).toBe(await openPictureDuplicates(value, tables))
    await openPictureDuplicates(value, [
      await table('00000', [
        ['a', '2'],
        ['b', '2'],
      ]),
    ])
    expect(opened.size).toBe(2)
  })

  it('are none in a collection without pictures', async () => {
    const duplicates = await openPictureDuplicates(context().value, [])
    expect(duplicates.firstOf(sha('1'))).toBeUndefined()
  })
})
