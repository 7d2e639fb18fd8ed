import { describe, expect, it } from 'vitest'
import type { Job, JobEvent, JobPicture } from './job.ts'
import { after } from './job-after.ts'

const job: Job = {
  id: 'job-1',
  kind: 'refine',
  state: 'queued',
  created: '2026-01-01T00:00:00.000Z',
  ended: null,
  request: {},
  maker: null,
  progress: { fraction: null, state: 'queued' },
  neighbours: [],
  variants: [],
  pictures: [],
  kept: [],
  searchable: false,
  error: null,
}
const variant = (prompt: string) => ({ prompt, reason: '', neighbours: [] })
const picture = (position: number, seed = position): JobPicture => ({
  position,
  width: 512,
  height: 512,
  mediaType: 'image/png',
  prompt: 'a cat',
  negativePrompt: '',
  seed,
  steps: null,
  sampler: null,
  cfg: null,
  model: null,
})
const fold = (events: readonly JobEvent[]) => events.reduce(after, job)

describe('a job after its events', () => {
  it('runs once it has begun, and tells how far it is', () => {
    expect(fold([{ type: 'progress', fraction: 0.5, state: 'step 2' }])).toMatchObject({
      state: 'running',
      progress: { fraction: 0.5, state: 'step 2' },
    })
    const neighbours = [{ id: '7', prompt: 'a cat', similarity: 0.9 }]
    expect(fold([{ type: 'neighbours', neighbours }])).toMatchObject({ state: 'running', neighbours })
  })

  it('holds variants in their places, the last word on each', () => {
    const events: JobEvent[] = [
      { type: 'variant', position: 0, variant: variant('first') },
      { type: 'variant', position: 1, variant: variant('second') },
      { type: 'variant', position: 0, variant: variant('first, repaired') },
    ]
    expect(fold(events).variants.map(({ prompt }) => prompt)).toEqual(['first, repaired', 'second'])
  })

  it('holds pictures in the order of their positions, each once', () => {
    const events = [picture(2), picture(0), picture(2, 99)].map(
      (each): JobEvent => ({ type: 'picture', picture: each }),
    )
    expect(fold(events).pictures.map(({ position, seed }) => [position, seed])).toEqual([
      [0, 0],
      [2, 99],
    ])
  })

  it('holds what was kept, also when it is told twice', () => {
    const kept: JobEvent = { type: 'kept', kept: { position: 0, id: 'g-1', outcome: 'ok' } }
    expect(fold([kept, kept]).kept).toEqual([kept.kept])
  })

  it('is what the end says', () => {
    const ended: Job = { ...job, state: 'done', ended: '2026-01-01T00:01:00.000Z' }
    expect(fold([{ type: 'end', job: ended }])).toEqual(ended)
    expect(
      fold([
        { type: 'end', job: ended },
        { type: 'again', job },
      ]),
    ).toEqual(job)
  })
})
