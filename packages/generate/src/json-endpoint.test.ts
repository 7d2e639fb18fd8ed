import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { JsonEndpoint, requireAddress, retryAfter } from './json-endpoint.ts'

async function answered(listener: RequestListener, path = '/x', body?: unknown): Promise<unknown> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const endpoint = new JsonEndpoint({ url, label: 'Painter', headers: { 'x-token': 't' }, maxBytes: 1024 * 1024 })
  const signal = AbortSignal.timeout(5_000)
  const answer = await endpoint
    .json(path, { signal, ...(body === undefined ? {} : { body }) })
    .catch((error: unknown) => error)
  server.closeAllConnections()
  server.close()
  return answer
}

describe('a request', () => {
  test('is a GET without a body and a POST of JSON with one, with the configured headers', async () => {
    const echo: RequestListener = (request, response) => {
      const { method, url, headers } = request
      const pieces: Buffer[] = []
      request.on('data', (piece) => pieces.push(piece))
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString()
        response.end(JSON.stringify({ method, url, token: headers['x-token'], type: headers['content-type'], body }))
      })
    }
    expect(await answered(echo)).toEqual({ method: 'GET', url: '/x', token: 't', body: '' })
    expect(await answered(echo, '/y', { a: 1 })).toEqual({
      method: 'POST',
      url: '/y',
      token: 't',
      type: 'application/json',
      body: '{"a":1}',
    })
  })

  test('may be answered with nothing', async () => {
    expect(await answered((_, response) => response.end())).toBeNull()
  })

  test.each([
    [401, 'generator_denied'],
    [402, 'generator_denied'],
    [403, 'generator_denied'],
    [404, 'generator_invalid'],
    [408, 'generator_timeout'],
    [422, 'generator_invalid'],
    [429, 'generator_busy'],
    [500, 'generator_error'],
    [503, 'generator_busy'],
    [504, 'generator_timeout'],
  ])('answered by HTTP %i ends as %s, in the words of the server', async (status, outcome) => {
    const error = await answered((_, response) => response.writeHead(status).end('it is\n so'))
    expect(error).toMatchObject({ outcome, message: `Painter answered HTTP ${status}: it is so` })
  })

  test('answered without end is given up', async () => {
    const error = await answered((_, response) => {
      const block = Buffer.alloc(64 * 1024, 32)
      const pour = () => {
        while (!response.destroyed && response.write(block)) {
          // Goes on until the socket is full.
        }
        response.once('drain', pour)
      }
      pour()
    })
    expect(error).toMatchObject({
      outcome: 'generator_malformed',
      message: expect.stringContaining('more than 1048576 bytes'),
    })
  })
})

test('Retry-After is seconds or a date, and nothing else', () => {
  expect(retryAfter('1.5')).toBe(1500)
  expect(retryAfter(new Date(Date.now() - 5_000).toUTCString())).toBe(0)
  expect(retryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000)
  expect(retryAfter('soon')).toBeUndefined()
  expect(retryAfter(null)).toBeUndefined()
})

test.each([
  ['127.0.0.1:7860', 'is no address'],
  ['ftp://example.com', 'is no address'],
  ['http://me:secret@example.com:7860', 'The address of example.com:7860 holds a password'],
])('the address %s is turned down, and no password shown', (url, message) => {
  expect(() => requireAddress(url)).toThrow(
    expect.objectContaining({ outcome: 'generator_invalid', exitCode: 2, message: expect.stringContaining(message) }),
  )
  expect(() => requireAddress(url)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }))
})
