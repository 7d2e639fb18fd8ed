import type { RequestListener } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { PoliteClient } from './client.ts'
import { RequestFailure } from './failure.ts'
import type { PoliteOptions } from './limits.ts'
import { loopback } from './loopback.double.ts'
import { TimeLimit } from './time-limit.ts'

const quick: PoliteOptions = {
  userAgent: 'Promptloom/1.0 (+mailto:test@example.org)',
  allow: ['127.0.0.1'],
  attempts: 1,
  host: { refusalPauseMs: 1, troublePauseMs: 1, maxRate: 100_000 },
}
const maxBytes = 10_000
const turn = () => new Promise(setImmediate)
const until = async (there: () => boolean) => {
  while (!there()) await turn()
}

/** How a body of so many bytes is sent. */
const SENT: Readonly<Record<string, RequestListener>> = {
  '/length': (_, response) => response.writeHead(200, { 'content-length': 3000 }).end(Buffer.alloc(3000)),
  '/chunked': (_, response) => {
    response.write(Buffer.alloc(1000))
    response.end(Buffer.alloc(2000))
  },
  '/gzip': (_, response) => {
    const packed = gzipSync(Buffer.alloc(3000))
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed)
  },
  '/twice': (_, response) => {
    const packed = brotliCompressSync(gzipSync(Buffer.alloc(3000)))
    response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(packed)
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/length' }).end('moved'),
}
const SOME = Object.keys(SENT)
const serve: RequestListener = (request, response) => SENT[request.url ?? '']?.(request, response)

describe('memory of bodies', () => {
  test.each([
    ['a body of known length its length', '/length', 3000],
    ['one of unknown length the cap', '/chunked', maxBytes],
    ['a packed one its length and the cap', '/gzip', gzipSync(Buffer.alloc(3000)).length + maxBytes],
    ['one packed twice, of unknown length, the cap three times', '/twice', 3 * maxBytes],
  ])('%s, and once read what it measures', async (_, path, wanted) => {
    await using server = await loopback(serve)
    await using client = new PoliteClient({ ...quick, bodyMemory: 4 * maxBytes })
    const taken: number[] = []
    const take = client.memory.take.bind(client.memory)
    client.memory.take = (bytes) => {
      taken.push(bytes)
      return take(bytes)
    }
    const held = await client.get(server.origin + path, { maxBytes }, async () => client.memory.held)
    expect([taken, held, client.memory.held]).toEqual([[wanted], 3000, 0])
  })

  test.each([1, 3000, 7000, 25_000])(
    'of %i bytes are never exceeded, and all bodies get through',
    async (bodyMemory) => {
      await using server = await loopback(serve)
      await using client = new PoliteClient({ ...quick, bodyMemory, concurrency: 20 })
      let most = 0
      const paths = Array.from({ length: 40 }, (_, n) => SOME[n % SOME.length] as string)
      const lengths = paths.map((path) =>
        client.get(server.origin + path, { maxBytes }, async ({ body }) => {
          most = Math.max(most, client.memory.held)
          await turn()
          return body.length
        }),
      )
      expect(new Set(await Promise.all(lengths))).toEqual(new Set([3000]))
      expect(most).toBeGreaterThan(0)
      expect(most).toBeLessThanOrEqual(bodyMemory)
      expect([client.memory.held, client.memory.waiting]).toEqual([0, 0])
    },
  )

  test('a body that waits spends none of its URL’s time, and meanwhile nobody is asked for more', async () => {
    await using server = await loopback(serve)
    await using client = new PoliteClient({ ...quick, bodyMemory: maxBytes })
    const stands = vi.spyOn(TimeLimit.prototype, 'standing')
    const all = await client.memory.take(maxBytes)
    const first = client.get(`${server.origin}/length`, { maxBytes }, async ({ body }) => body.length)
    await until(() => client.memory.waiting === 1)
    expect(stands).toHaveBeenCalledOnce()
    stands.mockRestore()
    const second = client.get(`${server.origin}/length`, { maxBytes }, async ({ body }) => body.length)
    for (let n = 0; n < 5; n++) await turn()
    expect(client.counts.requests).toBe(1)
    all.keep(0)
    expect(await Promise.all([first, second])).toEqual([3000, 3000])
    expect(client.counts.requests).toBe(2)
  })

  const failures: Readonly<Record<string, RequestListener>> = {
    'a connection that is lost': (_, response) => {
      response.writeHead(200, { 'content-length': 9 }).write('x', () => response.socket?.destroy())
    },
    'a body that is too long': (_, response) => response.end(Buffer.alloc(20_000)),
    'one that says so': (_, response) => response.writeHead(200, { 'content-length': 20_000 }).write('x'),
    'a bomb': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
    'bad packing': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    'a status': (_, response) => response.writeHead(404).end('no such picture'),
    'an opt-out': (_, response) => response.writeHead(200, { 'x-robots-tag': 'noai' }).end('picture'),
  }
  test.each(Object.keys(failures))('%s gives its bytes back', async (failure) => {
    await using server = await loopback(failures[failure] as RequestListener)
    await using client = new PoliteClient({ ...quick, bodyMemory: maxBytes })
    for (let n = 0; n < 3; n++) {
      await expect(client.get(server.origin, { maxBytes }, async () => {})).rejects.toBeInstanceOf(RequestFailure)
    }
    expect([client.memory.held, client.memory.waiting]).toEqual([0, 0])
  })

  test('an error of the caller’s own work gives them back, too', async () => {
    await using server = await loopback(serve)
    await using client = new PoliteClient({ ...quick, bodyMemory: 3000 })
    const failing = async () => Promise.reject(new TypeError('bug'))
    for (let n = 0; n < 3; n++) {
      await expect(client.get(`${server.origin}/length`, { maxBytes }, failing)).rejects.toThrow('bug')
    }
    expect(client.memory.held).toBe(0)
  })

  test('a connection that is lost while its body waits fails once it has its turn', async () => {
    await using server = await loopback((_, response) => response.writeHead(200, { 'content-length': 9 }).write('x'))
    await using client = new PoliteClient({ ...quick, bodyMemory: 100 })
    const all = await client.memory.take(100)
    const lost = client.get(server.origin, { maxBytes }, async () => {}).catch((error: unknown) => error)
    await until(() => client.memory.waiting === 1)
    server.server.closeAllConnections()
    await until(() => client.agent.stats[server.origin]?.connected === 0)
    all.keep(0)
    expect(await lost).toMatchObject({ kind: 'incomplete', retryable: true })
    expect(client.memory.held).toBe(0)
  })

  test('an interrupted run waits for nobody’s bytes', async () => {
    await using server = await loopback(serve)
    const ended = new AbortController()
    await using client = new PoliteClient({ ...quick, bodyMemory: 100, signal: ended.signal })
    await client.memory.take(100)
    const waits = client.get(`${server.origin}/length`, { maxBytes }, async () => {}).catch((error: unknown) => error)
    await until(() => client.memory.waiting === 1)
    const reason = new Error('interrupted')
    ended.abort(reason)
    expect(await waits).toBe(reason)
    expect([client.memory.held, client.memory.waiting]).toEqual([100, 0])
  })
})

const BOMB = gzipSync(Buffer.alloc(20_000))
