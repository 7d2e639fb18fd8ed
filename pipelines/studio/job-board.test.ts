import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job, JobEvent } from '@promptloom/studio/api/job'
import { after } from '@promptloom/studio/api/job-after'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JobBoard, type JobContext, type JobWork } from './job-board.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-jobs-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const variant = (prompt: string) => ({ prompt, reason: 'better', neighbours: [] })
const picture = (position: number) => ({
  position,
  width: 8,
  height: 8,
  mediaType: 'image/png',
  prompt: 'p',
  negativePrompt: '',
  seed: null,
  steps: null,
  sampler: null,
  cfg: null,
  model: null,
})
/** Works until it is stopped. */
const endless: JobWork = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
const nothing: JobWork = async () => ({})

function open(work: Partial<Record<Job['kind'], JobWork>>, errors: unknown[] = []) {
  const onError = (error: unknown) => errors.push(error)
  return JobBoard.open({ folder, work: { refine: nothing, paint: nothing, keep: nothing, ...work }, onError })
}

async function follow(board: JobBoard, id: string, last?: number) {
  const events: { event?: string; id?: string; data: unknown }[] = []
  const { signal } = new AbortController()
  for await (const event of board.events(id, { signal, ...(last === undefined ? {} : { last }) })) events.push(event)
  return events
}

const untilEnd = async (board: JobBoard, id: string) => (await follow(board, id)).at(-1)?.data as { job: Job }

