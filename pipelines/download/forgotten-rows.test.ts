import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bury, type Tombstone } from '../tombstones.ts'
import { type TestWorkspace, testWorkspace } from './workspace.double.ts'

const HEADER = 'id,prompt,url,width,height,source_site\n'
const line = (row: number) => `id-${row},prompt ${row},http://h/${row},512,512,site-${row % 5}\n`
const collection = (rows: number, from = 0) => Array.from({ length: rows }, (_, row) => line(from + row)).join('')

let workspace: TestWorkspace
let source: string
beforeEach(async () => {
  workspace = await testWorkspace()
  source = await workspace.file('p.csv', HEADER + collection(40))
})
afterEach(() => workspace[Symbol.asyncDispose]())

const forget = (what: Tombstone['what'], value: string, derived: string[] = []) =>
  bury(workspace.path, [{ what, value, derived, reason: 'asked to', at: '2026-11-24T10:00:00.000Z' }])
const again = async (more: { shardRows?: number } = {}, ports = {}) => {
  const { exitCode, stages } = await workspace.run({ source, shardRows: 10, ...more }, ports)
  return { exitCode, ran: stages[0]?.ran }
}
const ids = async (shard: string) => (await workspace.rows(shard)).map(({ id }) => id)

describe('forgotten rows', () => {
  it('are left out by id: only the shard that holds one runs again, and it stays done', async () => {
    await again()
    await forget('id', 'id-13')
    expect(await again()).toEqual({ exitCode: 0, ran: 1 })
    expect(await ids('00001')).not.toContain('id-13')
    expect(await workspace.outcomes()).toEqual({ ok: 39, forgotten: 1 })
    expect(await again()).toEqual({ exitCode: 0, ran: 0 })
  })

  it('leave nothing of themselves among the rejects', async () => {
    await forget('id', 'id-3')
    await again()
    expect(await workspace.rejects('00000')).toEqual([
      { row: 4, outcome: 'forgotten', reason: 'it was forgotten, as asked', raw: '' },
    ])
  })

  it('are found by address and by source', async () => {
    await again()
    await forget('url', 'http://h/25')
    expect(await again()).toMatchObject({ ran: 1 })
    await forget('source', 'site-4')
    expect(await again()).toMatchObject({ ran: 4 })
    expect(await workspace.outcomes()).toEqual({ ok: 31, forgotten: 9 })
  })

  it('do not come back with a source that changed, and a source that changed elsewhere redoes nothing else', async () => {
    await forget('id', 'id-13')
    await again()
    source = await workspace.file('p.csv', HEADER + collection(45))
    expect(await again()).toEqual({ exitCode: 0, ran: 2 })
    source = await workspace.file('p.csv', HEADER + line(100) + collection(45))
    await again()
    expect(await workspace.outcomes()).toEqual({ ok: 45, forgotten: 1 })
    expect(await ids('00001')).not.toContain('id-13')
  })

  it('that no shard holds make none run, nor does a cache that was deleted', async () => {
    await again()
    await forget('id', 'nobody')
    await forget('id', 'id-2')
    await again()
    await rm(join(workspace.path, 'cache'), { recursive: true })
    expect(await again()).toEqual({ exitCode: 0, ran: 0 })
  })

  it('are also those that were made from forgotten ones, and repeats of a forgotten id', async () => {
    source = await workspace.file('p.csv', `${HEADER}${collection(3)}id-0,again,,1,1,s\n`)
    await forget('id', 'id-0', ['id-2'])
    await again()
    expect(await ids('00000')).toEqual(['id-1'])
    expect(await workspace.outcomes()).toEqual({ ok: 1, forgotten: 3 })
  })

  it('need no source once it was acquired, where that is said', async () => {
    await again()
    await rm(source)
    await forget('id', 'id-13')
    expect(await again({}, { asAcquired: true })).toEqual({ exitCode: 0, ran: 1 })
    expect(await workspace.outcomes()).toEqual({ ok: 39, forgotten: 1 })
    await expect(again()).rejects.toMatchObject({ exitCode: 2 })
  })
})
