import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { BODY_LIMITS } from './body.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { requestFor, responseFor } from './exchange.ts'
import { failureOf } from './request-error.ts'
import type { ServerEvent } from './route.ts'

const declared = endpoint({
  ...{ method: 'POST', path: '/rows/:id', operationId: 'rate', summary: 'Rate.', answers: {} },
  params: z.strictObject({ id: z.string().max(10) }),
  query: z.strictObject({ page: z.coerce.number().int().min(1).default(1), tag: z.array(z.string()).optional() }),
  body: z.strictObject({ stars: z.int().min(1).max(5), pictures: z.array(z.string()).default([]) }),
  multipart: { field: 'question', alone: (uploads) => ({ stars: 5, pictures: [...uploads] }) },
})

/** What an endpoint makes of a request: its parts, or what the client is told. */
async function parts(path: string, init: RequestInit, one: Endpoint = declared as Endpoint) {
  const app = new Hono()
  const { signal } = new AbortController()
  app.all('/rows/:id', async (context) => {
    try {
      const { params, query, body, uploads } = await requestFor(context, one, { limits: BODY_LIMITS, signal })
      return context.json({ params, query, body, uploads: [...uploads.keys()] })
    } catch (error) {
      const { status, code, message } = failureOf(error)
      return context.json({ status, code, message })
    }
  })
  return (await app.request(path, { method: 'POST', ...init })).json()
}
const json = (value: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

describe('a request', () => {
  it('is checked part by part, with defaults filled in', async () => {
    expect(await parts('/rows/a%2Fb?page=3', json({ stars: 4 }))).toEqual({
      params: { id: 'a/b' },
      query: { page: 3 },
      body: { stars: 4, pictures: [] },
      uploads: [],
    })
  })

  it('has parameters that come several times as lists', async () => {
    expect(await parts('/rows/a?tag=x&tag=y', json({ stars: 1 }))).toMatchObject({
      query: { tag: ['x', 'y'], page: 1 },
    })
  })

  it.each<[string, string, RequestInit, object]>([
    [
      'its address',
      '/rows/a-very-long-id',
      json({ stars: 1 }),
      { code: 'bad_address', message: expect.stringMatching(/^The address cannot be used: id: Too big/) },
    ],
    [
      'its query',
      '/rows/a?page=0',
      json({ stars: 1 }),
      { code: 'bad_query', message: expect.stringMatching(/^The query cannot be used: page: Too small/) },
    ],
    [
      'a parameter it does not know',
      '/rows/a?limit=1',
      json({ stars: 1 }),
      { code: 'bad_query', message: 'The query cannot be used: Unrecognized key: "limit".' },
    ],
    [
      'its body',
      '/rows/a',
      json({ stars: 6 }),
      { code: 'bad_question', message: expect.stringMatching(/^The question cannot be used: stars: Too big/) },
    ],
    ['a body of another form', '/rows/a', json([1]), { code: 'bad_question' }],
    [
      'a body that is no JSON',
      '/rows/a',
      { ...json(1), body: '{' },
      { code: 'bad_body', message: 'The body is not valid JSON.' },
    ],
    [
      'a body of another type',
      '/rows/a',
      { headers: { 'content-type': 'text/plain' }, body: '{}' },
      { status: 415, code: 'media_type' },
    ],
  ])('is refused for %s, with its place', async (_, path, init, failure) => {
    expect(await parts(path, init)).toMatchObject({ status: 400, ...failure })
  })

  it('of pictures alone means what the endpoint says of them', async () => {
    const form = new FormData()
    form.append('one', new Blob(['x']), 'a.png')
    form.append('two', new Blob(['y']), 'b.png')
    expect(await parts('/rows/a', { body: form })).toMatchObject({
      body: { stars: 5, pictures: ['one', 'two'] },
      uploads: ['one', 'two'],
    })
  })

  it('to an endpoint without a body has none read', async () => {
    const { body: _, multipart: __, ...bare } = declared
    expect(await parts('/rows/a', { body: 'whatever this is' }, bare as Endpoint)).toEqual({
      ...{ params: { id: 'a' }, query: { page: 1 }, uploads: [] },
    })
  })
})

describe('an answer', () => {
  const headersOf = (response: Response, ...names: string[]) => names.map((name) => response.headers.get(name))

  it.each([
    [undefined, 200],
    [201, 201],
  ])('of JSON with the status %s is never kept by anybody', async (status, expected) => {
    const response = responseFor({ json: { a: 'ü' }, ...(status ? { status } : {}) })
    expect(response.status).toBe(expected)
    expect(headersOf(response, 'content-type', 'cache-control')).toEqual(['application/json', 'no-store'])
    expect(await response.json()).toEqual({ a: 'ü' })
  })

  it('of bytes has their type, and may be kept', async () => {
    const bytes = Uint8Array.of(1, 2, 255)
    const response = responseFor({ bytes, type: 'image/webp', headers: { etag: '"x"' } })
    expect(headersOf(response, 'content-type', 'etag', 'cache-control')).toEqual(['image/webp', '"x"', null])
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
  })

  it('that nothing has changed has no body', async () => {
    const response = responseFor({ unchanged: true, headers: { etag: '"x"' } })
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', '"x"'])
  })

  it('of events sends each as it comes, on lines of their own', async () => {
    async function* events(): AsyncGenerator<ServerEvent> {
      yield { data: 'one\ntwo' }
      yield { event: 'progress', id: '7', data: { share: 0.5 } }
    }
    const response = responseFor({ events: events() })
    expect(headersOf(response, 'content-type', 'cache-control')).toEqual(['text/event-stream', 'no-store'])
    expect(await response.text()).toBe('data: "one\\ntwo"\n\nevent: progress\nid: 7\ndata: {"share":0.5}\n\n')
  })

  it('of events is ended where the reader leaves', async () => {
    let ended = false
    async function* endless(): AsyncGenerator<ServerEvent> {
      try {
        for (let at = 0; ; at++) yield { data: at }
      } finally {
        ended = true
      }
    }
    const reader = responseFor({ events: endless() }).body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 0\n\n')
    await reader?.cancel()
    expect(ended).toBe(true)
  })

  it('of events that fail breaks off, so that the reader knows', async () => {
    async function* failing(): AsyncGenerator<ServerEvent> {
      yield { data: 1 }
      throw new Error('the job failed')
    }
    await expect(responseFor({ events: failing() }).text()).rejects.toThrow('the job failed')
  })
})
