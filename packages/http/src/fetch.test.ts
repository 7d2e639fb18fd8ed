import { expect, test } from 'vitest'
import { PoliteClient } from './client.ts'
import { politeFetch } from './fetch.ts'
import { loopback } from './loopback.double.ts'

const userAgent = 'Promptloom-Test/1.0 (+mailto:test@example.org)'
const allow = ['127.0.0.1', 'localhost']

test('sends the given request and answers with the platform’s Response', async () => {
  await using server = await loopback(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ method: request.method, body: Buffer.concat(chunks).toString(), headers: request.headers }),
    )
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  const response = await fetch(`${server.origin}/x`, {
    method: 'POST',
    body: 'hello',
    headers: { Authorization: 'Bearer t' },
  })
  expect(response).toBeInstanceOf(Response)
  expect(response.url).toBe(`${server.origin}/x`)
  expect(response.redirected).toBe(false)
  const echo = (await response.json()) as { method: string; body: string; headers: Record<string, string> }
  expect(echo).toMatchObject({ method: 'POST', body: 'hello' })
  expect(echo.headers).toMatchObject({ authorization: 'Bearer t', 'user-agent': userAgent })
})

test('takes a Request, and a FormData of the platform', async () => {
  await using server = await loopback(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.end(`${request.method} ${request.headers['content-type']} ${Buffer.concat(chunks)}`)
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  const form = new FormData()
  form.append('prompt', 'a castle')
  const sent = await (await fetch(server.origin, { method: 'POST', body: form })).text()
  expect(sent).toMatch(/^POST multipart\/form-data; boundary=/)
  expect(sent).toContain('name="prompt"\r\n\r\na castle')
  const request = new Request(server.origin, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/x' } })
  expect(await (await fetch(request)).text()).toBe('PUT text/x x')
})

test('never forwards credentials to another origin, and keeps them on the same one', async () => {
  await using storage = await loopback((request, response) => response.end(JSON.stringify(request.headers)))
  await using api = await loopback((request, response) => {
    if (request.url === '/same') return response.writeHead(307, { location: '/here' }).end()
    if (request.url === '/away') return response.writeHead(302, { location: `${storage.origin}/signed?x=1` }).end()
    return response.end(JSON.stringify(request.headers))
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  const headers = { authorization: 'Basic secret', cookie: 'a=b', range: 'bytes=5-' }
  const away = await fetch(`${api.origin}/away`, { headers })
  expect(away.url).toBe(`${storage.origin}/signed?x=1`)
  expect(away.redirected).toBe(true)
  const awayHeaders = (await away.json()) as Record<string, string>
  expect(awayHeaders).toMatchObject({ range: 'bytes=5-' })
  expect(awayHeaders).not.toHaveProperty('authorization')
  expect(awayHeaders).not.toHaveProperty('cookie')
  expect(await (await fetch(`${api.origin}/same`, { headers })).json()).toMatchObject({ authorization: 'Basic secret' })
})

test('a redirect after POST becomes a GET without a body; 307 repeats the POST', async () => {
  await using server = await loopback((request, response) => {
    const status = Number(request.url?.slice(1))
    if (status) response.writeHead(status, { location: '/end' }).end()
    else response.end(`${request.method} ${request.headers['content-type'] ?? '-'}`)
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  for (const status of [301, 302, 303])
    expect(await (await fetch(`${server.origin}/${status}`, init)).text()).toBe('GET -')
  expect(await (await fetch(`${server.origin}/307`, init)).text()).toBe('POST application/json')
  const manual = await fetch(`${server.origin}/302`, { ...init, redirect: 'manual' })
  expect([manual.status, manual.headers.get('location')]).toEqual([302, '/end'])
  await expect(fetch(`${server.origin}/302`, { redirect: 'error' })).rejects.toMatchObject({ kind: 'redirects' })
})

test('refuses private networks, on the first hop and on every other', async () => {
  await using inner = await loopback((_, response) => response.end('secret'))
  const named = inner.origin.replace('127.0.0.1', 'localhost')
  await using outer = await loopback((_, response) => response.writeHead(302, { location: inner.origin }).end())
  await using open = new PoliteClient({ userAgent, allow: ['localhost'] })
  await expect(politeFetch(open)(inner.origin)).rejects.toMatchObject({ kind: 'blocked_address' })
  expect(await (await politeFetch(open)(named)).text()).toBe('secret')
  const start = outer.origin.replace('127.0.0.1', 'localhost')
  await expect(politeFetch(open)(start)).rejects.toMatchObject({ kind: 'blocked_address' })
})

test('caps bodies and redirects, and keeps to its own time limit and the caller’s signal', async () => {
  await using server = await loopback((request, response) => {
    if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
    else if (request.url === '/long') response.end('x'.repeat(5000))
    // Anything else never answers.
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client, { maxBytes: 1000, headersTimeoutMs: 200 })
  await expect((await fetch(`${server.origin}/long`)).text()).rejects.toMatchObject({ kind: 'too_large' })
  await expect(fetch(`${server.origin}/loop`)).rejects.toMatchObject({ kind: 'redirects' })
  await expect(fetch(`${server.origin}/never`)).rejects.toMatchObject({ kind: 'timeout' })
  const reason = new Error('the user went away')
  const signal = AbortSignal.abort(reason)
  await expect(fetch(`${server.origin}/never`, { signal })).rejects.toBe(reason)
  await expect(fetch('ftp://example.org/x')).rejects.toMatchObject({ kind: 'bad_url' })
})

test('streams a body as it comes', async () => {
  // The rest never comes: a client that waited for the whole body would hang here.
  await using server = await loopback((_, response) => response.write('one'))
  await using client = new PoliteClient({ userAgent, allow })
  const response = await politeFetch(client)(server.origin)
  const first = await response.body?.getReader().read()
  expect(Buffer.from(first?.value as Uint8Array).toString()).toBe('one')
})

test('user and password in an address are sent as Basic credentials, to its own origin alone, and told to nobody', async () => {
  await using storage = await loopback((request, response) => response.end(request.headers.authorization ?? 'none'))
  await using server = await loopback((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: storage.origin }).end()
    else response.end(request.headers.authorization ?? 'none')
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  const secret = server.origin.replace('//', '//me:p%40ss@')
  const response = await fetch(`${secret}/here`)
  expect(response.url).toBe(`${server.origin}/here`)
  expect(await response.text()).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  expect(await (await fetch(`${secret}/away`)).text()).toBe('none')
  const own = await fetch(`${secret}/here`, { headers: { authorization: 'Bearer t' } })
  expect(await own.text()).toBe('Bearer t')
})

test.each([204, 205, 304])('an answer %i without a body is an answer', async (status) => {
  await using server = await loopback((_, response) => response.writeHead(status).end())
  await using client = new PoliteClient({ userAgent, allow })
  const response = await politeFetch(client)(server.origin)
  expect([response.status, await response.text()]).toEqual([status, ''])
})

test('a status that HTTP does not have is a bad response, not a bug', async () => {
  await using server = await loopback((request) =>
    request.socket.end('HTTP/1.1 999 Denied\r\ncontent-length: 0\r\n\r\n'),
  )
  await using client = new PoliteClient({ userAgent, allow })
  await expect(politeFetch(client)(server.origin)).rejects.toMatchObject({ kind: 'bad_response' })
})

test('a host that says when to come back is asked no sooner by the next call', async () => {
  const times: number[] = []
  await using server = await loopback((_, response) => {
    times.push(performance.now())
    response.writeHead(times.length === 1 ? 503 : 200, { 'retry-after': '1' }).end()
  })
  await using client = new PoliteClient({ userAgent, allow })
  const fetch = politeFetch(client)
  expect((await fetch(server.origin)).status).toBe(503)
  expect((await fetch(server.origin)).status).toBe(200)
  expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(950)
})

test('several values of one header arrive together', async () => {
  await using server = await loopback((_, response) => response.setHeader('set-cookie', ['a=1', 'b=2']).end())
  await using client = new PoliteClient({ userAgent, allow })
  expect((await politeFetch(client)(server.origin)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
})

test('a body that breaks off fails while it is read', async () => {
  await using server = await loopback((request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half')
    setImmediate(() => request.socket.destroy())
  })
  await using client = new PoliteClient({ userAgent, allow })
  const response = await politeFetch(client)(server.origin)
  await expect(response.text()).rejects.toThrow()
})
