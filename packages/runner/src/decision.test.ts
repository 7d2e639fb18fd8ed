import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CheckpointFolder } from './checkpoint.ts'
import { decide } from './decision.ts'
import { fingerprint } from './fingerprint.ts'
import type { Checkpoint, Outcomes, Shard, Stage } from './stage.ts'

const stage: Stage<unknown> = {
  name: 'fetch-images',
  version: 1,
  options: z.unknown(),
  outcomes: { ok: 'ok', http_404: 'final', timeout: 'transient', http_503: 'transient' },
  plan: async () => [],
  process: async () => ({ outcomes: {} }),
}
const parts = { 'stage version': '1', rows: '10' }
const shard: Shard = { name: '00000', rows: 10 }

let workspace: string
let folder: CheckpointFolder
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-decision-'))
  folder = new CheckpointFolder(workspace, stage.name)
  await folder.recover()
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

async function committed(outcomes: Outcomes = { ok: 10 }): Promise<Checkpoint> {
  await writeFile(folder.partial('00000', 'tar'), 'pictures')
  const checkpoint: Checkpoint = {
    ...{ stage: stage.name, shard: '00000', fingerprint: fingerprint(parts), rows: 10, outcomes, parts },
    ...{ facts: {}, timings: {}, seconds: 1, run: 'last night', committed: '2026-01-01T00:00:00.000Z' },
    files: await folder.seal(stage.name, '00000', ['tar']),
  }
  await folder.commit(checkpoint)
  return checkpoint
}

const tonight = (checkpoint: Checkpoint | undefined, over: { shard?: Shard; run?: string; redo?: string[] } = {}) =>
  decide(stage, over.shard ?? shard, {
    ...{ parts, checkpoint, folder, run: over.run ?? 'tonight' },
    redo: new Set(over.redo),
  })

describe('decide', () => {
  it('skips what is done, final failures included', async () => {
    const checkpoint = await committed({ ok: 7, http_404: 3 })
    expect(await tonight(checkpoint)).toEqual({ action: 'skip', shard, checkpoint })
  })

  it('runs what was never done', async () => {
    expect(await tonight(undefined)).toEqual({ action: 'run', shard, parts, reason: 'not done yet' })
  })

  it('runs all of a shard whose content changed, with no thought of the old rows', async () => {
    const old = { ...(await committed({ ok: 9, timeout: 1 })), fingerprint: 'other', parts: { ...parts, rows: '9' } }
    const decision = await tonight(old, { redo: ['timeout'] })
    expect(decision).toEqual({ action: 'run', shard, parts, reason: 'rows changed from 9 to 10' })
  })

  it('runs all of a shard that lost a file, also where only some rows are wanted again', async () => {
    const checkpoint = await committed({ ok: 9, timeout: 1 })
    await rm(join(folder.path, '00000.tar'))
    const decision = await tonight(checkpoint, { redo: ['timeout'] })
    expect(decision).toMatchObject({ reason: 'its file 00000.tar is missing or has another size' })
    expect(decision).not.toHaveProperty('redo')
  })

  it('runs a shard whose checkpoint does not account for each of its rows', async () => {
    expect(await tonight(await committed({ ok: 9 }))).toMatchObject({ reason: 'its checkpoint does not balance' })
  })

  it('runs a shard that the stage calls stale, for the reason that it gives', async () => {
    const stale = { ...shard, stale: 'its rows are gone from the database' }
    expect(await tonight(await committed(), { shard: stale })).toMatchObject({ action: 'run', reason: stale.stale })
  })
})

describe('a shard with rows that may succeed now', () => {
  it('is tried again by the next run: those rows alone, with the old commit at hand', async () => {
    const checkpoint = await committed({ ok: 4, http_404: 3, timeout: 2, http_503: 1 })
    expect(await tonight(checkpoint)).toEqual({
      ...{ action: 'run', shard, parts, checkpoint, redo: new Set(['timeout', 'http_503']) },
      reason: '3 rows ended in timeout, http_503: may succeed now',
    })
  })

  it('is left alone for the rest of the run that tried it', async () => {
    expect(await tonight(await committed({ ok: 8, timeout: 2 }), { run: 'last night' })).toMatchObject({
      action: 'skip',
    })
  })

  it('is not one whose count of such rows is zero', async () => {
    expect(await tonight(await committed({ ok: 10, timeout: 0 }))).toMatchObject({ action: 'skip' })
  })

  it('is not one with an outcome that the stage no longer knows', async () => {
    expect(await tonight(await committed({ ok: 8, gone_outcome: 2 }))).toMatchObject({ action: 'skip' })
  })
})

describe('a shard whose rows are asked for again', () => {
  it('redoes exactly the outcomes asked for, final ones too, and leaves transient ones for another time', async () => {
    const checkpoint = await committed({ ok: 5, http_404: 3, timeout: 2 })
    expect(await tonight(checkpoint, { redo: ['http_404', 'http_503'] })).toMatchObject({
      redo: new Set(['http_404']),
      reason: '3 rows ended in http_404: asked to try again',
    })
  })

  it('is skipped where no row ended that way', async () => {
    const checkpoint = await committed({ ok: 10, http_404: 0 })
    expect(await tonight(checkpoint, { redo: ['http_404'] })).toMatchObject({ action: 'skip' })
  })
})
