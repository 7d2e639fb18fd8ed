import { RequestError } from '@promptloom/search/server/request-error'
import type { Job, JobEvent, JobPicture } from '@promptloom/studio/api/job'
import { describe, expect, it } from 'vitest'
import type { JobBoard } from './job-board.ts'
import { keepWork } from './keeping.ts'
import type { KeepItem, KeepResult } from './loop.ts'

const painter = { kind: 'sketch', label: 'sketch painter', standIn: true }
const refiner = { kind: 'offline', label: 'offline refiner', standIn: true }
const job = (id: string, kind: Job['kind'], more: Partial<Job> = {}): Job => ({
  ...{ id, kind, state: 'done', created: '2026-11-24T10:00:00.000Z', ended: '2026-11-24T10:01:00.000Z', request: {} },
  ...{ maker: null, progress: { fraction: null, state: '' }, neighbours: [], variants: [], pictures: [], kept: [] },
  ...{ searchable: false, error: null },
  ...more,
})
const picture = (position: number): JobPicture => ({
  ...{ position, width: 8, height: 8, mediaType: 'image/png', prompt: 'a cat', negativePrompt: '', seed: position },
  ...{ steps: null, sampler: null, cfg: null, model: null },
})
const variant = { prompt: 'a blue cat', reason: 'Blue is calmer.', neighbours: ['near'] }
const neighbours = [{ id: 'near', prompt: 'a <b>fox</b>', similarity: 0.8 }]
const refine = job('refine', 'refine', {
  request: { prompt: 'a cat' },
  maker: refiner,
  variants: [variant],
  neighbours,
})
const plain = job('plain', 'paint', {
  ...{ request: { prompt: 'a cat', parents: ['p1', 'p2'] }, maker: painter, pictures: [picture(0), picture(2)] },
})
const improved = job('improved', 'paint', {
  ...{
    request: { prompt: 'a blue cat', refined: { job: 'refine', variant: 0 } },
    maker: painter,
    pictures: [picture(0)],
  },
})
const gone = job('gone', 'paint', {
  ...{ request: { prompt: 'a cat', refined: { job: 'refine', variant: 5 } }, maker: painter, pictures: [picture(0)] },
})
const jobs = [refine, plain, improved, gone]

const jobOf = (id: string): Job => {
  const found = jobs.find((one) => one.id === id)
  if (!found) throw new RequestError(404, 'not_found', `There is no job "${id}".`)
  return found
}
/** The two questions that keeping asks of a board, over the jobs above. */
const board = {
  get: jobOf,
  async picture(id: string, position: number) {
    const found = jobOf(id).pictures.find((one) => one.position === position)
    if (!found) throw new RequestError(404, 'not_found', `The job ${id} has no picture ${position}.`)
    return { bytes: Buffer.of(position), mediaType: found.mediaType }
  },
} as unknown as JobBoard

/** Keeps pictures; what was put, told and refreshed. */
async function kept(request: object, result: Partial<KeepResult> = {}, before: Partial<Job> = {}) {
  const items: KeepItem[] = []
  const events: JobEvent[] = []
  let refreshed = 0
  const work = keepWork({
    board: () => board,
    refresh: async () => void refreshed++,
    async keep(given, { tell }) {
      items.push(...given)
      tell('embedding')
      const rows = given.map((_, at) => ({ id: `g-${at}`, outcome: 'ok' }))
      return { rows, searchable: true, note: 'In the collection.', ...result }
    },
  })
  const context = {
    ...{ job: job('keep', 'keep', { request: { ...request }, ...before }), signal: new AbortController().signal },
    ...{ emit: (event: JobEvent) => void events.push(event), savePicture: async () => undefined },
  }
  const change = await work(context)
  return { items, events, refreshed, change }
}

describe('keeping pictures', () => {
  it('puts them in with who painted them and what inspired them', async () => {
    const { items } = await kept({ job: 'plain', pictures: [2, 0] })
    expect(items.map(({ bytes, picture: { seed } }) => [bytes[0], seed])).toEqual([
      [2, 2],
      [0, 0],
    ])
    expect(items[0]).toMatchObject({ painter, parents: ['p1', 'p2'] })
    expect(items[0]).not.toHaveProperty('refined')
  })

  it('tells of an improved prompt what was asked, who improved it and from what', async () => {
    const { items } = await kept({ job: 'improved', pictures: [0] })
    expect(items[0]?.refined).toEqual({ asked: 'a cat', variant, refiner, neighbours })
  })

  it('tells what became of each, by its position in the job that painted it', async () => {
    const rows = [
      { id: 'g-a', outcome: 'ok' },
      { id: 'g-b', outcome: 'duplicate' },
    ]
    const { events } = await kept({ job: 'plain', pictures: [2, 0] }, { rows })
    expect(events.flatMap((event) => (event.type === 'kept' ? [event.kept] : []))).toEqual([
      { position: 2, id: 'g-a', outcome: 'ok' },
      { position: 0, id: 'g-b', outcome: 'duplicate' },
    ])
  })

  it('tells in words what goes on, and how it ended', async () => {
    const { events } = await kept({ job: 'plain', pictures: [0] })
    const states = events.flatMap((event) => (event.type === 'progress' ? [event.state] : []))
    expect(states).toEqual(['storing the pictures', 'embedding', 'In the collection.'])
  })

  it('opens the collection anew where the next search shall find them', async () => {
    expect(await kept({ job: 'plain', pictures: [0] })).toMatchObject({ refreshed: 1, change: { searchable: true } })
  })

  it('leaves the collection as it is where they wait in the inbox, and says so', async () => {
    const note = 'In the inbox.'
    const { refreshed, change, events } = await kept({ job: 'plain', pictures: [0] }, { searchable: false, note })
    expect([refreshed, change]).toEqual([0, { searchable: false }])
    expect(events.at(-1)).toMatchObject({ state: note })
  })

  it('that is tried again tells of none twice', async () => {
    const told = { position: 0, id: 'g-0', outcome: 'ok' }
    const { events, items } = await kept({ job: 'plain', pictures: [0, 2] }, {}, { kept: [told] })
    expect(items).toHaveLength(2)
    expect(events.flatMap((event) => (event.type === 'kept' ? [event.kept.position] : []))).toEqual([2])
  })

  it.each([
    ['a job that there is none of', { job: 'nowhere', pictures: [0] }, /no job "nowhere"/],
    ['a picture that was not painted', { job: 'plain', pictures: [1] }, /no picture 1/],
    ['a variant that is gone', { job: 'gone', pictures: [0] }, /no variant 5/],
    ['no picture', { job: 'plain', pictures: [] }, /pictures/],
    ['half a picture', { job: 'plain', pictures: [0.5] }, /pictures/],
  ])('refuses %s before anything is stored', async (_, request, message) => {
    await expect(kept(request)).rejects.toThrow(message)
  })
})
