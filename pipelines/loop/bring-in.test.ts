import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InterruptedError } from '@promptloom/runner/errors'
import { lockWorkspace } from '@promptloom/runner/lock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { listBatches, putBatch } from '../feedback/inbox.ts'
import { bringIn } from './bring-in.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-bring-in-'))
  await putBatch(workspace, [{ row: { id: 'r-1', prompt: 'a cat at dusk', origin: 'refined' } }])
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const configured = (more: object = {}) => configurationSchema.parse({ workspace, ...more })

describe('rows of the inbox', () => {
  it('wait where a run has the workspace, and nothing is touched meanwhile', async () => {
    await using _lock = await lockWorkspace(workspace)
    const before = await readdir(workspace)
    expect(await bringIn(configured())).toEqual({
      searchable: false,
      note: 'In the inbox; joins with the next run (the workspace is in use by a run).',
    })
    expect(await readdir(workspace)).toEqual(before)
    expect(await listBatches(workspace)).toMatchObject([{ rows: 1 }])
  })

  it('no longer wait for a workspace that is free again', async () => {
    const lock = await lockWorkspace(workspace)
    await bringIn(configured())
    await lock[Symbol.asyncDispose]()
    const { searchable, note } = await bringIn(configured())
    expect(searchable).toBe(false)
    expect(note).not.toContain('in use')
  })

  it('wait where the collection was never run, which is said without a full stop in the middle', async () => {
    const { searchable, note } = await bringIn(configured())
    expect(searchable).toBe(false)
    expect(note).toMatch(/^In the inbox; joins with the next run \([^()]*download has not run[^()]*\)\.$/)
    expect(note).not.toMatch(/\.\)/)
    expect(await listBatches(workspace)).toMatchObject([{ rows: 1 }])
  })

  it('are left as they are by an interruption, which is passed on and not told as a reason to wait', async () => {
    const reason = new InterruptedError('enough')
    await expect(bringIn(configured(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await using _lock = await lockWorkspace(workspace)
    await expect(bringIn(configured(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(await listBatches(workspace)).toMatchObject([{ rows: 1 }])
  })
})
