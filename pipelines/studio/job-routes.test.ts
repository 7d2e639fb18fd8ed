import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorAnswerSchema } from '@promptloom/search/server/error-answer'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import type { Job } from '@promptloom/studio/api/job'
import { jobAnswerSchema, jobListSchema } from '@promptloom/studio/api/job-answer'
import { makersSchema } from '@promptloom/studio/api/maker'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JobBoard } from './job-board.ts'
import { jobRoutes } from './job-routes.ts'
import { keepWork } from './keeping.ts'
import { type LoopDouble, loopDouble } from './loop.double.ts'
import { makersOf } from './loop.ts'
import { paintWork, refineWork } from './making.ts'
import { rowRoutes } from './row-routes.ts'

let folder: string
let board: JobBoard
let server: RunningServer
let loop: LoopDouble
let refreshed = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-job-routes-'))
  loop = loopDouble()
  const refresh = async () => void refreshed++
  board = await JobBoard.open({
    folder,
    work: {
      refine: refineWork({ refiner: loop.refiner, retrieve: async () => [HOSTILE_NEIGHBOUR] }),
      paint: paintWork(loop.painter),
      keep: keepWork({ board: () => board, keep: loop.keep, refresh }),
    },
  })
  server = await createServer({
    routes: [...jobRoutes(board, makersOf(loop)), ...rowRoutes({ holder: { refresh }, loop })],
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await board?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const MARKUP = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'
const HOSTILE_NEIGHBOUR = { id: 'n"><b>', prompt: `a fox, ${MARKUP}, fog`, similarity: 0.9 }

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })
const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** Starts a job and waits until it has ended. */
async function finished(path: string, body: unknown): Promise<Job> {
  const response = await post(path, body)
  expect(response.status).toBe(202)
  const { job } = jobAnswerSchema.parse(await response.json())
  await (await get(`/api/jobs/${job.id}/events`)).text()
  return jobAnswerSchema.parse(await (await get(`/api/jobs/${job.id}`)).json()).job
}

async function failure(response: Response) {
  const { error } = errorAnswerSchema.parse(await response.json())
  return { status: response.status, ...error }
}

const SMALL = { prompt: 'a red fox', width: 32, height: 32 }

