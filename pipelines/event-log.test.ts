import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { appendEvents, eventLogPath, readEvents } from './event-log.ts'

const schema = z.strictObject({ id: z.string() })
let workspace: string
let path: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-events-'))
  path = eventLogPath(workspace, 'ratings')
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

describe('a log of events', () => {
  it('is empty where there is none, and gives back what was added, in order', async () => {
    expect(await readEvents(path, schema)).toEqual({ events: [], damaged: 0 })
    await appendFile(join(workspace, 'file'), '')
    expect(await readEvents(join(workspace, 'file', 'events.jsonl'), schema)).toEqual({ events: [], damaged: 0 })
    await appendEvents(path, [{ id: 'a' }])
    await appendEvents(path, [{ id: 'b\n"' }, { id: 'c' }])
    expect(await readEvents(path, schema)).toEqual({
      events: [{ id: 'a' }, { id: 'b\n"' }, { id: 'c' }],
      damaged: 0,
    })
  })

  it('passes over a line that was cut short, and goes on after it', async () => {
    await appendEvents(path, [{ id: 'a' }])
    await appendFile(path, '{"id":"cut')
    expect(await readEvents(path, schema)).toEqual({ events: [{ id: 'a' }], damaged: 1 })
    await appendEvents(path, [{ id: 'b' }])
    expect(await readEvents(path, schema)).toEqual({ events: [{ id: 'a' }, { id: 'b' }], damaged: 1 })
  })

  it('passes over what is no such event, and empty lines', async () => {
    await appendEvents(path, [{ id: 1 }, { id: 'a' }, { id: 'b', more: true }])
    await appendFile(path, '\n  \n[]\n')
    expect(await readEvents(path, schema)).toEqual({ events: [{ id: 'a' }], damaged: 3 })
  })

  it('takes events of many at the same time, each whole', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `${at}-${'x'.repeat(500)}`)
    await Promise.all(ids.map((id) => appendEvents(path, [{ id }])))
    const { events, damaged } = await readEvents(path, schema)
    expect(damaged).toBe(0)
    expect(new Set(events.map(({ id }) => id))).toEqual(new Set(ids))
  })

  it('writes nothing for no events', async () => {
    await appendEvents(path, [])
    await expect(readFile(path)).rejects.toThrow('ENOENT')
  })
})
