import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { PoliteClient } from './client.ts'
import type { PoliteOptions } from './limits.ts'
import { loopback } from './loopback.double.ts'

const quick: PoliteOptions = {
  userAgent: 'Promptloom/1.0 (+mailto:test@example.org)',
  allow: ['127.0.0.1'],
  retryDelayMs: 1,
  host: { refusalPauseMs: 1, troublePauseMs: 1, maxRate: 100_000 },
}
const maxBytes = 10_000

async function text(client: PoliteClient, url: string): Promise<string> {
  return client.get(url, { maxBytes }, async ({ body }) => body.toString())
}

test('gives the whole reply: final address, status, headers, body and tries', async () => {
  await using server = await loopback((request, response) => {
    if (request.url === '/a?b=c') response.writeHead(302, { location: 'd#part' }).end()
    else response.writeHead(200, { 'x-seen': request.headers['user-agent'] }).end('body')
  })
  await using client = new PoliteClient(quick)
  const reply = await client.get(`${server.origin}/a?b=c#d`, { maxBytes }, async (given) => given)
  expect(reply).toMatchObject({ url: `${server.origin}/d`, status: 200, attempts: 1 })
  expect(reply.headers['x-seen']).toBe(quick.userAgent)
  expect(reply.body.toString()).toBe('body')
})

test('retries what a retry can cure, and nothing else', async () => {
  const asked: string[] = []
  await using server = await loopback((request, response) => {
    asked.push(request.url ?? '')
    const again = asked.filter((path) => path === request.url).length > 2
    if (again) response.end('at last')
    else if (request.url === '/reset') request.socket.destroy()
    else response.writeHead(Number(request.url?.slice(1))).end()
  })
  await using client = new PoliteClient(quick)
  for (const path of ['/500', '/502', '/503', '/429', '/reset']) {
    expect(await text(client, server.origin + path), path).toBe('at last')
  }
  expect(client.counts).toMatchObject({ requests: 15, retries: 10, refusals: 4 })
  for (const path of ['/404', '/403', '/501']) {
    await expect(text(client, server.origin + path)).rejects.toMatchObject({
      kind: 'status',
      status: Number(path.slice(1)),
    })
    expect(asked.filter((one) => one === path)).toHaveLength(1)
  }
})

test('the budget of the run ends the retries of all its URLs', async () => {
  await using server = await loopback((_, response) => response.writeHead(500).end())
  await using client = new PoliteClient({ ...quick, retryShare: 0 })
  const all = Array.from({ length: 100 }, (_, n) => text(client, `${server.origin}/${n}`).catch(() => undefined))
  await Promise.all(all)
  expect(client.counts).toMatchObject({ requests: 300, retries: 200 })
})

test('errors of the caller’s own work pass through, and are not retried', async () => {
  await using server = await loopback((_, response) => response.end('x'))
  await using client = new PoliteClient({ ...quick, concurrency: 1 })
  const bug = new TypeError('x is not a function')
  const failing = client.get(server.origin, { maxBytes }, async () => {
    throw bug
  })
  await expect(failing).rejects.toBe(bug)
  expect(client.counts.requests).toBe(1)
  expect(await text(client, server.origin)).toBe('x')
})

test('holds a global slot until the reply is used, so that replies don’t pile up', async () => {
  await using server = await loopback((_, response) => response.end('x'))
  await using client = new PoliteClient({ ...quick, concurrency: 3 })
  let [now, most] = [0, 0]
  const work = async () => {
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setTimeout(resolve, 5))
    now -= 1
  }
  await Promise.all(Array.from({ length: 30 }, () => client.get(server.origin, { maxBytes }, work)))
  expect(most).toBe(3)
})

