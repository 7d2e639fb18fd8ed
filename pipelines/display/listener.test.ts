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

function shown(kind: 'bar' | 'lines' | 'json', told: readonly RunEvent[] = events): string {
  const stream = new PassThrough() as PassThrough & NodeJS.WriteStream
  stream.isTTY = kind === 'bar'
  stream.columns = 120
  const listener = createListener(kind, stream)
  for (const event of told) listener(event)
  return String(stream.read() ?? '')
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
      'embed         20,000 rows in 2 shards, 1 shard up to date (ok 19,990, truncated 10), 1 min 15 s',
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

describe('what a run says in passing', () => {
  const hostile = 'column "\u001b[2J\u0007x" of\ntwo lines'
  const told: RunEvent[] = [
    { type: 'stage-start', stage: 'embed' },
    { type: 'warning', message: hostile },
    { type: 'shard-failed', stage: 'embed', shard: '00001', error: hostile },
  ]

  it('is one line each that cannot steer the terminal, whatever a file or a server put into it', () => {
    expect(shown('lines', told)).toBe(
      'note: column " [2J x" of two lines\nembed/00001 failed: column " [2J x" of two lines\n',
    )
  })

  it('is told to machines to the letter, a line an event', () => {
    const lines = shown('json', told).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(told)
  })

  it('is nothing where nothing happens', () => {
    expect(shown('lines', told.slice(0, 1))).toBe('')
  })
})

describe('a bar', () => {
  it.each([0, 1, 2, 3])('gives the cursor back when the run ends with %d in the middle of a stage', (exitCode) => {
    const text = shown('bar', [...events.slice(1, 5), { type: 'run-end', run: 'r', exitCode, seconds: 1 }])
    expect(text.lastIndexOf('\u001b[?25l')).toBeGreaterThanOrEqual(0)
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
  })

  it('is not drawn for a stage without work', () => {
    const idle: RunEvent = { type: 'stage-plan', stage: 'embed', todo: 0, rows: 0, skipped: 7 }
    expect(shown('bar', [{ type: 'stage-start', stage: 'embed' }, idle])).toBe('')
  })
})

describe('a stage’s last line', () => {
  const ended = (over: Partial<StageReport>) => shown('lines', [{ type: 'stage-end', report: { ...report, ...over } }])

  it('says that there was nothing to do', () => {
    const idle = ended({ ran: 0, skipped: 0, rows: 0, outcomes: {}, seconds: 0.04 })
    expect(idle).toBe('embed         nothing to do, 0.0 s\n')
  })

  it('cannot be overlooked where shards failed, and tells of removed ones', () => {
    const failures = [{ shard: '00001', message: 'no space' }]
    expect(ended({ ran: 0, skipped: 0, removed: 3, outcomes: {}, failures })).toBe(
      'embed         3 shards removed, 1 shard FAILED, 1 min 15 s\n',
    )
  })

  it.each([
    [0, 'done in 1.0 s'],
    [1, 'failed after 1.0 s; what is done stays, and the same command goes on from here'],
    [3, 'interrupted after 1.0 s; the same command goes on from here'],
  ])('of a run that ends with %d is %j', (exitCode, line) => {
    expect(shown('lines', [{ type: 'run-end', run: 'r', exitCode, seconds: 1 }])).toBe(`${line}\n`)
  })

  it('promises nothing of the same command after wrong input', () => {
    expect(shown('lines', [{ type: 'run-end', run: 'r', exitCode: 2, seconds: 1 }])).toBe('')
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
