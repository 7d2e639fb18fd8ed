// @vitest-environment happy-dom
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ApiFailure } from './failure.ts'
import type { Job, JobEvent } from './job.ts'
import {
  againJob,
  cancelJob,
  followJob,
  forgetRow,
  jobPictureOf,
  rateRow,
  readJobs,
  startKeep,
  startPaint,
  startRefine,
} from './loop.ts'
import { pathOf, request } from './request.ts'
import { ask, browse, pictureOf, readRow, thumbnailOf } from './search.ts'

const seen: { method: string; url: string; type: string; body: string }[] = []
let reply: (request: IncomingMessage, response: ServerResponse) => void
let server: Server

beforeAll(async () => {
  server = createServer(async (asked, response) => {
    let body = ''
    for await (const chunk of asked) body += String(chunk)
    const { method = '', url = '', headers } = asked
    seen.push({ method, url, type: headers['content-type'] ?? '', body })
    reply(asked, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
afterEach(() => {
  seen.length = 0
})

const answers = (value: unknown, status = 200) => {
  reply = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
}
const failureOf = async (work: Promise<unknown>): Promise<ApiFailure> => {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(ApiFailure)
  return error as ApiFailure
}

describe('paths', () => {
  it('hold whatever ids hold', () => {
    expect(pathOf('api', 'rows', 'a/b c?#é')).toBe('/api/rows/a%2Fb%20c%3F%23%C3%A9')
    expect(pictureOf('../../etc')).toBe('/api/rows/..%2F..%2Fetc/picture')
    expect(jobPictureOf('j', 3)).toBe('/api/jobs/j/pictures/3')
  })

  it.each([
    [10, 128],
    [128, 128],
    [129, 256],
    [700, 768],
    [5000, 1024],
  ])('of thumbnails for %i pixels ask for %i, so that caches meet few sizes', (pixels, size) => {
    expect(thumbnailOf('7', pixels)).toBe(`/api/rows/7/thumbnail?size=${size}`)
  })
})

describe('requests', () => {
  it('read with GET, and send JSON with POST', async () => {
    answers({ ok: true })
    expect(await request('/api/status')).toEqual({ ok: true })
    await request('/api/x', { json: { a: 'é' } })
    expect(seen).toEqual([
      { method: 'GET', url: '/api/status', type: '', body: '' },
      { method: 'POST', url: '/api/x', type: 'application/json', body: '{"a":"é"}' },
    ])
  })

  it('tell a failure in the server’s words', async () => {
    answers({ error: { code: 'not_found', message: 'There is no such row.' } }, 404)
    expect(await failureOf(readRow('7'))).toMatchObject({
      message: 'There is no such row.',
      code: 'not_found',
      status: 404,
    })
  })

  it('tell a failure without words by its status', async () => {
    reply = (_, response) => response.writeHead(502).end('<html>')
    expect(await failureOf(request('/api/status'))).toMatchObject({ code: 'unknown', status: 502 })
  })

  it('say that the server is gone', async () => {
    reply = (asked) => asked.socket.destroy()
    expect(await failureOf(request('/api/status'))).toMatchObject({ code: 'unreachable', status: 0 })
  })

  it('end with the reason when they are given up', async () => {
    answers({})
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(request('/api/status', { signal: stop.signal })).rejects.toThrow('enough')
  })
})

describe('questions', () => {
  it('go as JSON, and as a form where pictures come with them', async () => {
    answers({ hits: [] })
    await ask({ terms: [{ text: 'a cat' }] })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ terms: [{ text: 'a cat' }] })
    await ask(
      { terms: [{ upload: 'abc' }] },
      { uploads: new Map([['abc', new Blob(['bytes'], { type: 'image/png' })]]) },
    )
    expect(seen[1]?.type).toMatch(/^multipart\/form-data/)
    expect(seen[1]?.body).toContain('{"terms":[{"upload":"abc"}]}')
    expect(seen[1]?.body).toContain('name="abc"')
  })

  it('look around by page', async () => {
    answers({ rows: [], more: false })
    await browse({ order: 'newest', seed: 3, k: 60, page: 2 })
    expect(seen[0]?.url).toBe('/api/browse?order=newest&seed=3&k=60&page=2')
  })
})

describe('the loop', () => {
  it('starts jobs, and answers with their ids', async () => {
    answers({ job: { id: 'j-1' } }, 202)
    expect(await startRefine({ prompt: 'a cat' })).toBe('j-1')
    expect(await startPaint({ prompt: 'a cat', count: 2 })).toBe('j-1')
    expect(await startKeep({ job: 'j-1', pictures: [0] })).toBe('j-1')
    expect(seen.map(({ url }) => url)).toEqual(['/api/refine', '/api/paint', '/api/keep'])
  })

  it('rates, forgets, cancels and lists', async () => {
    answers({ jobs: [] })
    await rateRow('a/b', 4)
    await forgetRow('a/b', 'not mine')
    await cancelJob('j-1')
    expect(await readJobs()).toEqual([])
    expect(seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'POST /api/rows/a%2Fb/rating {"rating":4}',
      'POST /api/rows/a%2Fb/forget {"reason":"not mine"}',
      'POST /api/jobs/j-1/cancel {}',
      'GET /api/jobs ',
    ])
  })
})

describe('what must reach the server', () => {
  const sent: RequestInit[] = []
  const original = globalThis.fetch
  beforeAll(() => {
    globalThis.fetch = (async (_: string, options: RequestInit) => {
      sent.push(options)
      return new Response(JSON.stringify({ job: { id: 'j' } }))
    }) as typeof fetch
  })
  afterAll(() => {
    globalThis.fetch = original
  })
  const outlives = async (work: () => Promise<unknown>) => {
    sent.length = 0
    await work()
    return sent[0]?.keepalive
  }

  it('outlives the page; what is only looked at does not', async () => {
    expect(await outlives(() => startRefine({ prompt: 'a fox' }))).toBe(true)
    expect(await outlives(() => startPaint({ prompt: 'a fox' }))).toBe(true)
    expect(await outlives(() => startKeep({ job: 'j', pictures: [0] }))).toBe(true)
    expect(await outlives(() => rateRow('r', 5))).toBe(true)
    expect(await outlives(() => forgetRow('r', ''))).toBe(true)
    expect(await outlives(() => cancelJob('j'))).toBe(true)
    expect(await outlives(() => againJob('j'))).toBe(true)
    expect(await outlives(() => readJobs())).toBe(false)
    expect(await outlives(() => ask({ terms: [{ text: 'a fox' }] }))).toBe(false)
  })

  it('is sent all the same where it is too long for that', async () => {
    expect(await outlives(() => startPaint({ prompt: '傑'.repeat(20_000) }))).toBe(false)
  })
})

describe('following a job', () => {
  /** Stands in for the browser's event source: a test says what it hears. */
  class Source extends EventTarget {
    static readonly CLOSED = 2
    static last: Source | undefined
    closed = false
    readyState = 1
    readonly url: string

    constructor(url: string) {
      super()
      this.url = url
      Source.last = this
    }

    close(): void {
      this.closed = true
    }

    hear(event: JobEvent): void {
      this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) }))
    }
  }
  const job = { id: 'j-1', ended: null, state: 'running', variants: [], pictures: [], kept: [] } as unknown as Job
  const unexpected = () => expect.fail('It failed.')
  const until = async (holds: () => boolean) => {
    const end = Date.now() + 20_000
    while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(holds()).toBe(true)
  }

  beforeAll(() => {
    Object.defineProperty(globalThis, 'EventSource', { value: Source, configurable: true })
  })

  it('tells of it now and after each event, and stops at its end', async () => {
    answers({ job })
    const states: Job[] = []
    followJob('j-1', (now) => states.push(now), unexpected)
    await until(() => states.length === 1 && Source.last?.url === '/api/jobs/j-1/events')
    Source.last?.hear({ type: 'variant', position: 0, variant: { prompt: 'a cat', reason: '', neighbours: [] } })
    Source.last?.hear({ type: 'end', job: { ...job, state: 'done', ended: '2026-01-01T00:00:00.000Z' } })
    expect(states.map(({ state, variants }) => [state, variants.length])).toEqual([
      ['running', 0],
      ['running', 1],
      ['done', 0],
    ])
    expect(Source.last?.closed).toBe(true)
  })

  it('hears nothing more of one that has ended', async () => {
    Source.last = undefined
    answers({ job: { ...job, ended: '2026-01-01T00:00:00.000Z' } })
    const states: Job[] = []
    followJob('j-1', (now) => states.push(now), unexpected)
    await until(() => states.length === 1)
    expect(Source.last).toBeUndefined()
  })

  it('tells nothing more once it is stopped', async () => {
    answers({ job })
    const states: Job[] = []
    const followed = followJob('j-1', (now) => states.push(now), unexpected)
    followed.stop()
    await until(() => seen.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(states).toEqual([])
  })

  it('asks for the job again where its events are refused, and not while the browser tries by itself', async () => {
    answers({ job })
    const states: Job[] = []
    const failures: unknown[] = []
    followJob(
      'j-1',
      (now) => states.push(now),
      (error) => failures.push(error),
    )
    await until(() => states.length === 1 && Source.last?.url === '/api/jobs/j-1/events')
    const first = Source.last as Source
    first.dispatchEvent(new Event('error'))
    answers({ error: { code: 'not_found', message: 'There is no job.' } }, 404)
    first.readyState = Source.CLOSED
    first.dispatchEvent(new Event('error'))
    await until(() => failures.length > 0)
    expect([states.length, failures.length, seen.length]).toEqual([1, 1, 2])
  })

  it('tells when there is no such job', async () => {
    answers({ error: { code: 'not_found', message: 'There is no job.' } }, 404)
    const failures: unknown[] = []
    followJob(
      'j-9',
      () => expect.fail(),
      (error) => failures.push(error),
    )
    await until(() => failures.length === 1)
    expect(failures[0]).toMatchObject({ code: 'not_found' })
  })
})
