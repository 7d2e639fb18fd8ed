import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Checkpoint } from '@promptloom/runner/stage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { differsByRowsAlone, lastCommit } from './last-commit.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-last-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const PARTS = { 'stage version': '1', rows: '10', 'input download/00000.parquet': 'a', 'option quality': '85' }
const checkpoint = (parts: Record<string, string> = PARTS): Checkpoint => ({
  ...{ stage: 'toy', shard: '00000', fingerprint: 'f', rows: 10, outcomes: { ok: 10 }, files: [], facts: {}, parts },
  ...{ timings: {}, seconds: 1, run: 'r', committed: '2026-11-24T10:00:00.000Z' },
})

/** A context that opens things as the runner does: once a key. */
function context() {
  const opened = new Map<string, Promise<unknown>>()
  const open = (key: string, opener: () => Promise<unknown>) => {
    if (!opened.has(key)) opened.set(key, opener())
    return opened.get(key)
  }
  return { workspace, open } as unknown as Parameters<typeof lastCommit>[2]
}

describe('the last commit of a shard', () => {
  it('is found whatever has changed since, and stays what it was when the stage began', async () => {
    await mkdir(join(workspace, 'toy'))
    const path = join(workspace, 'toy', '00000.json')
    await writeFile(path, JSON.stringify(checkpoint()))
    const stage = context()
    expect(await lastCommit('toy', '00000', stage)).toEqual(checkpoint())
    await writeFile(path, JSON.stringify({ ...checkpoint(), rows: 11 }))
    expect((await lastCommit('toy', '00000', stage))?.rows).toBe(10)
    expect((await lastCommit('toy', '00000', context()))?.rows).toBe(11)
  })

  it('is none for a new shard, a new stage, or a checkpoint that cannot be read', async () => {
    expect(await lastCommit('toy', '00000', context())).toBeUndefined()
    await mkdir(join(workspace, 'toy'))
    await writeFile(join(workspace, 'toy', '00000.json'), '{"half')
    expect(await lastCommit('toy', '00000', context())).toBeUndefined()
  })
})

describe('a shard that runs again', () => {
  it.each([
    ['nothing', PARTS, true],
    ['more rows of another file', { ...PARTS, rows: '11', 'input download/00000.parquet': 'b' }, true],
    ['a new input', { ...PARTS, 'input feedback/00000.parquet': 'c' }, true],
    ['which pictures are duplicates', { ...PARTS, duplicates: 'd' }, true],
    ['an option', { ...PARTS, 'option quality': '80' }, false],
    ['an option that is new', { ...PARTS, 'option maxSide': '512' }, false],
    ['the version', { ...PARTS, 'stage version': '2' }, false],
    ['the model', { ...PARTS, model: 'm' }, false],
  ])('differs from its last commit by %s', (_, parts, isRowsAlone) => {
    expect(differsByRowsAlone(checkpoint(), parts)).toBe(isRowsAlone)
  })
})
