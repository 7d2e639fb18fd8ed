import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CheckpointFolder } from './checkpoint.ts'
import type { RunEvent } from './progress.ts'
import { processShard, type ShardRunInput } from './shard-run.ts'
import type { ShardContext, ShardResult, StageContext } from './stage.ts'

let workspace: string
let folder: CheckpointFolder
let events: RunEvent[]
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-shard-'))
  folder = new CheckpointFolder(workspace, 'embed')
  await folder.recover()
  events = []
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

/** Does a shard of ten rows with the given work. */
function shard(process: (context: ShardContext<unknown>) => Promise<ShardResult>, over: Partial<ShardRunInput> = {}) {
  const context = { options: {}, workspace, run: 'tonight', signal: new AbortController().signal }
  return processShard({
    stage: {
      ...{ name: 'embed', version: 1, options: z.unknown(), outcomes: { ok: 'ok', bad: 'final' } },
      plan: async () => [],
      process: (_, given) => process(given),
    },
    context: context as unknown as StageContext<unknown>,
    decision: { action: 'run', shard: { name: '00000', rows: 10 }, parts: { rows: '10' }, reason: 'not done yet' },
    folder,
    emit: (event) => events.push(event),
    ...over,
  } as ShardRunInput)
}
const files = async () => (await readdir(folder.path)).sort()

describe('a shard that is done', () => {
  it('has each file that it wrote committed, under the shard’s name, and its checkpoint', async () => {
    const checkpoint = await shard(async (context) => {
      await writeFile(context.write('tar'), 'pictures')
      await writeFile(context.write('parquet'), 'rows')
      return { outcomes: { ok: 8, bad: 2 } }
    })
    expect(await files()).toEqual(['00000.json', '00000.parquet', '00000.tar'])
    expect(checkpoint.files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['00000.parquet', 4],
      ['00000.tar', 8],
    ])
    expect(await folder.list()).toEqual([checkpoint])
  })

  it('is visible to nobody while it is in work', async () => {
    await shard(async (context) => {
      await writeFile(context.write('tar'), 'pictures')
      expect(await files()).toEqual(['00000.tar.partial'])
      return { outcomes: { ok: 10 } }
    })
  })

  it('keeps no outcome without rows, and the facts that its work found', async () => {
    const checkpoint = await shard(async () => ({ outcomes: { ok: 10, bad: 0 }, facts: { largest: 77 } }))
    expect([checkpoint.outcomes, checkpoint.facts, checkpoint.run]).toEqual([{ ok: 10 }, { largest: 77 }, 'tonight'])
  })

  it('tells why it began, how far it is, and how it ended', async () => {
    await shard(async (context) => {
      context.progress(4)
      return { outcomes: { ok: 10 } }
    })
    expect(events).toMatchObject([
      { type: 'shard-start', reason: 'not done yet' },
      { type: 'shard-progress', stage: 'embed', shard: '00000', rows: 4 },
      { type: 'shard-done', rows: 10, outcomes: { ok: 10 } },
    ])
  })

  it('adds up the time of a step that is done several times, also where it failed', async () => {
    const checkpoint = await shard(async (context) => {
      await context.time('read', async () => undefined)
      await expect(context.time('read', () => Promise.reject(new Error('once')))).rejects.toThrow('once')
      expect(await context.time('write', async () => 'handed through')).toBe('handed through')
      return { outcomes: { ok: 10 } }
    })
    expect(Object.keys(checkpoint.timings).sort()).toEqual(['commit', 'read', 'write'])
  })
})

describe('a shard that is not done', () => {
  it.each([
    ['loses a row', { ok: 9 }],
    ['counts one twice', { ok: 10, bad: 1 }],
    ['makes up for a lost one by less than nothing', { ok: 11, bad: -1 }],
    ['ends rows in a word of its own', { ok: 9, odd: 1 }],
    ['counts half rows', { ok: 9.5, bad: 0.5 }],
  ])('commits nothing when it %s', async (_, outcomes) => {
    const doing = shard(async (context) => {
      await writeFile(context.write('tar'), 'pictures')
      return { outcomes: outcomes as Record<string, number> }
    })
    await expect(doing).rejects.toThrow(/^embed\/00000/)
    expect(await folder.list()).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['shard-start'])
  })

  it('commits nothing when it promised a file and never wrote it', async () => {
    const doing = shard(async (context) => {
      context.write('tar')
      return { outcomes: { ok: 10 } }
    })
    await expect(doing).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await folder.list()).toEqual([])
  })

  it('leaves the last commit as it was', async () => {
    const write = (text: string, rows: number) =>
      shard(async (context) => {
        await writeFile(context.write('tar'), text)
        return { outcomes: { ok: rows } }
      })
    const before = await write('old', 10)
    await expect(write('new', 9)).rejects.toThrow()
    expect(await folder.list()).toEqual([before])
    expect(await folder.missing(before)).toBeUndefined()
  })
})
