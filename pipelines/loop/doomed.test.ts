import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetInBatch, putBatch } from '../feedback/inbox.ts'
import { findDoomed, inboxRows } from './doomed.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-doomed-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const made = (id: string, parents: string[] = [], more: object = {}) => ({
  row: { id, prompt: `prompt of ${id}`, origin: 'refined' as const, parents, ...more },
})

describe('rows that still wait in the inbox', () => {
  it('are found like others, with their batches and what was made from them', async () => {
    const first = await putBatch(workspace, [made('a'), made('b', ['a'])])
    const second = await putBatch(workspace, [made('c', ['b']), made('d', [], { source_site: 'sketch' })])
    const doomed = await findDoomed(workspace, { value: 'a' })
    expect(doomed).toMatchObject({ what: 'id', rows: ['a'], shards: new Set() })
    expect(new Set(doomed.derived)).toEqual(new Set(['b', 'c']))
    expect(doomed.batches).toEqual(new Set([first?.name, second?.name]))
    expect(await findDoomed(workspace, { value: 'sketch', source: true })).toMatchObject({ rows: ['d'], derived: [] })
  })

  it('are meant by their id where another row has that for its address', async () => {
    await putBatch(workspace, [made('a'), made('b', [], { url: 'a' })])
    expect(await findDoomed(workspace, { value: 'a' })).toMatchObject({ what: 'id', rows: ['a'] })
  })

  it('are none once they were forgotten', async () => {
    const batch = await putBatch(workspace, [made('a'), made('b')])
    await forgetInBatch(workspace, batch?.name as string, new Set(['a']))
    const left: string[] = []
    for await (const { row } of inboxRows(workspace)) left.push(row.id)
    expect(left).toEqual(['b'])
    expect((await findDoomed(workspace, { value: 'a' })).rows).toEqual([])
  })
})
