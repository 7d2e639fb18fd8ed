import { PassThrough } from 'node:stream'
import type { RunEvent, StageReport } from '@promptloom/runner/progress'
import { describe, expect, it } from 'vitest'
import { createListener, displayKind } from './listener.ts'
import { Tally } from './tally.ts'

const report: StageReport = {
  stage: 'embed',
  planned: 3,
  ran: 2,
  skipped: 1,
  removed: 0,
  rows: 20_000,
  outcomes: { ok: 19_990, truncated: 10 },
  failures: [],
  seconds: 75,
  peakBytes: 1,
}
const events: RunEvent[] = [
  { type: 'run-start', run: 'r', workspace: '/w', stages: ['embed'] },
  { type: 'stage-start', stage: 'embed' },
  { type: 'stage-plan', stage: 'embed', todo: 2, rows: 20_000, skipped: 1 },
  { type: 'shard-start', stage: 'embed', shard: '00000', reason: 'not done yet' },
  { type: 'shard-progress', stage: 'embed', shard: '00000', rows: 5_000 },
  { type: 'shard-done', stage: 'embed', shard: '00000', rows: 10_000, outcomes: { ok: 10_000 }, seconds: 1 },
  { type: 'shard-failed', stage: 'embed', shard: '00001', error: 'the disk is full' },
  { type: 'stage-end', report },
  { type: 'run-end', run: 'r', exitCode: 3, seconds: 80 },
]

function shown(kind: 'bar' | 'lines' | 'json'): string {
  const stream = new PassThrough() as PassThrough & NodeJS.WriteStream
  stream.isTTY = kind === 'bar'
  stream.columns = 120
  const listener = createListener(kind, stream)
  for (const event of events) listener(event)
  return String(stream.read())
}

describe('createListener', () => {
  it('chooses by where the output goes', () => {
    expect([displayKind(false, true), displayKind(false, false), displayKind(true, true)]).toEqual([
      'bar',
      'lines',
      'json',
    ])
  })

  it('prints plain lines', () => {
    expect(shown('lines').split('\n')).toEqual([
      'embed/00001 failed: the disk is full',
      'embed         20,000 rows in 2 shards, 1 shards up to date (ok 19,990, truncated 10), 1 min 15 s',
      'interrupted after 1 min 20 s; the same command goes on from here',
      '',
    ])
  })

  it('prints one JSON value a line, each with its time', () => {
    const lines = shown('json').trim().split('\n')
    expect(lines).toHaveLength(events.length)
    expect(JSON.parse(lines[7] as string)).toMatchObject({ type: 'stage-end', report, at: expect.stringMatching(/Z$/) })
  })

  it('draws a bar on a terminal, and keeps its lines beside it', () => {
    const text = shown('bar')
    expect(text).toContain('embed/00001 failed: the disk is full')
    expect(text).toContain('interrupted after')
    expect(text).toMatch(/embed.*rows\/s/)
  })
})

describe('Tally', () => {
  it('counts rows of finished shards and of shards in work, and estimates what is left', () => {
    const tally = new Tally()
    for (const event of events.slice(0, 5)) tally.add(event, 1000)
    expect(tally.rowsDone).toBe(5_000)
    expect(tally.rate(2000)).toBe(5_000)
    expect(tally.secondsLeft(2000)).toBe(3)
    tally.add(events[5] as RunEvent, 3000)
    expect([tally.rowsDone, tally.done, tally.skipped]).toEqual([10_000, 1, 1])
  })

  it('knows no time left before anything is done', () => {
    const tally = new Tally()
    for (const event of events.slice(0, 3)) tally.add(event, 1000)
    expect(tally.secondsLeft(5000)).toBe(Number.POSITIVE_INFINITY)
  })
})
