import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newRunId, type RunRecord, readRunRecords, writeRunRecord } from './history.ts'

let workspace: string
let runs: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-history-'))
  runs = join(workspace, 'runs')
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const record = (run: string, over: Partial<RunRecord> = {}): RunRecord => ({ run, started: 's', stages: [], ...over })
const nights = (count: number) =>
  Array.from({ length: count }, (_, night) => newRunId(new Date(Date.UTC(2026, 0, 1 + night))))

describe('newRunId', () => {
  it('is the time in UTC, to the millisecond, and something random', () => {
    expect(newRunId(new Date('2026-11-24T06:10:54.123Z'))).toMatch(/^20261124T061054123-[0-9a-f]{4}$/)
  })

  it('sorts as text in the order of time', () => {
    const times = ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z']
    const ids = times.map((time) => newRunId(new Date(time)))
    expect([...ids].reverse().sort()).toEqual(ids)
  })
})

describe('the history of a workspace', () => {
  it('is empty where nothing ran', async () => {
    expect(await readRunRecords(workspace)).toEqual([])
  })

  it('keeps the last 200 runs, and lets the oldest go', async () => {
    const ids = nights(203)
    await mkdir(runs)
    for (const id of ids.slice(0, -1)) await writeFile(join(runs, `${id}.json`), JSON.stringify(record(id)))
    await writeRunRecord(workspace, record(ids.at(-1) as string))
    expect((await readRunRecords(workspace)).map(({ run }) => run)).toEqual(ids.slice(3))
  })

  it('deletes nothing that is no record', async () => {
    const ids = nights(201)
    await mkdir(runs)
    await writeFile(join(runs, '0-notes.txt'), 'mine')
    for (const id of ids.slice(0, -1)) await writeFile(join(runs, `${id}.json`), JSON.stringify(record(id)))
    await writeRunRecord(workspace, record(ids.at(-1) as string))
    expect(await readdir(runs)).toContain('0-notes.txt')
    expect(await readdir(runs)).toHaveLength(201)
  })

  it('brings a record up to date when its run ends', async () => {
    const [first, second] = nights(2) as [string, string]
    await writeRunRecord(workspace, record(first, { exitCode: 0 }))
    await writeRunRecord(workspace, record(second))
    await writeRunRecord(workspace, record(second, { ended: 'e', exitCode: 1, error: 'no space', seconds: 2 }))
    const found = await readRunRecords(workspace)
    expect(found).toHaveLength(2)
    expect(found[1]).toEqual(record(second, { ended: 'e', exitCode: 1, error: 'no space', seconds: 2 }))
  })

  it('tells a run that was killed by what it lacks', async () => {
    await writeRunRecord(workspace, record('r'))
    const [killed] = await readRunRecords(workspace)
    expect(killed).not.toHaveProperty('exitCode')
    expect(killed).not.toHaveProperty('ended')
  })

  it('passes over records that are cut short or are something else, and shows the others', async () => {
    await writeRunRecord(workspace, record('b'))
    await writeFile(join(runs, 'a.json'), '{"run": "a", "star')
    await writeFile(join(runs, 'c.json'), '[]')
    await writeFile(join(runs, 'd.json'), JSON.stringify({ run: 4, started: '', stages: [] }))
    await mkdir(join(runs, 'e.json'))
    expect((await readRunRecords(workspace)).map(({ run }) => run)).toEqual(['b'])
  })
})