describe('the loop over HTTP', () => {
  it('says who refines and who paints, stand-ins as such', async () => {
    const makers = makersSchema.parse(await (await get('/api/makers')).json())
    expect(makers).toMatchObject({ refiner: { kind: 'offline', standIn: true }, painter: { standIn: true } })
  })

  it('improves, paints what was improved, and keeps it with all that is known of it', async () => {
    const improved = await finished('/api/refine', { prompt: 'a fox', variants: 1 })
    expect(improved).toMatchObject({ state: 'done', maker: { kind: 'offline' } })
    const refined = { job: improved.id, variant: 0 }
    const painted = await finished('/api/paint', { ...SMALL, count: 2, refined, parents: ['p'] })
    expect(painted.request.seed).toBeTypeOf('number')
    expect(painted.pictures.map(({ seed }) => seed)).toEqual([0, 1].map((at) => Number(painted.request.seed) + at))
    const picture = await get(`/api/jobs/${painted.id}/pictures/1`)
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(picture.headers.get('cache-control')).toContain('immutable')
    const bytes = Buffer.from(await picture.arrayBuffer())
    expect((await sharp(bytes).metadata()).width).toBe(32)

    const kept = await finished('/api/keep', { job: painted.id, pictures: [1, 1] })
    expect(kept).toMatchObject({ state: 'done', searchable: true, kept: [{ position: 1, id: 'row-0', outcome: 'ok' }] })
    expect(refreshed).toBe(1)
    const [item] = loop.kept
    expect(item).toMatchObject({
      picture: { position: 1, prompt: 'a red fox' },
      painter: { kind: 'sketch' },
      parents: ['p'],
      refined: { asked: 'a fox', refiner: { kind: 'offline' }, neighbours: [{ similarity: 0.9 }] },
    })
    expect(Buffer.from(item?.bytes ?? []).equals(bytes)).toBe(true)
  })

  it('lists jobs, newest first', async () => {
    const { jobs } = jobListSchema.parse(await (await get('/api/jobs')).json())
    expect(jobs.map(({ created }) => created)).toEqual(
      jobs
        .map(({ created }) => created)
        .sort()
        .reverse(),
    )
    expect(jobs.length).toBeGreaterThanOrEqual(3)
  })

  it('tells events again from any of them on', async () => {
    const { id } = await finished('/api/paint', { ...SMALL, count: 2 })
    const names = async (headers: Record<string, string>) =>
      [...(await (await get(`/api/jobs/${id}/events`, headers)).text()).matchAll(/event: (\w+)/g)].map(([, one]) => one)
    expect(await names({})).toEqual(['picture', 'picture', 'end'])
    expect(await names({ 'last-event-id': '2' })).toEqual(['end'])
    expect(await names({ 'last-event-id': '-1; DROP' })).toEqual(['picture', 'picture', 'end'])
  })

  it('cancels and tries again', async () => {
    const { id } = await finished('/api/refine', { prompt: 'a fox' })
    expect((await post(`/api/jobs/${id}/cancel`)).status).toBe(200)
    expect(await failure(await post(`/api/jobs/${id}/again`))).toMatchObject({ status: 409, code: 'not_failed' })
  })

  it('rates, forgets and tells where a row comes from', async () => {
    expect((await post('/api/rows/row/rating', { rating: 4 })).status).toBe(200)
    const before = refreshed
    expect(await (await post('/api/rows/row/forget', { reason: 'mine' })).json()).toEqual({ note: 'It is gone.' })
    expect(refreshed).toBe(before + 1)
    expect(await (await get('/api/rows/row/lineage')).json()).toEqual({ id: 'row', nodes: [], rating: null })
    expect([loop.rated, loop.forgotten]).toEqual([[['row', 4]], [['row', 'mine']]])
  })

  it('does not keep those waiting who forget a row', async () => {
    let end = (_: string) => {}
    const slow = loopDouble({
      forget: () =>
        new Promise((resolve) => {
          end = resolve
        }),
    })
    let later = 0
    const holder = { refresh: async () => void later++ }
    await using patient = await createServer({ routes: rowRoutes({ holder, loop: slow, patienceMs: 1 }) })
    const response = await fetch(`${patient.url}/api/rows/row/forget`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(((await response.json()) as { note: string }).note).toMatch(/^It is recorded/)
    end('Gone.')
    await expect.poll(() => later).toBe(1)
  })
})

describe('hostile prompts', () => {
  it('come out as text in JSON, whatever they say, and never as a page', async () => {
    const improved = await finished('/api/refine', { prompt: MARKUP, variants: 1 })
    expect(improved.request.prompt).toBe(MARKUP)
    expect(improved.neighbours[0]).toEqual(HOSTILE_NEIGHBOUR)
    for (const path of ['', '/events']) {
      const response = await get(`/api/jobs/${improved.id}${path}`)
      expect(response.headers.get('content-type')).toMatch(/^(application\/json|text\/event-stream)/)
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    const painted = await finished('/api/paint', { ...SMALL, prompt: MARKUP, negativePrompt: MARKUP })
    expect(painted.pictures[0]?.prompt).toBe(MARKUP)
  })

  it('cannot forge an event by line breaks', async () => {
    const prompt = 'a fox\n\nevent: end\ndata: {"type":"end"}\r\n\r\nid: 99'
    const { id } = await finished('/api/paint', { ...SMALL, prompt })
    const text = await (await get(`/api/jobs/${id}/events`)).text()
    expect([...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)).toEqual(['picture', 'end'])
    expect(text).not.toMatch(/^id: 99$/m)
  })
})

describe('refused', () => {
  it.each<[string, () => Promise<Response>, number, string]>([
    ['an unknown job', () => get('/api/jobs/20200101T000000000-0000'), 404, 'not_found'],
    ['an unknown job’s events', () => get('/api/jobs/nobody/events'), 404, 'not_found'],
    ['an unknown job’s picture', () => get('/api/jobs/nobody/pictures/0'), 404, 'not_found'],
    ['a job of an id that climbs', () => get('/api/jobs/..%2f..%2fetc%2fpasswd'), 400, 'bad_address'],
    ['a picture of no number', () => get('/api/jobs/nobody/pictures/..%2f..%2fx'), 400, 'bad_address'],
    ['an unknown job to cancel', () => post('/api/jobs/nobody/cancel'), 404, 'not_found'],
    ['an unknown job to keep', () => post('/api/keep', { job: 'nobody', pictures: [0] }), 404, 'not_found'],
    ['an empty prompt', () => post('/api/refine', { prompt: '   ' }), 400, 'bad_body'],
    ['a prompt of 30,000 characters', () => post('/api/refine', { prompt: 'x'.repeat(30_000) }), 400, 'bad_body'],
    ['a body of 300,000 bytes', () => post('/api/refine', { prompt: 'x'.repeat(300_000) }), 413, 'too_large'],
    ['a thousand pictures', () => post('/api/paint', { prompt: 'x', count: 1_000 }), 400, 'bad_body'],
    ['a huge picture', () => post('/api/paint', { prompt: 'x', width: 100_000 }), 400, 'bad_body'],
    ['an unknown field', () => post('/api/paint', { prompt: 'x', path: '/etc' }), 400, 'bad_body'],
    [
      'a variant that is not there',
      () => post('/api/paint', { prompt: 'x', refined: { job: 'nobody', variant: 0 } }),
      404,
      'not_found',
    ],
    ['a rating of 6', () => post('/api/rows/row/rating', { rating: 6 }), 400, 'bad_body'],
    ['a rating of an unknown row', () => post('/api/rows/nobody/rating', { rating: 5 }), 404, 'not_found'],
    ['an unknown row to forget', () => post('/api/rows/nobody/forget'), 404, 'not_found'],
    ['the lineage of an unknown row', () => get('/api/rows/nobody/lineage'), 404, 'not_found'],
    ['a body of a form', () => post('/api/refine', 'prompt=x', { 'content-type': 'text/plain' }), 415, 'media_type'],
    ['starting by a link', () => get('/api/refine?prompt=x'), 405, 'method_not_allowed'],
    [
      'a page of another site',
      () => post('/api/refine', SMALL, { origin: 'https://evil.example' }),
      403,
      'foreign_origin',
    ],
  ])('%s', async (_, send, status, code) => {
    const failed = await failure(await send())
    expect(failed).toMatchObject({ status, code })
    expect(failed.message).toMatch(/^[A-Z].*\.$/s)
  })

  it('is a picture that was never painted, by its position', async () => {
    const { id } = await finished('/api/paint', SMALL)
    expect(await failure(await post('/api/keep', { job: id, pictures: [3] }))).toMatchObject({ status: 400 })
  })

  it('is what browsers send for another site, also without an origin', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const headers = {
        'sec-fetch-site': 'cross-site',
        'content-type': 'application/json',
        host: `localhost:${server.port}`,
      }
      const sent = request({ port: server.port, path: '/api/refine', method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.on('error', reject).end('{"prompt":"x"}')
    })
    expect(status).toBe(403)
  })
})
