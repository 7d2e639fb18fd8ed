import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpackBody } from './body.ts'
import { PoliteClient } from './client.ts'
import { loopback } from './loopback.double.ts'

const url = 'http://example.org/a.jpg'
const cap = { url, maxBytes: 1000 }
const bytes = Buffer.from('the picture itself')

describe('unpackBody', () => {
  test.each([
    ['nothing named', undefined, bytes],
    ['identity', 'identity', bytes],
    ['gzip', 'gzip', gzipSync(bytes)],
    ['gzip by its old name', 'x-gzip', gzipSync(bytes)],
    ['deflate', 'deflate', deflateSync(bytes)],
    ['brotli', 'br', brotliCompressSync(bytes)],
    ['another case and spaces', ' GZip ', gzipSync(bytes)],
    ['two layers, the last one outermost', 'gzip, br', brotliCompressSync(gzipSync(bytes))],
    ['an empty name among them', 'gzip,', gzipSync(bytes)],
  ])('undoes %s', async (_, encoding, packed) => {
    expect(await unpackBody(packed, encoding, cap)).toEqual(bytes)
  })

  test('leaves an encoding alone that it does not know', async () => {
    expect(await unpackBody(bytes, 'zstd', cap)).toBe(bytes)
  })

  test('an empty body is empty, whatever it is said to be packed with', async () => {
    expect(await unpackBody(Buffer.alloc(0), 'gzip', cap)).toHaveLength(0)
  })

  test.each([
    ['that is not packed at all', 'gzip', bytes],
    ['that is cut off', 'gzip', gzipSync(bytes).subarray(0, 15)],
    ['packed otherwise than it says', 'br', gzipSync(bytes)],
  ])('a body %s is a bad response, with the reason', async (_, encoding, packed) => {
    await expect(unpackBody(packed, encoding, cap)).rejects.toMatchObject({
      kind: 'bad_response',
      retryable: false,
      url,
      message: expect.stringMatching(`^${url} can't be unpacked \\(${encoding}\\): `),
    })
  })

  test('a body packed more than twice over is an attack', async () => {
    const packed = gzipSync(gzipSync(gzipSync(bytes)))
    await expect(unpackBody(packed, 'gzip, gzip, gzip', cap)).rejects.toMatchObject({
      kind: 'bad_response',
      message: `${url} is packed 3 times over.`,
    })
  })

  test.each([
    ['gzip', gzipSync(Buffer.alloc(1001))],
    ['deflate', deflateSync(Buffer.alloc(1001))],
    ['br', brotliCompressSync(Buffer.alloc(1001))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(1_000_000)))],
  ])('a %s bomb ends at the cap', async (encoding, packed) => {
    await expect(unpackBody(packed, encoding, cap)).rejects.toMatchObject({
      kind: 'too_large',
      message: `${url} unpacks to more; at most 1000 bytes are taken.`,
    })
  })

  test('a body of just the cap is taken', async () => {
    expect(await unpackBody(gzipSync(Buffer.alloc(1000)), 'gzip', cap)).toHaveLength(1000)
  })
})

describe('a body on the wire', () => {
  const client = () =>
    new PoliteClient({ userAgent: 'Promptloom/1.0', allow: ['127.0.0.1'], attempts: 1, idleTimeoutMs: 200 })
  const get = (one: PoliteClient, address: string) => one.get(address, { maxBytes: 1000 }, async ({ body }) => body)

  test.each([
    ['shorter than its length', 'incomplete', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort'],
    ['cut in a chunk', 'incomplete', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n50\r\nshort'],
    ['with no chunk where one must be', 'bad_response', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nXY\r\n'],
    ['behind what is no HTTP', 'bad_response', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['that never begins', 'connect', ''],
  ])('%s is %s', async (_, kind, answer) => {
    await using server = await loopback((request) => request.socket.end(answer))
    await using one = client()
    await expect(get(one, server.origin)).rejects.toMatchObject({ kind, url: `${server.origin}/` })
  })

  test('that stops coming is a timeout, once no byte came for the idle time', async () => {
    await using server = await loopback((_, response) => response.writeHead(200, { 'content-length': 500 }).write('x'))
    await using one = client()
    await expect(get(one, server.origin)).rejects.toMatchObject({ kind: 'timeout', retryable: true })
  })

  test('without a length is read to its end', async () => {
    await using server = await loopback((request) => request.socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'))
    await using one = client()
    expect((await get(one, server.origin)).toString()).toBe('all of it')
  })

  test('in many chunks arrives whole and in order', async () => {
    await using server = await loopback((_, response) => {
      for (let n = 0; n < 100; n++) response.write(String(n % 10))
      response.end()
    })
    await using one = client()
    expect((await get(one, server.origin)).toString()).toBe('0123456789'.repeat(10))
  })
})
