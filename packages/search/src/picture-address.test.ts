import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PoliteClient } from '@promptloom/http/client'
import { expect, it } from 'vitest'
import { pictureFetcher } from './picture-address.ts'

async function fetching(listener: RequestListener, allow: string[], maxBytes?: number) {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const client = new PoliteClient({ userAgent: 'Promptloom-Test/1.0', allow, attempts: 1 })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetchPicture: pictureFetcher(client, maxBytes),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

it('brings the bytes, and asks for pictures', async () => {
  await using to = await fetching((request, response) => response.end(request.headers.accept), ['127.0.0.1'])
  expect(Buffer.from(await to.fetchPicture(`${to.origin}/a.png`)).toString()).toBe('image/*')
})

it.each<[string, RequestListener, string[], RegExp]>([
  [
    'inside a private network',
    (_, response) => response.end('secret'),
    [],
    /^The picture cannot be fetched: .*private networks are refused/,
  ],
  [
    'that is not there',
    (_, response) => response.writeHead(404).end(),
    ['127.0.0.1'],
    /^The picture cannot be fetched: .* answered 404\.$/,
  ],
  [
    'that is too large',
    (_, response) => response.end('x'.repeat(101)),
    ['127.0.0.1'],
    /at most 100 bytes are taken\.$/,
  ],
  [
    'whose host opts out',
    (_, response) => response.setHeader('x-robots-tag', 'noai').end('x'),
    ['127.0.0.1'],
    /must not be collected: x-robots-tag: noai\.$/,
  ],
  [
    'that leads to a file',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ['127.0.0.1'],
    /"file:\/\/\/etc\/passwd" is no address that can be fetched/,
  ],
])('a picture %s is refused in one sentence', async (_, listener, allow, message) => {
  await using to = await fetching(listener, allow, 100)
  const failing = to.fetchPicture(to.origin)
  await expect(failing).rejects.toMatchObject({
    code: 'picture_refused',
    exitCode: 2,
    message: expect.stringMatching(message),
  })
  await expect(failing).rejects.toMatchObject({ cause: expect.objectContaining({ name: 'RequestFailure' }) })
})

it('a caller who is gone is told its own reason', async () => {
  await using to = await fetching((_, response) => response.end('x'), ['127.0.0.1'])
  const reason = new Error('the client is gone')
  await expect(to.fetchPicture(to.origin, AbortSignal.abort(reason))).rejects.toBe(reason)
})
