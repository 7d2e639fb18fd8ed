import { expect, test } from 'vitest'
import { PoliteClient } from './client.ts'
import { loopback } from './loopback.double.ts'
import type { HostAddress, Resolve } from './resolver.ts'

const userAgent = 'Promptloom-Test/1.0'
const limits = { userAgent, attempts: 1, connectTimeoutMs: 500 }

/** A name server that knows what it is told, and forgets each answer once it has given it. */
function names(answers: Record<string, string[][]>): Resolve {
  return async (hostname) => {
    const list = answers[hostname]
    const found = (list && list.length > 1 ? list.shift() : list?.[0]) ?? []
    if (found.length === 0) throw Object.assign(new Error(`ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' })
    return found.map((address): HostAddress => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}

async function get(client: PoliteClient, url: string): Promise<string> {
  return client.get(url, { maxBytes: 1000 }, async ({ body }) => body.toString())
}

test('a name that resolves into a private network is refused, and nothing is connected', async () => {
  let connections = 0
  await using server = await loopback((_, response) => response.end('secret'))
  server.server.on('connection', () => connections++)
  const { port } = new URL(server.origin)
  await using client = new PoliteClient({ ...limits, resolve: names({ 'evil.example': [['127.0.0.1']] }) })
  await expect(get(client, `http://evil.example:${port}/`)).rejects.toMatchObject({ kind: 'blocked_address' })
  expect(connections).toBe(0)
})

test('every form of a literal is refused', async () => {
  await using server = await loopback((_, response) => response.end('secret'))
  const { port } = new URL(server.origin)
  await using client = new PoliteClient(limits)
  for (const host of ['127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0']) {
    await expect(get(client, `http://${host}:${port}/`), host).rejects.toMatchObject({ kind: 'blocked_address' })
  }
})

test('of several addresses only those that are allowed are tried', async () => {
  await using server = await loopback((_, response) => response.end('fine'))
  const { port } = new URL(server.origin)
  const resolve = names({ 'mixed.example': [['10.0.0.1', '127.0.0.1', 'fe80::1']] })
  await using client = new PoliteClient({ ...limits, allow: ['127.0.0.1'], resolve })
  expect(await get(client, `http://mixed.example:${port}/`)).toBe('fine')
})

test('a name that resolves to something else the second time is judged by its new address', async () => {
  await using server = await loopback((_, response) => response.setHeader('connection', 'close').end('fine'))
  const { port } = new URL(server.origin)
  const resolve = names({ 'rebinding.example': [['127.0.0.1'], ['10.0.0.1']] })
  await using client = new PoliteClient({ ...limits, allow: ['127.0.0.1'], resolve })
  expect(await get(client, `http://rebinding.example:${port}/`)).toBe('fine')
  await expect(get(client, `http://rebinding.example:${port}/`)).rejects.toMatchObject({ kind: 'blocked_address' })
})

test('a host on the allow-list may be anywhere', async () => {
  await using server = await loopback((_, response) => response.end('intranet'))
  const { port } = new URL(server.origin)
  const resolve = names({ 'images.intranet': [['127.0.0.1']] })
  await using client = new PoliteClient({ ...limits, allow: ['images.intranet'], resolve })
  expect(await get(client, `http://images.intranet:${port}/`)).toBe('intranet')
})

test('unknown names, silent name servers and wrong answers are all dns', async () => {
  const silent: Resolve = () => new Promise(() => {})
  await using unknown = new PoliteClient({ ...limits, resolve: names({}) })
  await using deaf = new PoliteClient({ ...limits, resolve: silent })
  await expect(get(unknown, 'http://nowhere.example/')).rejects.toMatchObject({ kind: 'dns' })
  await expect(get(deaf, 'http://nowhere.example/')).rejects.toMatchObject({ kind: 'dns' })
})
