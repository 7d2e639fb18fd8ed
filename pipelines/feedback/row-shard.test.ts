import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyPictureRow, PICTURE_SCHEMA } from '@promptloom/dataset/picture-table'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import { readTable } from '@promptloom/dataset/table-reader'
import type { Shard, ShardContext } from '@promptloom/runner/stage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Tombstone, Tombstones } from '../tombstones.ts'
import { forgetInBatch, type InboxItem, putBatch } from './inbox.ts'
import { generatedId } from './inbox-row.ts'
import { type FeedbackOptions, feedbackOptions } from './options.ts'
import { type Examine, type LineageLine, processRowShard } from './row-shard.ts'

const RULES = { store: 'jpeg', quality: 90, maxSide: 512, minSide: 64, maxPixels: 1e8 }

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-row-shard-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const refined = (id: string, parents: string[] = []): InboxItem => ({
  row: { id, prompt: `prompt of ${id}`, origin: 'refined', parents, source_site: 'llm' },
})
const painted = (words: string, more: Partial<InboxItem['row']> = {}): InboxItem => ({
  row: { id: generatedId(Buffer.from(words)), prompt: `a ${words}`, origin: 'generated', ...more },
  picture: Buffer.from(words),
})
const idOf = (words: string) => generatedId(Buffer.from(words))

/** Takes pictures whose bytes say `bad …` for unusable, and stores of others their bytes in capitals. */
const examine: Examine = async (bytes) => {
  const words = String(bytes)
  if (words.startsWith('bad ')) return { fault: words.slice(4), detail: 'it says so' }
  const { id: _, outcome: __, status: ___, sha256: ____, bytes: _____, ...empty } = emptyPictureRow('', '')
  return {
    picture: { ...empty, width: 96, height: 80, stored_format: 'jpeg', stored: Buffer.from(words.toUpperCase()) },
  }
}

interface Given {
  readonly earlier?: readonly string[]
  readonly tombstones?: readonly Tombstone[]
  readonly signal?: AbortSignal
}

/** Processes batches as one shard, and reads back what it left. */
async function processed(batches: readonly string[], given: Given = {}) {
  const progress: number[] = []
  const context = {
    options: feedbackOptions.parse({ pictures: RULES }),
    ...{ workspace, signal: given.signal ?? new AbortController().signal },
    write: (ending: string) => join(workspace, `00000.${ending}`),
    progress: (rows: number) => void progress.push(rows),
  } as unknown as ShardContext<FeedbackOptions>
  const shard: Shard = {
    name: '00000',
    rows: 0,
    facts: { batches: Object.fromEntries(batches.map((name) => [name, ''])) },
  }
  const result = await processRowShard(shard, context, {
    examine,
    earlier: (id) => given.earlier?.includes(id) ?? false,
    tombstones: new Tombstones(given.tombstones ?? []),
  })
  const lineage = (await readFile(context.write('lineage.jsonl'), 'utf8')).split('\n').slice(0, -1)
  return {
    ...{ ...result, progress },
    rows: promptRows((await readTable(context.write('parquet'), PROMPT_SCHEMA)).columns),
    pictures: (await readTable(context.write('pictures.parquet'), PICTURE_SCHEMA)).columns,
    lineage: lineage.map((line) => JSON.parse(line) as LineageLine),
    tar: await readFile(context.write('tar')),
  }
}

async function put(...items: InboxItem[]): Promise<string> {
  const batch = await putBatch(workspace, items)
  if (!batch) throw new Error('A batch has rows.')
  return batch.name
}
const buried = (what: Tombstone['what'], value: string, derived: string[] = []): Tombstone => ({
  ...{ what, value, derived, reason: '', at: '2026-03-01T22:00:00.000Z' },
})

