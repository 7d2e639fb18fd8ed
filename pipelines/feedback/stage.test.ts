import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictureShard } from '@promptloom/dataset/picture-shard'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import { readTable } from '@promptloom/dataset/table-reader'
import { run } from '@promptloom/runner/run'
import { readStatus } from '@promptloom/runner/status'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bury } from '../tombstones.ts'
import { forgetInBatch, listBatches, putBatch } from './inbox.ts'
import { generatedId, refinedId } from './inbox-row.ts'
import type { Examine } from './row-shard.ts'
import { feedbackStage } from './stage.ts'

const rules = { store: 'original', quality: 85, maxSide: 64, minSide: 8, maxPixels: 10_000 } as const
const options = { groupRows: 3, searchLog: true, pictures: rules }

/** The rules of `fetch-images` are tested there; here it counts that their verdict decides. */
const examine: Examine = async (bytes) => {
  if (!bytes.subarray(1, 4).equals(Buffer.from('PNG'))) return { fault: 'not_an_image', detail: 'no PNG' }
  const { width, height } = await sharp(bytes).metadata()
  const size = { width, height, stored_width: width, stored_height: height }
  const form = {
    format: 'png',
    stored_format: 'png',
    orientation: 0,
    frames: 1,
    alpha: false,
    space: 'srgb',
    icc: false,
  }
  return { picture: { ...form, ...size, phash: '0'.repeat(16), stored: bytes } }
}
const pipeline = [{ stage: feedbackStage({ examine }) as never, options }]

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-feedback-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const png = (colour: string) =>
  sharp({ create: { width: 20, height: 12, channels: 3, background: colour } })
    .png()
    .toBuffer()
const refined = (prompt: string, parents: string[] = []) => ({
  row: {
    id: refinedId(prompt, parents),
    prompt,
    origin: 'refined' as const,
    parents,
    lineage: { asked: 'cat', reason: 'more of it' },
  },
})
const painted = (prompt: string, picture: Buffer, parents: string[] = []) => ({
  row: { id: generatedId(picture), prompt, origin: 'generated' as const, parents, source_site: 'sketch' },
  picture,
})

