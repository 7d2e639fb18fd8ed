import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { Automatic1111 } from '@promptloom/generate/automatic1111/back-end'
import type { BackEnd } from '@promptloom/generate/back-end'
import { SketchBackEnd } from '@promptloom/generate/sketch/back-end'
import { LlmRefiner } from '@promptloom/refine/llm-refiner'
import { OfflineRefiner } from '@promptloom/refine/offline-refiner'
import { openAiDouble } from '@promptloom/refine/openai.double'
import type { Job } from '@promptloom/studio/api/job'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JobBoard, type JobWork } from './job-board.ts'
import { paintWork, type RefiningParts, refineWork } from './making.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-making-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const unused: JobWork = async () => ({})
const boardOf = (work: Partial<Record<Job['kind'], JobWork>>) =>
  JobBoard.open({ folder, work: { refine: unused, paint: unused, keep: unused, ...work } })

async function ended(board: JobBoard, id: string): Promise<Job> {
  for await (const _ of board.events(id, { signal: new AbortController().signal }));
  return board.get(id)
}

const NEAR = [
  { id: 'n1', prompt: 'lighthouse, oil on canvas, dramatic light', similarity: 0.9 },
  { id: 'n2', prompt: 'sea, oil on canvas, volumetric fog, dramatic light', similarity: 0.8 },
]
const retrieve: RefiningParts['retrieve'] = async () => NEAR
const answer = (...prompts: string[]) => ({
  text: { variants: prompts.map((prompt) => ({ prompt, reason: 'It says more.', neighbours: ['n1'] })) },
})

describe('improving', () => {
  it('works without a language model, from the neighbours that were found', async () => {
    const asked: unknown[] = []
    const spy: RefiningParts['retrieve'] = async (question) => {
      asked.push(question)
      return NEAR
    }
    await using board = await boardOf({ refine: refineWork({ refiner: new OfflineRefiner(), retrieve: spy }) })
    const { id } = await board.start('refine', { prompt: 'a lighthouse', like: 'x', variants: 2 }, null)
    const job = await ended(board, id)
    expect(asked).toEqual([{ prompt: 'a lighthouse', neighbours: undefined, like: 'x' }])
    expect(job.neighbours).toEqual(NEAR)
    expect(job.variants.length).toBeGreaterThan(0)
    expect(job.variants[0]?.prompt).toContain('oil on canvas')
    expect(job.variants[0]?.neighbours).toEqual(['n1', 'n2'])
  })

  it('asks a language model once, and tells each variant once', async () => {
    await using llm = await openAiDouble(answer('one', 'two'))
    const refiner = new LlmRefiner({ url: llm.url, model: 'm', instruction: 'Improve it.' })
    await using board = await boardOf({ refine: refineWork({ refiner, retrieve }) })
    const { id } = await board.start('refine', { prompt: 'a lighthouse', variants: 2 }, null)
    const told: string[] = []
    for await (const { event } of board.events(id, { signal: new AbortController().signal })) told.push(event ?? '')
    expect(told.filter((event) => event === 'variant')).toHaveLength(2)
    expect(board.get(id).variants.map(({ prompt }) => prompt)).toEqual(['one', 'two'])
    expect(llm.asked).toHaveLength(1)
  })

  it('tried again, asks only for what was not answered', async () => {
    await using llm = await openAiDouble({ status: 400, body: '{"error":{"message":"no such model"}}' }, answer('two'))
    const refiner = new LlmRefiner({ url: llm.url, model: 'm', instruction: 'Improve it.' })
    const real = refineWork({ refiner, retrieve })
    const first: JobWork = async (context) => {
      context.emit({
        type: 'variant',
        position: 0,
        variant: { prompt: 'one', reason: 'It says more.', neighbours: ['n1'] },
      })
      return real(context)
    }
    let attempt = 0
    await using board = await boardOf({ refine: (context) => (attempt++ === 0 ? first : real)(context) })
    const { id } = await board.start('refine', { prompt: 'a lighthouse', variants: 2, seed: 5 }, null)
    expect(await ended(board, id)).toMatchObject({ state: 'failed', error: { code: 'llm_invalid' } })
    await board.again(id)
    expect((await ended(board, id)).variants.map(({ prompt }) => prompt)).toEqual(['one', 'two'])
    expect(llm.asked.at(-1)?.body.seed).toBe(6)
    expect(JSON.stringify(llm.asked.at(-1)?.body.messages)).toMatch(/1 variant|one variant|variants.{0,20}1/i)
  })

  it('with all variants answered already pays nothing more', async () => {
    await using llm = await openAiDouble(answer('never'))
    const refiner = new LlmRefiner({ url: llm.url, model: 'm', instruction: 'Improve it.' })
    const real = refineWork({ refiner, retrieve })
    const cut: JobWork = async ({ emit }) => {
      emit({ type: 'variant', position: 0, variant: { prompt: 'one', reason: '', neighbours: [] } })
      throw Object.assign(new Error('Cut.'), { exitCode: 1 })
    }
    let attempt = 0
    await using board = await boardOf({ refine: (context) => (attempt++ === 0 ? cut : real)(context) })
    const { id } = await board.start('refine', { prompt: 'x', variants: 1 }, null)
    await ended(board, id)
    await board.again(id)
    expect(await ended(board, id)).toMatchObject({ state: 'done', variants: [{ prompt: 'one' }] })
    expect(llm.asked).toHaveLength(0)
  })

  it('cancelled, gives the call up', async () => {
    await using llm = await openAiDouble({ hang: true })
    const refiner = new LlmRefiner({ url: llm.url, model: 'm', instruction: 'Improve it.' })
    await using board = await boardOf({ refine: refineWork({ refiner, retrieve }) })
    const { id } = await board.start('refine', { prompt: 'x' }, null)
    await expect.poll(() => llm.asked.length).toBe(1)
    expect((await board.cancel(id)).state).toBe('cancelled')
    await expect.poll(() => llm.closed.length).toBe(1)
  })
})

