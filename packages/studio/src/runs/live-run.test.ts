import { describe, expect, it } from 'vitest'
import { finishedRows, type Line, type LiveRun, paceOf, shareOf, withLine } from './live-run.ts'

const AT = '2026-11-24T10:00:00.000Z'
const line = (msg: string, fields: object = {}): Line => ({ time: AT, run: 'r', msg, ...fields })
const told = (...lines: readonly Line[]) =>
  lines.reduce<LiveRun | undefined>(withLine, undefined) as LiveRun & { stages: [LiveRun['stages'][0]] }

const START = line('run-start', { stages: ['embed', 'load'] })
const EMBED = [
  START,
  line('stage-start', { stage: 'embed' }),
  line('stage-plan', { stage: 'embed', todo: 2, rows: 300, skipped: 4 }),
  line('shard-start', { stage: 'embed', shard: '0' }),
]

describe('a run as its log tells it', () => {
  it('begins with all its stages waiting', () => {
    const run = told(START)
    expect(run.stages.map(({ name, state }) => [name, state])).toEqual([
      ['embed', 'waiting'],
      ['load', 'waiting'],
    ])
    expect(run.exitCode).toBeNull()
    expect(withLine(undefined, line('stage-start', { stage: 'embed' }))).toBeUndefined()
  })

  it('counts rows of shards in work and of those that are done, each once', () => {
    const half = told(...EMBED, line('shard-progress', { stage: 'embed', shard: '0', rows: 60 }))
    expect(finishedRows(half.stages[0])).toBe(60)
    const more = told(
      ...EMBED,
      line('shard-progress', { stage: 'embed', shard: '0', rows: 60 }),
      line('shard-done', { stage: 'embed', shard: '0', rows: 100 }),
      line('shard-start', { stage: 'embed', shard: '1' }),
      line('shard-progress', { stage: 'embed', shard: '1', rows: 50 }),
    )
    expect(finishedRows(more.stages[0])).toBe(150)
    expect(shareOf(more.stages[0])).toBe(0.5)
    expect(more.stages[0].shards).toEqual({ todo: 2, done: 1, skipped: 4 })
  })

  it('goes by shards where a stage has no rows', () => {
    const run = told(
      START,
      line('stage-start', { stage: 'embed' }),
      line('stage-plan', { stage: 'embed', todo: 4, rows: 0, skipped: 0 }),
      line('shard-done', { stage: 'embed', shard: '0', rows: 0 }),
    )
    expect(shareOf(run.stages[0])).toBe(0.25)
  })

  it('learns of more work as the stage does', () => {
    const run = told(...EMBED, line('stage-plan', { stage: 'embed', todo: 1, rows: 100, skipped: 0 }))
    expect(run.stages[0].rows.todo).toBe(400)
  })

  it('knows pace and time left when there is something to judge by', () => {
    const run = told(...EMBED, line('shard-progress', { stage: 'embed', shard: '0', rows: 100 }))
    expect(paceOf(run.stages[0], Date.parse(AT) + 10_000)).toEqual({ rate: 10, left: 20 })
    expect(paceOf(told(...EMBED).stages[0], Date.parse(AT) + 10_000)).toBeUndefined()
  })

  it('keeps what failed, what was warned of, and how it ended', () => {
    const run = told(
      ...EMBED,
      line('the host is slow', { level: 40 }),
      line('shard-failed', { stage: 'embed', shard: '0', error: 'No space left.' }),
      line('stage-end', { report: { stage: 'embed', failures: [{}], seconds: 3 } }),
      line('run-end', { exitCode: 1 }),
    )
    expect(run.failures).toEqual([{ stage: 'embed', shard: '0', error: 'No space left.' }])
    expect(run.warnings).toEqual(['the host is slow'])
    expect(run.stages[0]).toMatchObject({ state: 'failed', seconds: 3, inWork: {} })
    expect(run.exitCode).toBe(1)
  })

  it('gives way to the next run, and takes no line of another', () => {
    const run = told(...EMBED, { ...START, run: 's' }, line('stage-start', { stage: 'embed' }))
    expect(run.run).toBe('s')
    expect(run.stages[0].state).toBe('waiting')
  })
})