const bring = async () => {
  const result = await run({ workspace, pipeline })
  expect(result.exitCode).toBe(0)
  const [stage] = (await readStatus(workspace, pipeline)).stages
  return stage as NonNullable<typeof stage>
}
const file = (name: string) => join(workspace, 'feedback', name)
const rowsOf = async (shard: string) => promptRows((await readTable(file(`${shard}.parquet`), PROMPT_SCHEMA)).columns)
const lineageOf = async (shard: string) =>
  (await readFile(file(`${shard}.lineage.jsonl`), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the feedback stage', () => {
  it('has no shards while the inbox is empty', async () => {
    expect((await bring()).shards).toEqual({ done: 0, total: 0 })
  })

  it('makes rows and pictures as download and fetch-images do', async () => {
    const picture = await png('red')
    const better = refined('a cat, highly detailed', ['row-1', 'row-2'])
    await putBatch(workspace, [better, painted('a cat, highly detailed', picture, [better.row.id])])
    expect((await bring()).outcomes).toMatchObject({ ok: 2 })
    expect(await rowsOf('00000')).toEqual(
      [
        { ...better.row, url: '', width: 0, height: 0, source_site: '', lineage: undefined },
        {
          ...painted('a cat, highly detailed', picture, [better.row.id]).row,
          url: '',
          ...{ width: 20, height: 12 },
        },
      ].map(({ lineage: _, ...row }: Record<string, unknown>) => row),
    )
    await using shelf = await openPictureShard(file('00000.pictures.parquet'), file('00000.tar'))
    expect(shelf.rows).toHaveLength(1)
    const [row] = shelf.rows
    expect(row).toMatchObject({ id: generatedId(picture), outcome: 'ok', width: 20, bytes: picture.length })
    expect(await shelf.read(row as NonNullable<typeof row>)).toEqual(picture)
    expect((await lineageOf('00000'))[0]).toMatchObject({ lineage: { asked: 'cat', reason: 'more of it' } })
  })

  it('accounts for what it cannot use, and keeps it readable', async () => {
    const broken = Buffer.from('<html>')
    await putBatch(workspace, [painted('a cat', broken), refined('a dog')])
    expect((await bring()).outcomes).toEqual(expect.objectContaining({ ok: 1, not_an_image: 1 }))
    expect((await rowsOf('00000')).map(({ prompt }) => prompt)).toEqual(['a dog'])
    const [line] = await lineageOf('00000')
    expect(line).toMatchObject({ outcome: 'not_an_image', detail: 'no PNG', prompt: 'a cat' })
  })

  it('takes the same row once, within a batch and over all shards', async () => {
    await putBatch(workspace, [refined('a'), refined('a'), refined('b')])
    await putBatch(workspace, [refined('b'), refined('c')])
    expect((await bring()).outcomes).toMatchObject({ ok: 3, duplicate: 2 })
    expect((await rowsOf('00001')).map(({ prompt }) => prompt)).toEqual(['c'])
  })

  it('does nothing twice, and a later batch redoes at most the last shard', async () => {
    await putBatch(workspace, [refined('a'), refined('b'), refined('c')])
    await putBatch(workspace, [refined('d')])
    await bring()
    const committed = async (shard: string) => JSON.parse(await readFile(file(`${shard}.json`), 'utf8')).committed
    const before = await Promise.all(['00000', '00001'].map(committed))
    await bring()
    expect(await Promise.all(['00000', '00001'].map(committed))).toEqual(before)
    await putBatch(workspace, [refined('e')])
    await bring()
    expect(await committed('00000')).toBe(before[0])
    expect(await committed('00001')).not.toBe(before[1])
    expect((await rowsOf('00001')).map(({ prompt }) => prompt)).toEqual(['d', 'e'])
  })

  it('drops a forgotten row and its picture, and takes a later one with its id instead', async () => {
    const picture = await png('blue')
    const row = painted('to be forgotten', picture)
    const first = await putBatch(workspace, [row, refined('a'), refined('b')])
    await putBatch(workspace, [refined('c'), refined('a')])
    await bring()
    await forgetInBatch(workspace, first?.name as string, new Set([row.row.id, refined('a').row.id]))
    expect((await bring()).outcomes).toMatchObject({ ok: 3, forgotten: 2 })
    expect((await rowsOf('00000')).map(({ prompt }) => prompt)).toEqual(['b'])
    expect((await rowsOf('00001')).map(({ prompt }) => prompt)).toEqual(['c', 'a'])
    expect((await readFile(file('00000.tar'))).includes(picture)).toBe(false)
    expect(await listBatches(workspace)).toHaveLength(2)
  })

  it('takes nothing in that a tombstone names, nor what was made from it, and keeps nothing of it', async () => {
    const at = '2026-11-24T10:00:00.000Z'
    await bury(workspace, [{ what: 'source', value: 'sketch', reason: '', at, derived: [refined('a').row.id] }])
    await putBatch(workspace, [painted('secret', await png('red')), refined('a'), refined('b', [refined('a').row.id])])
    await putBatch(workspace, [refined('c')])
    expect((await bring()).outcomes).toEqual({ ok: 1, forgotten: 3 })
    expect(await readFile(file('00000.lineage.jsonl'), 'utf8')).not.toMatch(/secret|cat/)
    expect((await rowsOf('00001')).map(({ prompt }) => prompt)).toEqual(['c'])
  })

  it('does only those shards again that hold a row which was forgotten', async () => {
    await putBatch(workspace, [refined('a'), refined('b'), refined('c')])
    await putBatch(workspace, [refined('d')])
    await bring()
    const committed = async (shard: string) => JSON.parse(await readFile(file(`${shard}.json`), 'utf8')).committed
    const before = await Promise.all(['00000', '00001'].map(committed))
    const at = '2026-11-24T10:00:00.000Z'
    await bury(workspace, [{ what: 'id', value: refined('d').row.id, reason: '', at, derived: [] }])
    expect((await bring()).outcomes).toEqual({ ok: 3, forgotten: 1 })
    expect(await committed('00000')).toBe(before[0])
    expect(await committed('00001')).not.toBe(before[1])
  })
})