describe('a job', () => {
  const write: JobWork = async ({ emit }) => {
    emit({ type: 'neighbours', neighbours: [{ id: 'a', prompt: 'near', similarity: 0.5 }] })
    emit({ type: 'progress', fraction: 0.5, state: 'half' })
    emit({ type: 'variant', position: 0, variant: variant('one') })
    return { variants: [variant('one')] }
  }

  it('tells everything in order, to those who come early and to those who come late', async () => {
    await using board = await open({ refine: write })
    const { id } = await board.start('refine', { prompt: 'x' }, null)
    const early = await follow(board, id)
    const numbered = early.filter((event) => event.id)
    expect(numbered.map(({ event, id }) => [id, event])).toEqual([
      ['1', 'neighbours'],
      ['2', 'variant'],
      ['3', 'end'],
    ])
    expect(await follow(board, id)).toEqual(numbered)
    expect((await follow(board, id, 2)).map(({ event }) => event)).toEqual(['end'])
    expect(await follow(board, id, 99)).toEqual([])
    const job = board.get(id)
    expect(job).toMatchObject({ state: 'done', variants: [{ prompt: 'one' }], error: null, request: { prompt: 'x' } })
    expect(job.ended).not.toBeNull()
  })

  it('adds up to what its events say, for a page that only follows', async () => {
    await using board = await open({ refine: write })
    const started = await board.start('refine', {}, null)
    const events = await follow(board, started.id)
    expect(events.map(({ data }) => data as JobEvent).reduce(after, started)).toEqual(board.get(started.id))
  })

  it('is the same after a restart, its pictures too, and so are the numbers of its events', async () => {
    const bytes = Buffer.from([1, 2, 3])
    const paint: JobWork = async ({ emit, savePicture }) => {
      await savePicture(0, bytes)
      emit({ type: 'picture', picture: picture(0) })
      return {}
    }
    let before: Job
    {
      await using board = await open({ paint })
      const { id } = await board.start('paint', {}, { kind: 'sketch', label: 'sketch', standIn: true })
      await untilEnd(board, id)
      before = board.get(id)
    }
    await using board = await open({})
    expect(board.list()).toEqual([before])
    expect(await board.picture(before.id, 0)).toEqual({ bytes, mediaType: 'image/png' })
    expect((await follow(board, before.id, 1)).map(({ id, event }) => [id, event])).toEqual([['2', 'end']])
    await expect(board.picture(before.id, 1)).rejects.toThrow(/no picture 1/)
  })

  it('that fails says why; a bug is not told to the page, but to the operator', async () => {
    const errors: unknown[] = []
    const refused = Object.assign(new Error('The model said no.'), { exitCode: 1, outcome: 'llm_refused' })
    await using board = await open(
      {
        refine: () => Promise.reject(refused),
        paint: () => Promise.reject(new TypeError('the secret is 42')),
      },
      errors,
    )
    const told = await untilEnd(board, (await board.start('refine', {}, null)).id)
    expect(told.job).toMatchObject({ state: 'failed', error: { code: 'llm_refused', message: 'The model said no.' } })
    const bug = await untilEnd(board, (await board.start('paint', {}, null)).id)
    expect(bug.job.error?.code).toBe('internal')
    expect(bug.job.error?.message).not.toContain('42')
    expect(String(errors)).toContain('the secret is 42')
    expect(errors).toHaveLength(1)
  })

  it('can be cancelled while it works and while it waits, without waiting for those before it', async () => {
    await using board = await open({ paint: endless })
    const first = await board.start('paint', {}, null)
    const second = await board.start('paint', {}, null)
    expect((await board.cancel(second.id)).state).toBe('cancelled')
    expect(board.get(first.id).state).toBe('running')
    expect((await board.cancel(first.id)).state).toBe('cancelled')
    expect((await board.cancel(first.id)).state).toBe('cancelled')
    await expect(board.cancel('nobody')).rejects.toMatchObject({ status: 404, code: 'not_found' })
  })

  it('is waited for by nobody who has left', async () => {
    await using board = await open({ paint: endless })
    const { id } = await board.start('paint', {}, null)
    const reader = new AbortController()
    const events = board.events(id, { signal: reader.signal })
    await events.next()
    const waiting = events.next()
    reader.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('waits for its turn: a painter does one after the other', async () => {
    let atOnce = 0
    let most = 0
    const release: (() => void)[] = []
    const paint: JobWork = async () => {
      most = Math.max(most, ++atOnce)
      await new Promise<void>((resolve) => release.push(resolve))
      atOnce--
      return {}
    }
    await using board = await open({ paint })
    const jobs = [await board.start('paint', {}, null), await board.start('paint', {}, null)]
    for (const job of jobs) {
      await expect.poll(() => release.length).toBe(1)
      release.pop()?.()
      await untilEnd(board, job.id)
    }
    expect(most).toBe(1)
  })

  it('is refused where too many wait already', async () => {
    await using board = await open({ paint: endless })
    for (let at = 0; at < 50; at++) await board.start('paint', {}, null)
    await expect(board.start('refine', {}, null)).rejects.toMatchObject({ status: 503, code: 'busy' })
  })
})

describe('a job that was cut off', () => {
  it('by a kill says so at the next start and goes on from what it had', async () => {
    const started = {
      emit: undefined as JobContext['emit'] | undefined,
    }
    const cut = await open({
      refine: (context) => {
        started.emit = context.emit
        return endless(context)
      },
    })
    const { id } = await cut.start('refine', { variants: 2 }, null)
    started.emit?.({ type: 'variant', position: 0, variant: variant('one') })
    await expect.poll(() => readFile(join(folder, id, 'events.jsonl'), 'utf8').catch(() => '')).toContain('one')
    // The process is gone in the middle of a line.
    await appendFile(join(folder, id, 'events.jsonl'), '{"type":"vari')

    const seen: Job[] = []
    const goOn: JobWork = async ({ job, emit }) => {
      seen.push(job)
      emit({ type: 'variant', position: 1, variant: variant('two') })
      return {}
    }
    await using board = await open({ refine: goOn })
    expect(board.get(id)).toMatchObject({ state: 'failed', error: { code: 'interrupted' } })
    expect(board.get(id).variants).toHaveLength(1)
    expect((await board.again(id)).state).toBe('queued')
    await untilEnd(board, id)
    expect(seen[0]?.variants).toEqual([variant('one')])
    expect(board.get(id)).toMatchObject({
      state: 'done',
      error: null,
      variants: [{ prompt: 'one' }, { prompt: 'two' }],
    })
    // A page that replays it all is not sent away by the end that was not the last.
    expect((await follow(board, id)).map(({ event }) => event)).toEqual(['variant', 'again', 'variant', 'end'])
    await expect(board.again(id)).rejects.toMatchObject({ status: 409 })
  })

  it('by an orderly end says so, whether it was in work or waiting', async () => {
    {
      await using board = await open({ paint: endless })
      await board.start('paint', {}, null)
      await board.start('paint', {}, null)
    }
    await using board = await open({})
    expect(board.list().map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'interrupted'],
      ['failed', 'interrupted'],
    ])
  })
})

describe('the folder', () => {
  it('may hold what is no job, or a damaged one', async () => {
    await writeFile(join(folder, 'note.txt'), 'hello')
    await mkdir(join(folder, '20260101T000000000-0000'))
    await writeFile(join(folder, '20260101T000000000-0000', 'job.json'), '{"format":')
    await using board = await open({})
    expect(board.list()).toEqual([])
  })

  it('keeps the newest 200 that ended', async () => {
    await using board = await open({})
    const first = await board.start('refine', {}, null)
    for (let at = 0; at < 201; at++) await untilEnd(board, (await board.start('refine', {}, null)).id)
    expect(board.list().length).toBeLessThanOrEqual(201)
    expect(await readdir(folder)).not.toContain(first.id)
    await expect(async () => board.get(first.id)).rejects.toThrow(/no job/)
  })
})
