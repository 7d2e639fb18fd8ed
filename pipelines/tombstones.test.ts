import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventLogPath } from './event-log.ts'
import { bury, noteCarriedOut, pendingTombstones, type Tombstone, Tombstones } from './tombstones.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-tombstones-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const stone = (what: Tombstone['what'], value: string, derived: string[] = []): Tombstone => ({
  ...{ what, value, derived, reason: 'asked to', at: '2026-11-24T10:00:00.000Z' },
})
const row = (id: string, more: { url?: string; source_site?: string; parents?: string[] } = {}) => ({
  ...{ id, url: '', source_site: '', parents: [], ...more },
})

describe('tombstones', () => {
  it('that nobody could read again are not recorded, nor are those beside them', async () => {
    await expect(bury(workspace, [stone('id', 'a'), stone('url', '')])).rejects.toThrow()
    expect((await Tombstones.read(workspace)).all).toEqual([])
  })

  it('hide a row by its id, its address, its source, and by what it was made from', () => {
    const all = new Tombstones([stone('id', 'a', ['a1']), stone('url', 'http://h/x'), stone('source', 'bad.example')])
    expect(all.hides(row('a'))).toBe(true)
    expect(all.hides(row('a1'))).toBe(true)
    expect(all.hides(row('b', { url: 'http://h/x' }))).toBe(true)
    expect(all.hides(row('c', { source_site: 'bad.example' }))).toBe(true)
    expect(all.hides(row('d', { parents: ['z', 'a1'] }))).toBe(true)
    expect(all.hides(row('e', { url: 'http://h/y', source_site: 'good.example', parents: ['z'] }))).toBe(false)
  })

  it('never hide rows without address or source for that', () => {
    expect(new Tombstones([]).hides(row('a'))).toBe(false)
    expect(new Tombstones([stone('url', 'u'), stone('source', 's')]).hides(row('a'))).toBe(false)
  })

  it('have a digest of what is forgotten alone', () => {
    const [a, b] = [stone('id', 'a'), stone('url', 'b')]
    const digest = new Tombstones([a, b]).digest
    expect(new Tombstones([b, { ...a, reason: 'other', at: '2027-01-01T00:00:00Z' }]).digest).toBe(digest)
    expect(new Tombstones([a]).digest).not.toBe(digest)
    expect(new Tombstones([stone('url', 'a'), stone('id', 'b')]).digest).not.toBe(digest)
  })

  it('stay in the workspace, with reason; a line that was cut short is counted', async () => {
    await bury(workspace, [stone('id', 'a')])
    await bury(workspace, [stone('source', 's', ['x', 'y'])])
    await appendFile(eventLogPath(workspace, 'tombstones'), '{"what":"i')
    const read = await Tombstones.read(workspace)
    expect(read.all).toEqual([stone('id', 'a'), stone('source', 's', ['x', 'y'])])
    expect(read.damaged).toBe(1)
  })

  it('are pending until they were carried out', async () => {
    expect((await pendingTombstones(workspace)).isEmpty).toBe(true)
    await bury(workspace, [stone('id', 'a'), stone('id', 'b')])
    expect((await pendingTombstones(workspace)).all).toHaveLength(2)
    await noteCarriedOut(workspace, 2)
    expect((await pendingTombstones(workspace)).isEmpty).toBe(true)
    await bury(workspace, [stone('id', 'c')])
    expect((await pendingTombstones(workspace)).all.map(({ value }) => value)).toEqual(['c'])
  })
})
