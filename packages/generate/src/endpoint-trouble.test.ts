import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { JsonEndpoint, type RequestOptions, requireAddress, retryAfter } from './json-endpoint.ts'

async function withServer<T>(
  listener: RequestListener,
  work: (endpoint: JsonEndpoint) => Promise<T>,
  options: { maxBytes?: number; path?: string } = {},
): Promise<T> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${options.path ?? ''}`
    return await work(new JsonEndpoint({ url, label: 'Painter', maxBytes: options.maxBytes }))
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const failing = (listener: RequestListener, request: Partial<RequestOptions> = {}, maxBytes?: number) =>
  withServer(
    listener,
    (endpoint) =>
      endpoint.json('/x', { signal: AbortSignal.timeout(5000), ...request }).catch((error: unknown) => error),
    maxBytes === undefined ? {} : { maxBytes },
  )

describe('the address', () => {
  test.each([
    ['', '/x'],
    ['/', '/x'],
    ['///', '/x'],
    ['/behind/a/proxy', '/behind/a/proxy/x'],
    ['/behind/a/proxy/', '/behind/a/proxy/x'],
  ])('ending in %j asks for %j', async (path, asked) => {
    const listener: RequestListener = (request, response) => response.end(JSON.stringify(request.url))
    const answer = await withServer(
      listener,
      (endpoint) => endpoint.json('/x', { signal: AbortSignal.timeout(5000) }),
      { path },
    )
    expect(answer).toBe(asked)
  })

  test.each(['', 'localhost', '//host:1', 'file:///etc/passwd', 'ws://host:1', 'javascript:alert(1)', 'http://'])(
    '%j is turned down, with an example of what is meant',
    (url) => {
      expect(() => requireAddress(url)).toThrow(
        `"${url}" is no address of a server; give one like http://127.0.0.1:7860.`,
      )
    },
  )

  test.each(['http://127.0.0.1:7860', 'https://host', 'http://[::1]:7860', 'https://host/behind/a/proxy'])(
    '%s is good',
    (url) => {
      expect(() => requireAddress(url)).not.toThrow()
    },
  )

  test.each(['http://me@host', 'http://:secret@host', 'http://me:secret@host'])(
    '%s has user or password in it, where everybody sees them',
    (url) => {
      expect(() => requireAddress(url)).toThrow('give user and password by themselves instead')
    },
  )
})

describe('an error of the server', () => {
  test.each([
    ['{"detail":"no such sampler"}', 'Painter answered HTTP 400: {"detail":"no such sampler"}', 'JSON as it is'],
    ['<html><body>Bad Gateway</body></html>', 'Painter answered HTTP 400', 'a web page says nothing'],
    ['', 'Painter answered HTTP 400', 'nor does nothing'],
    ['  too\n\n  many   blanks ', 'Painter answered HTTP 400: too many blanks', 'in one line'],
  ])('%j is told as %j: %s', async (body, message) => {
    const error = await failing((_, response) => response.writeHead(400).end(body))
    expect(error).toMatchObject({ message })
  })

  test('is told in the words that the protocol finds in it, and never at any length', async () => {
    const listener: RequestListener = (_, response) =>
      response.writeHead(500).end(JSON.stringify({ why: 'x'.repeat(5000) }))
    const error = (await failing(listener, { reason: (body) => (body as { why: string }).why })) as Error
    expect(error.message).toMatch(/^Painter answered HTTP 500: x{1000}$/)
  })

  test('that the protocol does not understand is told as it is', async () => {
    const error = await failing((_, response) => response.writeHead(500).end('Traceback'), { reason: () => undefined })
    expect(error).toMatchObject({ message: 'Painter answered HTTP 500: Traceback' })
  })

  test.each([
    ['7', 7000],
    ['0', 0],
    ['1.5', 1500],
    [undefined, undefined],
    ['soon', undefined],
  ])('with Retry-After %s asks to wait %s ms', async (value, afterMs) => {
    const headers: Record<string, string> = value === undefined ? {} : { 'retry-after': value }
    const error = await failing((_, response) => response.writeHead(503, headers).end())
    expect(error).toMatchObject({ outcome: 'generator_busy', afterMs })
  })

  test.each(['-5', '5 minutes', 'in 5', '1,000', ''])('Retry-After %j is neither seconds nor a date', (value) => {
    expect(retryAfter(value)).toBeUndefined()
  })
})

describe('an answer', () => {
  test('of JSON is read whatever it calls itself', async () => {
    expect(
      await failing((_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('[1]')),
    ).toEqual([1])
  })

  test.each(['{"a":', 'undefined', 'NaN', '<html>', '\u0000'])(
    'of %j is malformed, and names the path',
    async (body) => {
      const error = await failing((_, response) => response.end(body))
      expect(error).toMatchObject({
        outcome: 'generator_malformed',
        retryable: true,
        message: 'Painter answered /x with what is no JSON.',
      })
    },
  )

  test('may be exactly as large as allowed, and not a byte more', async () => {
    const body = JSON.stringify('x'.repeat(98))
    expect(await failing((_, response) => response.end(body), {}, 100)).toHaveLength(98)
    expect(await failing((_, response) => response.end(`${body} `), {}, 100)).toMatchObject({
      message: 'Painter answered with more than 100 bytes.',
    })
  })

  test('that is too large is not taken for an unreachable server', async () => {
    expect(await failing((_, response) => response.end('x'.repeat(1000)), {}, 10)).toMatchObject({
      outcome: 'generator_malformed',
    })
  })

  test.each<[string, RequestListener]>([
    ['before any answer', (request) => request.socket.destroy()],
    [
      'after its head',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('{', () => response.destroy())
      },
    ],
  ])('that breaks off %s is an unreachable server, with the reason', async (_, listener) => {
    const error = (await failing(listener)) as Error
    expect(error).toMatchObject({ outcome: 'generator_unreachable', retryable: true, exitCode: 1 })
    expect(error.message).toMatch(/^Painter can't be reached \(.+\); check the address, and that the server runs\.$/)
  })
})

describe('an aborted request', () => {
  test('ends with the reason, not with a broken connection', async () => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const error = await failing(() => controller.abort(reason), { signal: controller.signal })
    expect(error).toBe(reason)
  })

  test('ends so also in the middle of its answer', async () => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const listener: RequestListener = (_, response) =>
      response.write('{', () => setImmediate(() => controller.abort(reason)))
    expect(await failing(listener, { signal: controller.signal })).toBe(reason)
  })
})

test('a host that does not resolve is unreachable', async () => {
  const endpoint = new JsonEndpoint({ url: 'http://nowhere.invalid', label: 'Painter' })
  await expect(endpoint.json('/', { signal: AbortSignal.timeout(5000) })).rejects.toMatchObject({
    outcome: 'generator_unreachable',
  })
})
