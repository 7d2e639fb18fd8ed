import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job, JobEvent } from '@promptloom/studio/api/job'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JobJournal } from './job-journal.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-journal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const job = (id: string, more: Partial<Job> = {}): Job => ({
  ...{ id, kind: 'paint', state: 'queued', created: '2026-11-24T10:00:00.000Z', ended: null, request: {}, maker: null },
  ...{ progress: { fraction: null, state: 'waiting' }, neighbours: [], variants: [], pictures: [], kept: [] },
  ...{ searchable: false, error: null },
  ...more,
})
const variant = (position: number, prompt: string): JobEvent => ({
  ...{ type: 'variant', position, variant: { prompt, reason: '', neighbours: [] } },
})
const events = (id: string) => join(folder, id, 'events.jsonl')
const readOne = async () => (await JobJournal.readAll(folder))[0]

describe('the journal of a job', () => {
  it('is read as the job that its events made of it', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.append(variant(0, 'a cat, <b>8k</b>\n"quoted"  '))
    await journal.append(variant(1, 'a dog'))
    await journal.append({ type: 'end', job: { ...job('a'), state: 'done', ended: '2026-11-24T10:01:00.000Z' } })
    const read = await readOne()
    expect(read?.events.map(({ type }) => type)).toEqual(['variant', 'variant', 'end'])
    expect(read?.job).toMatchObject({ id: 'a', state: 'done' })
  })

  it('is there from the first moment, before anything has happened', async () => {
    await JobJournal.create(folder, job('a', { request: { prompt: '🦊 <script>' } }))
    expect(await readOne()).toMatchObject({ events: [], job: { state: 'queued', request: { prompt: '🦊 <script>' } } })
  })

  it('holds events in the order in which they were told, also when nobody waits for them', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await Promise.all(Array.from({ length: 30 }, (_, at) => journal.append(variant(at, `variant ${at}`))))
    expect((await readOne())?.job.variants.map(({ prompt }) => prompt)).toEqual(
      Array.from({ length: 30 }, (_, at) => `variant ${at}`),
    )
  })

  it('is on the disk when the call resolves, a line an event', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.append(variant(0, 'one\ntwo'))
    const lines = (await readFile(events('a'), 'utf8')).split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toBe('')
    expect(JSON.parse(lines[0] as string)).toEqual(variant(0, 'one\ntwo'))
  })

  it('is one job’s alone: an id that exists is refused, and what it has stays', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.append(variant(0, 'paid for'))
    await expect(JobJournal.create(folder, job('a'))).rejects.toThrow(/EEXIST/)
    expect((await readOne())?.job.variants[0]?.prompt).toBe('paid for')
  })

  it('goes on with what comes after an event that could not be written', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await mkdir(events('a'))
    await expect(journal.append(variant(0, 'lost'))).rejects.toThrow(/EISDIR/)
    await rm(events('a'), { recursive: true })
    await journal.append(variant(0, 'kept'))
    expect((await readOne())?.job.variants.map(({ prompt }) => prompt)).toEqual(['kept'])
  })

  it('is gone with all that the job made when it is removed', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.savePicture(0, Uint8Array.of(1))
    await journal.remove()
    await journal.remove()
    expect(await readdir(folder)).toEqual([])
  })
})

describe('after a crash', () => {
  it.each([
    ['in the middle of a line', '{"type":"variant","posi'],
    ['in the middle of a letter', Buffer.from('{"type":"variant","variant":{"prompt":"é').subarray(0, -1)],
  ])('%s, what was whole is kept and the next event begins a line', async (_, torn) => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.append(variant(0, 'whole'))
    await appendFile(events('a'), torn)
    const first = await readOne()
    expect(first?.events).toHaveLength(1)
    await first?.journal.append(variant(1, 'after the crash'))
    expect((await readOne())?.job.variants.map(({ prompt }) => prompt)).toEqual(['whole', 'after the crash'])
  })

  it('before the line feed, the event is kept, and the next one begins a line', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await appendFile(events('a'), JSON.stringify(variant(0, 'whole but for its end')))
    await journal.append(variant(1, 'after the crash'))
    const prompts = (await readOne())?.job.variants.map(({ prompt }) => prompt)
    expect(prompts).toEqual(['whole but for its end', 'after the crash'])
  })

  it('at the very first line, the job is as it was started', async () => {
    await JobJournal.create(folder, job('a'))
    await writeFile(events('a'), '{"type":')
    expect((await readOne())?.job).toEqual(job('a'))
  })

  it('or a full disk, in the middle of the journal, the other events are kept', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    await journal.append(variant(0, 'before'))
    await appendFile(events('a'), '{"type":"variant","posi')
    await journal.append(variant(1, 'after'))
    await journal.append(variant(2, 'later'))
    expect((await readOne())?.job.variants.map(({ prompt }) => prompt)).toEqual(['before', 'after', 'later'])
  })

  it('a job that never came to be, or cannot be read, leaves the others as they are', async () => {
    await JobJournal.create(folder, job('b'))
    await mkdir(join(folder, 'a-empty'))
    await mkdir(join(folder, 'c-damaged'))
    await writeFile(join(folder, 'c-damaged', 'job.json'), '{"format":"promptloom-job"')
    await mkdir(join(folder, 'd-newer'))
    const newer = { format: 'promptloom-job', formatVersion: 2, job: job('d-newer') }
    await writeFile(join(folder, 'd-newer', 'job.json'), JSON.stringify(newer))
    await writeFile(join(folder, 'a-file'), 'no job')
    await JobJournal.create(folder, job('e'))
    expect((await JobJournal.readAll(folder)).map(({ job: { id } }) => id)).toEqual(['b', 'e'])
    // Nothing that cannot be read is thrown away.
    expect((await readdir(folder)).sort()).toEqual(['a-empty', 'a-file', 'b', 'c-damaged', 'd-newer', 'e'])
  })

  it('there are no jobs where nothing ever worked', async () => {
    expect(await JobJournal.readAll(join(folder, 'nowhere'))).toEqual([])
  })
})

describe('a picture of a job', () => {
  it('is read byte for byte, the last one that was saved at its place', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251)
    await journal.savePicture(3, Uint8Array.of(9))
    await journal.savePicture(3, bytes)
    expect(Buffer.compare((await journal.readPicture(3)) as Buffer, bytes)).toBe(0)
  })

  it('is not there before it was saved, nor when only a part of it was', async () => {
    const journal = await JobJournal.create(folder, job('a'))
    expect(await journal.readPicture(0)).toBeUndefined()
    await journal.savePicture(1, Uint8Array.of(1))
    const [whole] = await readdir(join(journal.path, 'pictures'))
    expect(whole).toBe('1')
    expect(await journal.readPicture(0)).toBeUndefined()
  })
})