test('a paused host holds nobody else up', async () => {
  await using slow = await loopback((_, response) => response.writeHead(429, { 'retry-after': '60' }).end())
  await using fast = await loopback((_, response) => response.end('here'))
  const ended = new AbortController()
  await using client = new PoliteClient({ ...quick, concurrency: 2, signal: ended.signal })
  const stuck = Array.from({ length: 20 }, (_, n) => text(client, `${slow.origin}/${n}`))
  const outcomes = Promise.allSettled(stuck)
  const quickly = await Promise.all(Array.from({ length: 20 }, () => text(client, fast.origin)))
  expect(new Set(quickly)).toEqual(new Set(['here']))
  const reason = new Error('interrupted')
  ended.abort(reason)
  expect(new Set((await outcomes).map((one) => one.status === 'rejected' && one.reason))).toEqual(new Set([reason]))
})

test('a host that only drips can’t hold a worker, and its limit counts over all tries', async () => {
  await using server = await loopback((_, response) => {
    response.writeHead(200, { 'content-length': '10000' })
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  await using client = new PoliteClient({ ...quick, totalTimeoutMs: 200 })
  await expect(text(client, server.origin)).rejects.toMatchObject({ kind: 'timeout' })
  expect(client.counts.requests).toBe(1)
})

test('caps what is sent, said and unpacked', async () => {
  await using server = await loopback((request, response) => {
    if (request.url === '/said') response.writeHead(200, { 'content-length': 10_001 }).write('x')
    else if (request.url === '/sent') response.end(Buffer.alloc(20_000))
    else if (request.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('fine'))
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000)))
  })
  await using client = new PoliteClient(quick)
  for (const path of ['/said', '/sent', '/bomb']) {
    await expect(text(client, server.origin + path), path).rejects.toMatchObject({ kind: 'too_large' })
  }
  expect(await text(client, `${server.origin}/packed`)).toBe('fine')
})

test('keeps to robots.txt when asked, reading it once a host', async () => {
  const asked: string[] = []
  await using server = await loopback((request, response) => {
    asked.push(request.url ?? '')
    response.end(request.url === '/robots.txt' ? 'User-agent: *\nDisallow: /private' : 'page')
  })
  await using bare = await loopback((request, response) =>
    request.url === '/robots.txt' ? response.writeHead(404).end() : response.end('page'),
  )
  await using client = new PoliteClient({ ...quick, robots: true })
  const forbidden = text(client, `${server.origin}/private/a.jpg`)
  await expect(forbidden).rejects.toMatchObject({ kind: 'opted_out', evidence: 'robots.txt line 2' })
  expect(await text(client, `${server.origin}/a.jpg`)).toBe('page')
  expect(await text(client, `${bare.origin}/a.jpg`)).toBe('page')
  expect(asked).toEqual(['/robots.txt', '/a.jpg'])
})

test('a robots.txt that can’t be had is a failure of its own kind, not a permission', async () => {
  await using server = await loopback((_, response) => response.writeHead(500).end())
  await using client = new PoliteClient({ ...quick, robots: true, attempts: 2 })
  await expect(text(client, `${server.origin}/a.jpg`)).rejects.toMatchObject({ kind: 'status', status: 500 })
})

