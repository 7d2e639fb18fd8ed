import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PromptRow } from '@promptloom/dataset/row'
import { run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collection, promptRow } from './fetch-images/collection.double.ts'
import { rowsWithIds, rowTables, visitRows } from './workspace-rows.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-rows-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

/** Commits rows as `download` and as `feedback` do. */
async function commit(download: PromptRow[][], feedback: PromptRow[][] = []): Promise<void> {
  const stage = (name: string, rows: PromptRow[][]) => ({
    stage: { ...(collection(rows) as Stage<unknown>), name },
    options: {},
  })
  await run({ workspace, pipeline: [stage('download', download), stage('feedback', feedback)] })
}

describe('the rows of a workspace', () => {
  it('are none in a new one', async () => {
    expect(await rowTables(workspace)).toEqual([])
    expect(await rowsWithIds(workspace, new Set(['a']))).toEqual(new Map())
  })

  it('are those of the collection, then those that were made, in order', async () => {
    const made = { ...promptRow('r-1', ''), origin: 'refined' as const, parents: ['b'] }
    await commit([[promptRow('a', 'u1'), promptRow('b', 'u2')], [promptRow('c', '')]], [[made]])
    const seen: unknown[] = []
    await visitRows(workspace, ({ id, url, parents, table }) => seen.push([id, url, parents, table.stage, table.shard]))
    expect(seen).toEqual([
      ['a', 'u1', [], 'download', '00000'],
      ['b', 'u2', [], 'download', '00000'],
      ['c', '', [], 'download', '00001'],
      ['r-1', '', ['b'], 'feedback', '00000'],
    ])
  })

  it('are found by id, each once, and those that are not there are left out', async () => {
    await commit(
      [[promptRow('a', 'u1')], [promptRow('b', 'u2')]],
      [[{ ...promptRow('a', 'other'), origin: 'refined' }]],
    )
    const found = await rowsWithIds(workspace, new Set(['a', 'b', 'nobody']))
    expect([...found.keys()].sort()).toEqual(['a', 'b'])
    expect(found.get('a')).toEqual(promptRow('a', 'u1'))
  })

  it('need not be looked at to the end', async () => {
    await commit([[promptRow('a', '')]])
    const look = visitRows(workspace, () => undefined, AbortSignal.abort(new Error('stop')))
    await expect(look).rejects.toThrow('stop')
  })
})
