import { EventEmitter, once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answerSchema } from '../answer.ts'
import { type ToyCollection, toyCollection, toyPicture } from '../collection.double.ts'
import { calibrationSummarySchema, collectionStatusSchema, rowViewSchema } from '../row-view.ts'
import { Searcher } from '../searcher.ts'
import { endpoint } from './endpoint.ts'
import { errorAnswerSchema } from './error-answer.ts'
import { openApiDocument } from './openapi.ts'
import { route } from './route.ts'
import { searchEndpoints } from './search-endpoints.ts'
import { searchRoutes } from './search-routes.ts'
import { createServer, type RunningServer } from './server.ts'

let toy: ToyCollection
let png: Buffer
let server: RunningServer
const errors: unknown[] = []

beforeAll(async () => {
  png = await sharp({ create: { width: 400, height: 200, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  toy = await toyCollection(
    [
      { id: 'cat', prompt: 'a cat on a sofa', shows: 'cat sofa' },
      { id: 'dog', prompt: 'a dog in a meadow', shows: 'dog meadow' },
      { id: 'a/b c?', prompt: '<script>alert(1)</script>' },
    ],
    {
      pictures: { count: 2, read: async (id) => (id === 'cat' ? png : undefined), async [Symbol.asyncDispose]() {} },
    },
  )
  server = await createServer({
    routes: [...searchRoutes(new Searcher(toy.collection)), slow, broken, stream],
    limits: { pictureBytes: 50_000, multipartBytes: 200_000 },
    onError: (error) => errors.push(error),
    fallback: async (asked) => (new URL(asked.url).pathname === '/page' ? new Response('<p>page</p>') : undefined),
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await toy[Symbol.asyncDispose]()
})

let slowAborted = false
const slowBegan = new EventEmitter()
const answers = { 200: { description: 'Never.', schema: z.unknown() } }
const slow = route(
  endpoint({ method: 'GET', path: '/api/slow', operationId: 'slow', summary: 'Takes for ever', answers }),
  ({ signal }) =>
    new Promise((_, reject) => {
      slowBegan.emit('asked')
      signal.addEventListener('abort', () => {
        slowAborted = true
        reject(signal.reason)
      })
    }),
)
const broken = route(
  endpoint({ method: 'GET', path: '/api/broken', operationId: 'broken', summary: 'Fails', answers }),
  async () => {
    throw new TypeError('the secret is 42')
  },
)
let streamEnded = false
const stream = route(
  endpoint({
    method: 'GET',
    path: '/api/stream',
    operationId: 'stream',
    summary: 'Streams',
    answers: { 200: { description: 'Events.', media: ['text/event-stream'] } },
  }),
  async () => ({
    events: (async function* () {
      try {
        for (let step = 1; ; step++) yield { event: 'step', id: String(step), data: { step, text: 'two\nlines' } }
      } finally {
        streamEnded = true
      }
    })(),
  }),
)

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

/** Sends headers that `fetch` would not let through. */
function raw(path: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, path, method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject).end()
  })
}

async function failure(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = errorAnswerSchema.parse(await response.json())
  return { status: response.status, ...error }
}

describe('answers', () => {
  it('match the description that is served', async () => {
    const served = await (await get('/openapi.json')).json()
    const own = [...searchEndpoints, slow.endpoint, broken.endpoint, stream.endpoint]
    expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument(own))))
    answerSchema.parse(await (await post({ terms: [{ text: 'cat' }] })).json())
    answerSchema.parse(await (await get('/api/search?q=cat&find=pictures&k=1&hybrid=true')).json())
    rowViewSchema.parse(await (await get('/api/rows/cat')).json())
    collectionStatusSchema.parse(await (await get('/api/status')).json())
    z.array(calibrationSummarySchema).parse(await (await get('/api/calibration')).json())
    expect(await (await get('/health')).json()).toEqual({ ok: true })
  })

  it('to a question as JSON and by a link are the same', async () => {
    const filters = { sources: ['site'] }
    const terms = [{ text: 'cat' }, { text: 'meadow', weight: -0.5 }]
    const posted = answerSchema.parse(await (await post({ terms, filters, k: 2 })).json())
    const address = `/api/search?q=cat&minus=meadow&k=2&filters=${encodeURIComponent(JSON.stringify(filters))}`
    const linked = answerSchema.parse(await (await get(address)).json())
    expect(linked.hits).toEqual(posted.hits)
    expect(linked.hits[0]?.id).toBe('cat')
  })

  it('take an uploaded picture, alone or with a question', async () => {
    const alone = new FormData()
    alone.set('file', new Blob([toyPicture('dog meadow')]), 'dog.png')
    const pictures = await (await fetch(`${server.url}/api/search`, { method: 'POST', body: alone })).json()
    expect(pictures).toMatchObject({ find: 'pictures', hits: [{ id: 'dog' }, {}] })
    const asked = new FormData()
    asked.set('question', JSON.stringify({ terms: [{ upload: 'p' }], k: 1 }))
    asked.set('p', new Blob([toyPicture('cat sofa')]), 'x')
    const prompts = await (await fetch(`${server.url}/api/search`, { method: 'POST', body: asked })).json()
    expect(prompts).toMatchObject({ find: 'prompts', hits: [{ id: 'cat' }] })
  })

  it('give rows, their thumbnails and pictures, with ids of any characters', async () => {
    const odd = rowViewSchema.parse(await (await get(`/api/rows/${encodeURIComponent('a/b c?')}`)).json())
    expect(odd).toMatchObject({ prompt: '<script>alert(1)</script>', hasPicture: false, clipScore: null })
    const row = rowViewSchema.parse(await (await get('/api/rows/cat')).json())
    expect(row.clipScore).toBeGreaterThan(0)
    const small = await get(`${row.thumbnail}?size=100`)
    expect(small.headers.get('content-type')).toBe('image/webp')
    const { width, height, format } = await sharp(Buffer.from(await small.arrayBuffer())).metadata()
    expect({ width, height, format }).toEqual({ width: 100, height: 50, format: 'webp' })
    const again = await get(`${row.thumbnail}?size=100`, { 'if-none-match': small.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
    const whole = await get('/api/rows/cat/picture')
    expect(whole.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await whole.arrayBuffer()).equals(png)).toBe(true)
  })

  it('stream events, and end the work when the reader leaves', async () => {
    const response = await get('/api/stream')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.getReader()
    const first = await reader?.read()
    const text = new TextDecoder().decode(first?.value)
    expect(text.startsWith('event: step\nid: 1\ndata: {"step":1,"text":"two\\nlines"}\n\n')).toBe(true)
    await reader?.cancel()
    await expect.poll(() => streamEnded).toBe(true)
  })

  it('carry headers that keep other pages out, and are never of a guessed type', async () => {
    const { headers } = await get('/api/status')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('of the fallback pass the same guard', async () => {
    expect(await (await get('/page')).text()).toBe('<p>page</p>')
    expect((await raw('/page', { host: 'evil.example' })).status).toBe(403)
  })
})

describe('bad requests get a status and a sentence', () => {
  it.each<[string, () => Promise<Response>, number, string]>([
    ['a question of 10,000 characters', () => post({ terms: [{ text: 'x'.repeat(10_000) }] }), 400, 'bad_question'],
    ['an unknown field', () => post({ terms: [{ text: 'x' }], sql: '1' }), 400, 'bad_question'],
    ['broken JSON', () => post('{"terms": ['), 400, 'bad_body'],
    ['no body', () => post(''), 400, 'bad_body'],
    ['a body of another type', () => post('terms=x', { 'content-type': 'text/plain' }), 415, 'media_type'],
    ['a huge body', () => post(`"${'x'.repeat(300_000)}"`), 413, 'too_large'],
    ['deep nesting', () => post(`${'['.repeat(20_000)}${']'.repeat(20_000)}`), 400, 'bad_question'],
    ['a query that is no number', () => get('/api/search?q=a&k=ten'), 400, 'bad_query'],
    ['a query given twice', () => get('/api/search?q=a&q=b'), 400, 'bad_query'],
    ['an unknown query', () => get('/api/search?q=a&debug=1'), 400, 'bad_query'],
    ['filters that are no JSON', () => get('/api/search?q=a&filters=%7B'), 400, 'bad_question'],
    ['a huge thumbnail', () => get('/api/rows/cat/thumbnail?size=99999'), 400, 'bad_query'],
    ['an unknown row', () => get('/api/rows/nobody'), 404, 'not_found'],
    ['a picture that is not there', () => get('/api/rows/dog/thumbnail'), 404, 'not_found'],
    ['an unknown path', () => get('/api/nothing'), 404, 'not_found'],
    ['a path that climbs', () => get('/api/rows/..%2f..%2fetc%2fpasswd/picture'), 404, 'not_found'],
    ['another method', () => fetch(`${server.url}/api/status`, { method: 'DELETE' }), 405, 'method_not_allowed'],
    ['a file: address', () => post({ terms: [{ url: 'file:///etc/passwd' }] }), 400, 'bad_question'],
    ['SQL in an id', () => post({ terms: [{ id: "' OR 1=1 --" }] }), 404, 'not_found'],
    ['SQL in a filter', () => post({ terms: [{ text: 'a' }], filters: { since: "'; DROP" } }), 400, 'bad_question'],
  ])('%s', async (_, send, status, code) => {
    const failed = await failure(await send())
    expect(failed).toMatchObject({ status, code })
    expect(failed.message).toMatch(/^[A-Z].*\.$/s)
    expect(failed.message.length).toBeLessThan(400)
  })

  it.each<[string, (form: FormData) => void, number, string]>([
    ['bytes that are no picture', (form) => form.set('p', new Blob(['<svg onload="x"/>'])), 422, 'picture_refused'],
    ['an empty file', (form) => form.set('p', new Blob([])), 422, 'picture_refused'],
    ['a file over the limit', (form) => form.set('p', new Blob([new Uint8Array(60_000)])), 413, 'too_large'],
    ['a body over the limit', (form) => form.set('p', new Blob([new Uint8Array(300_000)])), 413, 'too_large'],
    ['text in place of a picture', (form) => form.set('p', 'text'), 400, 'bad_body'],
    [
      'two pictures of one name',
      (form) => {
        form.append('p', new Blob(['a']))
        form.append('p', new Blob(['b']))
      },
      400,
      'bad_body',
    ],
    [
      'too many pictures',
      (form) => {
        for (let at = 0; at < 9; at++) form.set(`p${at}`, new Blob(['a']))
      },
      413,
      'too_large',
    ],
    ['a broken question', (form) => form.set('question', '{'), 400, 'bad_body'],
    [
      'an upload that no field holds',
      (form) => form.set('question', '{"terms":[{"upload":"q"}]}'),
      400,
      'bad_question',
    ],
  ])('multipart: %s', async (_, fill, status, code) => {
    const form = new FormData()
    fill(form)
    expect(await failure(await fetch(`${server.url}/api/search`, { method: 'POST', body: form }))).toMatchObject({
      status,
      code,
    })
  })

  it('a multipart body without its boundary', async () => {
    const response = await post('--x\r\nnonsense', { 'content-type': 'multipart/form-data' })
    expect(await failure(response)).toMatchObject({ status: 400, code: 'bad_body' })
  })

  it('what takes too long, and its work is told to stop', async () => {
    await using impatient = await createServer({ routes: [slow], timeoutMs: 50 })
    expect(await failure(await fetch(`${impatient.url}/api/slow`))).toMatchObject({ status: 503, code: 'too_slow' })
    expect(slowAborted).toBe(true)
  })

  it('a bug of ours, without saying what it was', async () => {
    const failed = await failure(await get('/api/broken'))
    expect(failed).toMatchObject({ status: 500, code: 'internal' })
    expect(failed.message).not.toContain('42')
    expect(String(errors.at(-1))).toContain('the secret is 42')
  })

  it('bytes that are no HTTP do not hurt', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('\x00\x01\x02\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve).resume())
    expect((await get('/health')).status).toBe(200)
  })
})

describe('other sites', () => {
  it('cannot reach the server under a name of theirs', async () => {
    expect(await raw('/api/status', { host: 'rebound.example:80' })).toMatchObject({ status: 403 })
    for (const host of [`localhost:${server.port}`, `127.0.0.1:${server.port}`, `[::1]:${server.port}`]) {
      expect(await raw('/health', { host })).toMatchObject({ status: 200 })
    }
  })

  it('cannot send requests from their pages', async () => {
    const host = `127.0.0.1:${server.port}`
    const own = { host, origin: `http://${host}` }
    expect((await raw('/api/status', own)).status).toBe(200)
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${server.port + 1}`]) {
      expect((await raw('/api/status', { host, origin })).status).toBe(403)
    }
    expect((await raw('/api/status', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).status).toBe(
      403,
    )
    expect((await raw('/page', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(
      200,
    )
    expect((await raw('/api/search', { host, 'sec-fetch-site': 'cross-site' }, 'POST')).status).toBe(403)
  })
})

describe('whoever counts what is asked', () => {
  it('hears of questions that were answered, by either form, and of no other', async () => {
    const heard: unknown[] = []
    const routes = searchRoutes(new Searcher(toy.collection), { onAsked: ({ terms }) => heard.push(terms) })
    await using counting = await createServer({ routes })
    const post = (body: object) =>
      fetch(`${counting.url}/api/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post({ terms: [{ text: 'a cat' }] })).status).toBe(200)
    expect((await fetch(`${counting.url}/api/search?q=a+dog`)).status).toBe(200)
    expect((await post({ terms: [{ id: 'no such row' }] })).status).toBeGreaterThanOrEqual(400)
    expect(heard).toMatchObject([[{ text: 'a cat' }], [{ text: 'a dog' }]])
  })
})