test('keeps its connections, and closes them all in the end', async () => {
  let open = 0
  let made = 0
  await using server = await loopback((request, response) => {
    response.statusCode = request.url === '/gone' ? 404 : 200
    response.end('x')
  })
  server.server.on('connection', (socket) => {
    open += 1
    made += 1
    socket.on('close', () => {
      open -= 1
    })
  })
  {
    await using client = new PoliteClient(quick)
    for (let n = 0; n < 50; n++) await text(client, server.origin)
    for (let n = 0; n < 50; n++) await text(client, `${server.origin}/gone`).catch(() => {})
    expect(made).toBeLessThanOrEqual(3)
    await Promise.all(Array.from({ length: 200 }, () => text(client, server.origin)))
    expect(made).toBeLessThanOrEqual(16)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(open).toBe(0)
})

test('an address that fails every time costs the run no more retries than were made', async () => {
  await using server = await loopback((_, response) => response.writeHead(500).end())
  await using client = new PoliteClient({ ...quick, retryShare: 0, attempts: 2 })
  for (let n = 0; n < 120; n++) await text(client, `${server.origin}/${n}`).catch(() => undefined)
  expect(client.counts).toMatchObject({ requests: 240, retries: 120 })
})

test('a robots.txt that must not be found by searches is read all the same', async () => {
  await using server = await loopback((request, response) => {
    if (request.url !== '/robots.txt') return response.end('page')
    return response.writeHead(200, { 'x-robots-tag': 'noindex' }).end('User-agent: *\nDisallow: /private')
  })
  await using client = new PoliteClient({ ...quick, robots: true })
  expect(await text(client, `${server.origin}/a.jpg`)).toBe('page')
  await expect(text(client, `${server.origin}/private`)).rejects.toMatchObject({ evidence: 'robots.txt line 2' })
})

test('of an endless robots.txt the beginning counts', async () => {
  await using server = await loopback((request, response) => {
    if (request.url !== '/robots.txt') return response.end('body')
    response.write(`User-agent: *\nDisallow: /private\n${'# and so on\n'.repeat(60_000)}Disallow: /\n`)
    return undefined
  })
  await using client = new PoliteClient({ ...quick, robots: true })
  expect(await text(client, `${server.origin}/open`)).toBe('body')
  await expect(text(client, `${server.origin}/private`)).rejects.toMatchObject({ kind: 'opted_out' })
})

test('a robots.txt is followed to where it has moved, but not round in circles', async () => {
  await using moved = await loopback((request, response) => {
    if (request.url === '/robots.txt') response.writeHead(301, { location: '/elsewhere.txt' }).end()
    else response.end(request.url === '/elsewhere.txt' ? 'User-agent: *\nDisallow: /a' : 'page')
  })
  await using circle = await loopback((request, response) => {
    if (request.url === '/robots.txt') response.writeHead(302, { location: '/robots.txt' }).end()
    else response.end('page')
  })
  await using client = new PoliteClient({ ...quick, robots: true })
  await expect(text(client, `${moved.origin}/a.jpg`)).rejects.toMatchObject({ kind: 'opted_out' })
  expect(await text(client, `${moved.origin}/b.jpg`)).toBe('page')
  expect(await text(client, `${circle.origin}/a.jpg`)).toBe('page')
})

test('a host that robots.txt could not be had from is asked for it again', async () => {
  let down = true
  const asked: string[] = []
  await using server = await loopback((request, response) => {
    asked.push(request.url ?? '')
    if (down) response.writeHead(500).end()
    else response.end(request.url === '/robots.txt' ? '' : 'page')
  })
  await using client = new PoliteClient({ ...quick, robots: true, attempts: 1 })
  await expect(text(client, `${server.origin}/a.jpg`)).rejects.toMatchObject({ status: 500 })
  down = false
  expect(await text(client, `${server.origin}/a.jpg`)).toBe('page')
  expect(asked).toEqual(['/robots.txt', '/robots.txt', '/a.jpg'])
})

test('every hop of a redirect keeps to the robots.txt of its own host', async () => {
  await using strict = await loopback((request, response) =>
    response.end(request.url === '/robots.txt' ? 'User-agent: Promptloom\nDisallow: /' : 'page'),
  )
  await using open = await loopback((request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404).end()
    else response.writeHead(302, { location: `${strict.origin}/a.jpg` }).end()
  })
  await using client = new PoliteClient({ ...quick, robots: true })
  await expect(text(client, open.origin)).rejects.toMatchObject({ kind: 'opted_out', url: `${strict.origin}/a.jpg` })
})

test.each([
  ['a page elsewhere', 'https://[fe80::1]/', 'blocked_address'],
  ['the metadata service', 'http://169.254.169.254/latest/meta-data/', 'blocked_address'],
  ['a local file', 'file:///etc/passwd', 'bad_url'],
  ['nowhere', 'http://', 'bad_url'],
])('a redirect to %s is not followed', async (_, location, kind) => {
  await using server = await loopback((_, response) => response.writeHead(302, { location }).end())
  await using client = new PoliteClient(quick)
  await expect(text(client, server.origin)).rejects.toMatchObject({ kind, retryable: false })
  expect(client.counts.retries).toBe(0)
})