describe('a shard of the inbox', () => {
  it('ends every line in one outcome, and tells each with its batch', async () => {
    const one = await put(refined('r-1', ['cat']), painted('dog', { parents: ['r-1'] }), painted('bad truncated'))
    const other = await put(refined('r-1'), painted('bad not_an_image'), refined('r-2'))
    const { outcomes, lineage, facts } = await processed([one, other], { earlier: ['r-2'] })
    expect(lineage.map(({ id, batch, outcome }) => [id, batch, outcome])).toEqual([
      ['r-1', one, 'ok'],
      [idOf('dog'), one, 'ok'],
      [idOf('bad truncated'), one, 'truncated'],
      ['r-1', other, 'duplicate'],
      [idOf('bad not_an_image'), other, 'not_an_image'],
      ['r-2', other, 'duplicate'],
    ])
    expect(outcomes).toEqual({ ok: 2, truncated: 1, duplicate: 2, not_an_image: 1 })
    expect(facts).toEqual({ rows: 2, pictures: 1 })
    expect(lineage[2]).toMatchObject({ detail: 'it says so', prompt: 'a bad truncated' })
  })

  it('leaves tables of the rows that can be used, in the order of the inbox', async () => {
    const items = ['one', 'two', 'three', 'four', 'five', 'six'].map((words) => painted(words))
    const { rows, pictures, tar } = await processed([await put(...items, refined('r-1', ['cat']))])
    expect(rows.map(({ id }) => id)).toEqual([...items.map(({ row }) => row.id), 'r-1'])
    expect(pictures.id).toEqual(items.map(({ row }) => row.id))
    for (const [at, words] of ['one', 'two', 'three', 'four', 'five', 'six'].entries()) {
      const from = pictures.offset[at] as number
      expect(String(tar.subarray(from, from + (pictures.length[at] as number)))).toBe(words.toUpperCase())
    }
    expect(rows.at(-1)).toMatchObject({ prompt: 'prompt of r-1', parents: ['cat'], source_site: 'llm', width: 0 })
  })

  it('keeps what a picture was when it came: the digest and size of the original, not of what is stored', async () => {
    const { pictures, rows } = await processed([
      await put(painted('dog'), painted('a larger dog', { width: 7, height: 9 })),
    ])
    expect([...pictures.bytes]).toEqual([3, 12])
    expect(pictures.sha256[0]?.slice(0, 16)).toBe(idOf('dog').slice(2))
    // A size that the row has itself is believed; else it is the picture's.
    expect(rows.map(({ width, height }) => [width, height])).toEqual([
      [96, 80],
      [7, 9],
    ])
  })

  it('writes the same bytes each time', async () => {
    const batch = await put(painted('dog'), refined('r-1'), painted('bad truncated'))
    const files = ['parquet', 'pictures.parquet', 'tar', 'lineage.jsonl']
    const read = () => Promise.all(files.map((ending) => readFile(join(workspace, `00000.${ending}`))))
    await processed([batch])
    const first = await read()
    await processed([batch])
    expect(await read()).toEqual(first)
  })

  it('says nothing of a row that was forgotten but its id, which may come again', async () => {
    const batch = await put(painted('dog'), refined('r-1'))
    await forgetInBatch(workspace, batch, new Set([idOf('dog')]))
    const again = await put(painted('dog'))
    const { lineage, rows } = await processed([batch, again])
    expect(lineage[0]).toEqual({ id: idOf('dog'), outcome: 'forgotten', batch })
    expect(lineage[2]).toMatchObject({ id: idOf('dog'), outcome: 'ok', batch: again })
    expect(rows.map(({ id }) => id)).toEqual(['r-1', idOf('dog')])
  })

  it.each<[string, Tombstone]>([
    ['by its id', buried('id', 'r-1')],
    ['by its address', buried('url', 'https://a.example/1.png')],
    ['by its source', buried('source', 'a.example')],
    ['with a row that it was made from', buried('id', 'cat')],
    ['among those that had been made from another', buried('id', 'else', ['r-1'])],
  ])('takes in no row that was forgotten %s', async (_, tombstone) => {
    const lost = refined('r-1', ['cat'])
    const row = { ...lost.row, url: 'https://a.example/1.png', source_site: 'a.example' }
    const { lineage, rows, outcomes } = await processed([await put({ row }, refined('r-2'))], {
      tombstones: [tombstone],
    })
    expect(outcomes).toEqual({ forgotten: 1, ok: 1 })
    expect(lineage[0]).toEqual({ id: 'r-1', outcome: 'forgotten', batch: expect.any(String) })
    expect(rows.map(({ id }) => id)).toEqual(['r-2'])
  })

  it('tells how far it is, up to the last line', async () => {
    const { progress } = await processed([await put(...Array.from({ length: 9 }, (_, at) => refined(`r-${at}`)))])
    expect(progress).toEqual([4, 8, 9])
  })

  it('stops where the run is told to', async () => {
    const batch = await put(refined('r-1'))
    await expect(processed([batch], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('fails where a picture of the inbox is gone: that is no fault of the row', async () => {
    const batch = await put(painted('dog'))
    const sha256 = (await processed([batch])).pictures.sha256[0] as string
    await rm(join(workspace, 'inbox', batch, sha256))
    await expect(processed([batch])).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