describe('a server that listens wider', () => {
  it('needs a token, and asks every request but /health for it', async () => {
    const routes = searchRoutes(new Searcher(toy.collection))
    await expect(createServer({ routes, host: '0.0.0.0' })).rejects.toThrow(/token is required/)
    await using open = await createServer({ routes, token: 'secret token' })
    const status = async (headers: Record<string, string>, path = '/api/status') =>
      (await fetch(open.url + path, { headers, redirect: 'manual' })).status
    expect(await status({}, '/health')).toBe(200)
    expect(await status({})).toBe(401)
    expect(await status({}, '/openapi.json')).toBe(401)
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401)
    expect(await status({ authorization: 'Bearer secret token' })).toBe(200)
    expect(await status({}, '/api/status?token=wrong')).toBe(401)
  })

  it('lets a browser in by a link that leaves no token in the address', async () => {
    await using open = await createServer({ routes: searchRoutes(new Searcher(toy.collection)), token: 'secret' })
    const welcome = await fetch(`${open.url}/api/status?token=secret&x=1`, { redirect: 'manual' })
    expect(welcome.status).toBe(303)
    expect(welcome.headers.get('location')).toBe('/api/status?x=1')
    const cookie = welcome.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    const entered = await fetch(`${open.url}/api/status`, { headers: { cookie: cookie.split(';')[0] ?? '' } })
    expect(entered.status).toBe(200)
  })

  it('turns away more requests than it answers at once', async () => {
    await using busy = await createServer({ routes: [slow], concurrency: 1 })
    const asked = once(slowBegan, 'asked')
    const patient = new AbortController()
    const first = expect(fetch(`${busy.url}/api/slow`, { signal: patient.signal })).rejects.toThrow('abort')
    await asked
    const refused = await fetch(`${busy.url}/api/slow`)
    expect(await failure(refused)).toMatchObject({ status: 503, code: 'busy' })
    expect(refused.headers.get('retry-after')).toBe('1')
    patient.abort()
    await first
  })
})
