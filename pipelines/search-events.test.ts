import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOpinions } from './ratings.ts'
import { searchEvents } from './search-events.ts'
import { bury, noteCarriedOut } from './tombstones.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-said-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const stone = (value: string) => ({
  ...{ what: 'id' as const, value, reason: '', at: '2026-11-24T10:00:00.000Z', derived: [`${value}-child`] },
})

describe('what users said, for searches', () => {
  it('is nothing in a new workspace', async () => {
    const said = searchEvents(workspace)
    expect(await said.ratedAtLeast(1)).toEqual([])
    expect(await said.ratings()).toEqual(new Map())
    expect(await said.forgotten()).toBeUndefined()
  })

  it('counts from the next question on', async () => {
    const said = searchEvents(workspace)
    await said.ratedAtLeast(1)
    await recordOpinions(workspace, [{ id: 'a', kind: 'rated', rating: 4 }])
    expect(await said.ratedAtLeast(4)).toEqual(['a'])
    await recordOpinions(workspace, [{ id: 'a', kind: 'rated', rating: 1 }])
    expect(await said.ratedAtLeast(4)).toEqual([])
    expect(await said.ratings()).toEqual(new Map([['a', -1]]))
  })

  it('leaves out what was forgotten until it is carried out, and then no longer', async () => {
    const said = searchEvents(workspace)
    await bury(workspace, [stone('a')])
    expect((await said.forgotten())?.ids).toEqual(new Set(['a', 'a-child']))
    await bury(workspace, [stone('b')])
    expect((await said.forgotten())?.ids.size).toBe(4)
    await mkdir(join(workspace, 'events'), { recursive: true })
    await noteCarriedOut(workspace, 2)
    expect(await said.forgotten()).toBeUndefined()
    await bury(workspace, [stone('c')])
    expect((await said.forgotten())?.ids).toEqual(new Set(['c', 'c-child']))
  })
})
