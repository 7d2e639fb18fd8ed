import type { StageStatus, WorkspaceStatus } from '@promptloom/runner/status'
import { describe, expect, it } from 'vitest'
import { statusText } from './status-text.ts'

const stage: StageStatus = {
  ...{ name: 'fetch-images', shards: { done: 2, total: 90 }, rows: 20_000, outcomes: { ok: 19_000, http_404: 1_000 } },
  ...{ transient: 0, balanced: true, bytes: 1_840_000_000, seconds: 185, rate: 108.1 },
}
const status: WorkspaceStatus = { workspace: '/w', balanced: true, complete: true, stages: [stage] }
const sentences = (over: Partial<WorkspaceStatus>) =>
  statusText({ ...status, ...over })
    .split('\n')
    .filter((line) => /^[A-Za-z]/.test(line))

describe('the table of stages', () => {
  it('shows shards, rows, every outcome, size, time and rate', () => {
    const text = statusText(status)
    for (const part of ['2/90', '20,000', 'ok 19,000', 'http_404 1,000', '1.8 GB', '3 min 05 s', '108']) {
      expect(text).toContain(part)
    }
  })

  it('shows no rate where nothing was done, instead of 0 or not-a-number', () => {
    const idle = { ...stage, shards: { done: 0, total: 0 }, rows: 0, outcomes: {}, bytes: 0, seconds: 0, rate: 0 }
    const text = statusText({ ...status, stages: [idle] })
    expect(text).toContain('0/0')
    expect(text).not.toMatch(/NaN|null|undefined|Infinity/)
  })

  it('lists stages in the order of the pipeline', () => {
    const text = statusText({ ...status, stages: ['load', 'embed'].map((name) => ({ ...stage, name })) })
    expect(text.indexOf('load')).toBeLessThan(text.indexOf('embed'))
  })
})

describe('the sentences under it', () => {
  it('say that every row is accounted for, and nothing more, where all is done', () => {
    expect(sentences({})).toEqual(['The ledger balances: every row that came in is accounted for.'])
  })

  it('shout where a row is lost', () => {
    expect(sentences({ balanced: false })[0]).toMatch(/^THE LEDGER DOES NOT BALANCE/)
  })

  it('say who is at work, and call the run of a living process not killed', () => {
    const runningSince = { pid: 4711, host: 'night', since: '2026-01-01T00:00:00.000Z' } as never
    const found = sentences({ runningSince, complete: false, lastRun: { run: 'r' } })
    expect(found[1]).toBe('Process 4711 on night is at work since 2026-01-01T00:00:00.000Z.')
    expect(found).toHaveLength(2)
  })

  it.each([
    [{ run: 'r' }, false, 'Run r was killed; run again to go on.'],
    [{ run: 'r', exitCode: 1, error: 'no space' }, false, 'Run r failed: no space'],
    [{ run: 'r', exitCode: 1 }, false, 'Work is left; run again to go on.'],
    [{ run: 'r', exitCode: 0 }, false, 'Work is left; run again to go on.'],
    [{ run: 'r', exitCode: 0 }, true, undefined],
  ])('after %j with everything done: %s, say %j', (lastRun, complete, sentence) => {
    expect(sentences({ lastRun, complete })[1]).toBe(sentence)
  })

  it('call an interruption by its name, and no failure', () => {
    const lastRun = { run: 'r', exitCode: 3, error: 'The run was interrupted; run again to go on.' }
    expect(sentences({ lastRun, complete: false })[1]).toBe('Run r was interrupted; run again to go on.')
  })

  it('say so where nothing ever ran', () => {
    expect(sentences({ complete: false, stages: [] })).toEqual(['Nothing has run in this workspace yet.'])
  })

  it('say what stopped a first run before it knew of any work, or that it goes on', () => {
    const stages = [{ ...stage, shards: { done: 0, total: 0 } }]
    const lastRun = { run: 'r', exitCode: 2, error: 'There is no file prompts.csv.' }
    expect(sentences({ stages, complete: false, lastRun })).toContain('Run r failed: There is no file prompts.csv.')
    const runningSince = { pid: 4711, host: 'night', since: 'noon' } as never
    expect(sentences({ stages, complete: false, runningSince })).toContain(
      'Process 4711 on night is at work since noon.',
    )
  })

  it('name each stage with rows that may succeed, and no other', () => {
    const stages = [
      { ...stage, transient: 1_234 },
      { ...stage, name: 'embed' },
    ]
    expect(sentences({ stages }).slice(1)).toEqual([
      'fetch-images: 1,234 rows may succeed when tried again; the next run does.',
    ])
  })
})
