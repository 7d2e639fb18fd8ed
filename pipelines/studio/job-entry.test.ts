import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job, JobEvent } from '@promptloom/studio/api/job'
import { after } from '@promptloom/studio/api/job-after'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { JobEntry } from './job-entry.ts'
import { JobJournal } from './job-journal.ts'

let folder: string
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-entry-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function job(): Job {
  return {
    ...{ id: `job-${made++}`, kind: 'refine', state: 'queued', created: '2026-11-24T10:00:00.000Z', ended: null },
    ...{ request: {}, maker: null, progress: { fraction: null, state: 'waiting' }, neighbours: [], variants: [] },
    ...{ pictures: [], kept: [], searchable: false, error: null },
  }
}

const happening = fc.oneof(
  fc.record({ type: fc.constant('progress' as const), fraction: fc.constantFrom(null, 0.5), state: fc.string() }),
  fc.record({
    type: fc.constant('variant' as const),
    position: fc.nat(3),
    variant: fc.record({ prompt: fc.string(), reason: fc.string(), neighbours: fc.constant<string[]>([]) }),
  }),
)

it('whatever happens, followers add up to the job, the disk holds it, and numbers go on where a reader broke off', async () => {
  const check = async (events: JobEvent[], brokeOff: number) => {
    const first = job()
    const journal = await JobJournal.create(folder, first)
    const entry = new JobEntry({ journal, job: first, events: [] })
    const heard: JobEvent[] = []
    const { signal } = new AbortController()
    const following = (async () => {
      for await (const { data } of entry.follow({ signal })) heard.push(data as JobEvent)
    })()
    for (const event of events) await entry.record(event)
    await entry.record({ type: 'end', job: { ...entry.job, state: 'done', ended: '2026-11-24T11:00:00.000Z' } })
    await following
    expect(heard.reduce(after, first)).toEqual(entry.job)

    const recorded = (await JobJournal.readAll(folder)).find((one) => one.job.id === first.id)
    expect(recorded?.job).toEqual(entry.job)
    const again = new JobEntry(recorded as NonNullable<typeof recorded>)
    const all: string[] = []
    for await (const { id } of again.follow({ signal })) all.push(id as string)
    const last = Math.min(brokeOff, all.length)
    const rest: string[] = []
    for await (const { id } of again.follow({ signal, last })) rest.push(id as string)
    expect(rest).toEqual(all.slice(last))
    await journal.remove()
  }
  await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 6 }), fc.nat(8), check), { numRuns: 25 })
})

it('a picture is there only when all of it is', async () => {
  const journal = await JobJournal.create(folder, job())
  expect(await journal.readPicture(0)).toBeUndefined()
  await Promise.all([journal.savePicture(0, Buffer.from('first')), journal.savePicture(1, Buffer.from('second'))])
  expect(String(await journal.readPicture(0))).toBe('first')
  expect(String(await journal.readPicture(1))).toBe('second')
})

it('a job of an id that exists is not begun again', async () => {
  const one = job()
  await JobJournal.create(folder, one)
  await expect(JobJournal.create(folder, one)).rejects.toThrow(/EEXIST/)
})
