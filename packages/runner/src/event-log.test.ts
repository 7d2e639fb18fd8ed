import { expect, it } from 'vitest'
import { eventLog } from './event-log.ts'
import type { RunEvent } from './progress.ts'

const start = { type: 'shard-start', stage: 'embed', shard: '00000', reason: 'not done yet' } as const
const progress = (rows: number) => ({ type: 'shard-progress', stage: 'embed', shard: '00000', rows }) as const
const done = { type: 'shard-done', stage: 'embed', shard: '00000', rows: 9, outcomes: { ok: 9 }, seconds: 1 } as const

function logged(events: readonly RunEvent[], progressEveryMs: number) {
  const lines: [string, unknown?][] = []
  const heard: RunEvent[] = []
  const log = {
    info: (message: string, fields?: unknown) => void lines.push([message, fields]),
    warn: (message: string) => void lines.push([`warning: ${message}`]),
  }
  const emit = eventLog(log, (event) => heard.push(event), { progressEveryMs })
  for (const event of events) emit(event)
  expect(heard).toEqual(events)
  return lines
}

it('writes every event, the kind as the message and the rest as fields', () => {
  const { type: _, ...fields } = done
  expect(logged([start, done], 0)).toEqual([
    ['shard-start', { stage: 'embed', shard: '00000', reason: 'not done yet' }],
    ['shard-done', fields],
  ])
  expect(logged([{ type: 'warning', message: 'slow' }], 0)).toEqual([['warning: slow']])
})

it('writes progress when it is due, and for a shard that is done at once not at all', () => {
  const names = (lines: [string, unknown?][]) => lines.map(([name]) => name)
  expect(names(logged([start, progress(1), progress(2), done], 3_600_000))).toEqual(['shard-start', 'shard-done'])
  expect(names(logged([start, progress(1), progress(2), done], 0))).toEqual([
    'shard-start',
    'shard-progress',
    'shard-progress',
    'shard-done',
  ])
})