describe('painting', () => {
  const request = { prompt: 'a red fox', count: 2, seed: 7, width: 32, height: 32 }

  it('keeps the pictures with what they were painted with', async () => {
    await using board = await boardOf({ paint: paintWork(new SketchBackEnd()) })
    const { id } = await board.start('paint', request, null)
    const job = await ended(board, id)
    expect(job.pictures).toMatchObject([
      { position: 0, seed: 7, width: 32, mediaType: 'image/png', prompt: 'a red fox' },
      { position: 1, seed: 8 },
    ])
    const { bytes } = await board.picture(id, 1)
    const [again] = await new SketchBackEnd().generate({ ...request, count: 1, seed: 8 })
    expect(bytes.equals(again?.bytes as Buffer)).toBe(true)
  })

  it('tried again, paints only what is missing, with the seeds that it would have had', async () => {
    await using server = await automatic1111Double({ fail: { status: 500, body: '{"error":"out of memory"}', at: 2 } })
    const painter = new Automatic1111({ url: server.url, pollMs: 10 })
    await using board = await boardOf({ paint: paintWork(painter) })
    const { id } = await board.start('paint', { ...request, count: 3 }, null)
    const failed = await ended(board, id)
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'generator_error' } })
    expect(failed.pictures.map(({ position }) => position)).toEqual([0])
    await board.again(id)
    const done = await ended(board, id)
    expect(done.state).toBe('done')
    expect(done.pictures.map(({ seed }) => seed)).toEqual([7, 8, 9])
    expect(server.painted.map(({ seed }) => seed)).toEqual([7, 8, 8, 9])
  })

  it('cancelled, stops the work on the server', async () => {
    await using server = await automatic1111Double({ paintMs: 20_000 })
    const painter = new Automatic1111({ url: server.url, pollMs: 10 })
    await using board = await boardOf({ paint: paintWork(painter) })
    const { id } = await board.start('paint', request, null)
    await expect.poll(() => board.get(id).progress.state).toMatch(/step/)
    expect((await board.cancel(id)).state).toBe('cancelled')
    expect(server.stopped).toHaveLength(1)
  })

  it('takes pictures of a painter that tells nothing on the way', async () => {
    const quiet: BackEnd = {
      describe: () => ({ kind: 'quiet', label: 'quiet', standIn: false }),
      generate: (wanted) => new SketchBackEnd().generate(wanted),
    }
    await using board = await boardOf({ paint: paintWork(quiet) })
    const { id } = await board.start('paint', request, null)
    expect((await ended(board, id)).pictures).toHaveLength(2)
  })
})