test.each([
  [0, 0, 'redirects'],
  [1, 1, undefined],
  [2, 1, 'redirects'],
  [5, 5, undefined],
  [6, 5, 'redirects'],
])('%i redirects with at most %i allowed: %s', async (hops, maxRedirects, kind) => {
  await using server = await loopback((request, response) => {
    const left = Number(request.url?.slice(1))
    if (left > 0 || maxRedirects === 0) response.writeHead(307, { location: `/${left - 1}` }).end()
    else response.end('end')
  })
  await using client = new PoliteClient({ ...quick, maxRedirects })
  const asked = text(client, `${server.origin}/${hops}`)
  if (kind === undefined) expect(await asked).toBe('end')
  else await expect(asked).rejects.toMatchObject({ kind, retryable: false })
})

test('a redirect without an address is an answer of its own status', async () => {
  await using server = await loopback((_, response) => response.writeHead(302).end())
  await using client = new PoliteClient(quick)
  await expect(text(client, server.origin)).rejects.toMatchObject({ kind: 'status', status: 302 })
})

test('an opted-out redirect is not followed', async () => {
  await using server = await loopback((_, response) =>
    response.writeHead(302, { location: '/b', 'x-robots-tag': 'noai' }).end(),
  )
  await using client = new PoliteClient(quick)
  await expect(text(client, server.origin)).rejects.toMatchObject({ kind: 'opted_out', evidence: 'x-robots-tag: noai' })
  await using careless = new PoliteClient({ ...quick, optOut: [], maxRedirects: 1 })
  await expect(text(careless, server.origin)).rejects.toMatchObject({ kind: 'redirects' })
})

test('an error page that is marked noindex is an error, and a 503 is asked again', async () => {
  let asked = 0
  await using server = await loopback((request, response) => {
    const status = request.url === '/gone' ? 404 : ++asked === 1 ? 503 : 200
    response.writeHead(status, status === 200 ? {} : { 'x-robots-tag': 'noindex' }).end('body')
  })
  await using client = new PoliteClient(quick)
  await expect(text(client, `${server.origin}/gone`)).rejects.toMatchObject({ kind: 'status', status: 404 })
  expect(await text(client, `${server.origin}/busy`)).toBe('body')
  expect(client.counts).toMatchObject({ refusals: 1, retries: 1 })
})

test('asks for what is wanted, by its own name, unpacked', async () => {
  const seen: unknown[] = []
  await using server = await loopback((request, response) => {
    seen.push([
      request.method,
      request.headers.accept,
      request.headers['user-agent'],
      request.headers['accept-encoding'],
    ])
    response.end()
  })
  await using client = new PoliteClient(quick)
  await client.get(server.origin, { maxBytes, accept: 'image/*' }, async () => {})
  await text(client, server.origin)
  expect(seen).toEqual([
    ['GET', 'image/*', quick.userAgent, 'identity'],
    ['GET', '*/*', quick.userAgent, 'identity'],
  ])
})

test('a client whose signal was aborted before it began asks nobody', async () => {
  let asked = 0
  await using server = await loopback((_, response) => response.end(String(asked++)))
  const reason = new Error('interrupted')
  await using client = new PoliteClient({ ...quick, signal: AbortSignal.abort(reason) })
  await expect(text(client, server.origin)).rejects.toBe(reason)
  expect(asked).toBe(0)
})

test('what waits for an answer when the client is closed hears so', async () => {
  await using server = await loopback(() => {})
  const client = new PoliteClient(quick)
  const waiting = expect(text(client, server.origin)).rejects.toThrow('The HTTP client was closed.')
  await expect.poll(() => client.counts.requests).toBe(1)
  await client[Symbol.asyncDispose]()
  await waiting
})
