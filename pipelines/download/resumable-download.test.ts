import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Loopback, loopback } from '@promptloom/http/loopback.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DownloadError } from './download-error.ts'
import { downloadResumably, type ResumableRequest, retrying } from './resumable-download.ts'

const CONTENT = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251))

type Answer = (response: ServerResponse, from: number, request: IncomingMessage) => void

let folder: string
let server: Loopback
let ranges: (string | undefined)[]
/** What is answered in turn; the last one again and again. */
let answers: Answer[]
let content: Buffer
/** Bytes of the file that the client has told of. */
let received: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-resumable-'))
  ranges = []
  received = 0
  answers = [whole]
  content = CONTENT
  server = await loopback((request, response) => {
    ranges.push(request.headers.range)
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const answer = answers[Math.min(ranges.length, answers.length) - 1] as Answer
    answer(response, from, request)
  })
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const whole: Answer = (response, from) => {
  const part = from > 0 && from < content.length
  if (from > 0 && !part) return void response.writeHead(416).end()
  response.writeHead(part ? 206 : 200, {
    'content-length': content.length - from,
    etag: `"${content.length}"`,
    ...(part ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  })
  response.end(content.subarray(from))
}
/** Sends the first bytes of what was asked for, and breaks off once they have arrived. */
const cutAfter =
  (bytes: number): Answer =>
  (response, from) => {
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      etag: `"${content.length}"`,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    })
    const end = () => void response.socket?.end()
    // Bytes that the client hasn't read by the end are lost with the connection.
    const wait = () => void setTimeout(received >= Math.min(from + bytes, content.length) ? end : wait, 10)
    response.write(content.subarray(from, from + bytes), wait)
  }
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body)

const path = () => join(folder, 'cache', 'source')
const download = (more: Partial<ResumableRequest> = {}) =>
  downloadResumably({
    name: 'my file',
    locate: async () => ({ url: server.origin }),
    path: path(),
    fetch,
    signal: AbortSignal.timeout(20_000),
    firstDelay: 1,
    onBytes: (bytes) => {
      received = bytes
    },
    ...more,
  })
const got = () => readFile(path())

describe('a file', () => {
  it('is downloaded whole, under its name, with a record beside it and nothing else', async () => {
    await download()
    expect(await got()).toEqual(CONTENT)
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['source', 'source.json'])
  })

  it('that is complete is not asked for again', async () => {
    await download()
    await download()
    expect(ranges).toHaveLength(1)
  })

  it('that was complete but is shorter now is downloaded again', async () => {
    await download()
    await writeFile(path(), 'short')
    await download()
    expect(await got()).toEqual(CONTENT)
    expect(ranges).toHaveLength(2)
  })

  it('that is complete in another revision is downloaded again', async () => {
    await download({ revision: 'version 1' })
    await download({ revision: 'version 1' })
    expect(ranges).toHaveLength(1)
    content = Buffer.from('another version')
    await download({ revision: 'version 2' })
    expect(await got()).toEqual(content)
    expect(ranges.at(-1)).toBeUndefined()
  })

  it('of no bytes is a file', async () => {
    content = Buffer.alloc(0)
    await download()
    expect(await got()).toHaveLength(0)
  })

  it('of unknown length is taken as long as it comes', async () => {
    answers = [(response) => void response.writeHead(200).end(CONTENT)]
    await download()
    expect(await got()).toEqual(CONTENT)
    await download()
    expect(ranges).toHaveLength(1)
  })

  it('tells how many bytes there are, and how many there will be', async () => {
    const told: [number, number | undefined][] = []
    await download({ onBytes: (bytes, total) => told.push([bytes, total]) })
    expect(told.at(-1)).toEqual([5000, 5000])
    expect(told.map(([bytes]) => bytes)).toEqual(told.map(([bytes]) => bytes).sort((a, b) => a - b))
  })
})

describe('a cut connection', () => {
  it('is gone on with from the byte where it was cut', async () => {
    answers = [cutAfter(2000), whole]
    await download()
    expect(await got()).toEqual(CONTENT)
    expect(ranges).toEqual([undefined, 'bytes=2000-'])
  })

  it('as long as bytes come is no failure, however often it is cut', async () => {
    answers = [cutAfter(500)]
    await download()
    expect(await got()).toEqual(CONTENT)
    expect(ranges.length).toBeGreaterThan(9)
  })

  it('is gone on with by another process: what was held counts', async () => {
    answers = [cutAfter(2000), status(404)]
    await expect(download()).rejects.toMatchObject({ kind: 'not_found' })
    answers = [whole]
    ranges = []
    await download()
    expect(ranges).toEqual(['bytes=2000-'])
    expect(await got()).toEqual(CONTENT)
  })

  it('whose bytes lost their record starts over: nobody knows what they are of', async () => {
    answers = [cutAfter(2000), status(404)]
    await download().catch(() => undefined)
    await rm(`${path()}.json`)
    answers = [whole]
    ranges = []
    await download()
    expect(ranges).toEqual([undefined])
  })

  it('starts over where the other side ignores the range', async () => {
    answers = [cutAfter(2000), (response) => whole(response, 0, {} as IncomingMessage)]
    await download()
    expect(await got()).toEqual(CONTENT)
  })

  it('starts over where the file has changed meanwhile', async () => {
    const changed = Buffer.from(CONTENT.map((value) => value ^ 1)).subarray(0, 4000)
    answers = [
      cutAfter(2000),
      (response, from, request) => {
        content = changed
        whole(response, from, request)
      },
      whole,
    ]
    await download()
    expect(await got()).toEqual(changed)
    expect(ranges).toEqual([undefined, 'bytes=2000-', undefined])
  })

  it('starts over where another range is sent than was asked for', async () => {
    const wrong: Answer = (response, from) => {
      response.writeHead(206, {
        'content-range': `bytes ${from - 1}-${content.length - 1}/${content.length}`,
        etag: `"${content.length}"`,
      })
      response.end(content.subarray(from - 1))
    }
    answers = [cutAfter(2000), wrong, whole]
    await download()
    expect(await got()).toEqual(CONTENT)
  })

  it('behind the last byte ends the file: HTTP 416 and all bytes held', async () => {
    await download()
    await writeFile(`${path()}.part`, CONTENT)
    await rm(path())
    ranges = []
    await download()
    expect(ranges).toEqual(['bytes=5000-'])
    expect(await got()).toEqual(CONTENT)
  })

  it('with more bytes held than there are starts over', async () => {
    await download()
    await writeFile(`${path()}.part`, Buffer.alloc(6000))
    await rm(path())
    ranges = []
    await download()
    expect(ranges).toEqual(['bytes=6000-', undefined])
    expect(await got()).toEqual(CONTENT)
  })
})

describe('a checksum', () => {
  const hashed =
    (md5: string): Answer =>
    (response, from) => {
      const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': content.length - from,
        'x-goog-hash': `md5=${md5}`,
        ...range,
      })
      response.end(content.subarray(from))
    }
  const right = createHash('md5').update(CONTENT).digest('base64')

  it('that fits is good', async () => {
    answers = [hashed(right)]
    await download()
    expect(await got()).toEqual(CONTENT)
  })

  it('that does not fit starts over, and is given up on after some tries', async () => {
    const wrong = createHash('md5').update('x').digest('base64')
    answers = [hashed(wrong)]
    const running = download()
    await expect(running).rejects.toMatchObject({ kind: 'damaged', retryable: true, exitCode: 1 })
    await expect(running).rejects.toThrow(`my file arrived damaged: MD5 ${right} instead of ${wrong}.`)
    expect(ranges.length).toBeGreaterThan(2)
    expect(ranges.every((range) => range === undefined)).toBe(true)
    expect(await readdir(join(folder, 'cache'))).not.toContain('source')
  })
})

describe('an answer that is no file', () => {
  it.each<[string, Answer, object]>([
    ['HTTP 404', status(404), { kind: 'not_found', exitCode: 2 }],
    ['HTTP 403', status(403), { kind: 'forbidden', exitCode: 2 }],
    ['HTTP 400', status(400), { kind: 'failed_request', exitCode: 2 }],
    [
      'JSON that says no',
      status(200, { 'content-type': 'application/json' }, '{"code":403,"message":"consent"}'),
      { kind: 'forbidden', exitCode: 2 },
    ],
  ])('%s ends it at once', async (_, answer, expected) => {
    answers = [answer]
    await expect(download()).rejects.toMatchObject(expected)
    expect(ranges).toHaveLength(1)
    expect(await readdir(join(folder, 'cache'))).not.toContain('source')
  })

  it.each<[string, Answer]>([
    ['HTTP 503', status(503)],
    ['HTTP 429', status(429, { 'retry-after': '0' })],
    ['JSON that says wait', status(200, { 'content-type': 'application/json' }, '{"code":429}')],
    ['a broken connection', (_, __, request) => void request.socket.destroy()],
  ])('%s is tried again', async (_, answer) => {
    answers = [answer, answer, whole]
    await download()
    expect(await got()).toEqual(CONTENT)
    expect(ranges).toHaveLength(3)
  })

  it('that asks to wait for an hour ends the run, and says so', async () => {
    answers = [status(429, { 'retry-after': '3600' })]
    await expect(download()).rejects.toMatchObject({ kind: 'rate_limited', afterMs: 3_600_000, exitCode: 1 })
    expect(ranges).toHaveLength(1)
  })

  it('says that the address has expired: another one is asked for', async () => {
    let located = 0
    answers = [status(403, {}, '<Message>Request has expired</Message>'), whole]
    const locate = async () => {
      located++
      return { url: server.origin }
    }
    await download({ locate })
    expect(located).toBe(2)
    expect(await got()).toEqual(CONTENT)
  })
})

describe('an abort', () => {
  it('before the start asks for nothing', async () => {
    await expect(download({ signal: AbortSignal.abort(new Error('Ctrl-C')) })).rejects.toThrow('Ctrl-C')
    expect(ranges).toEqual([])
  })

  it('in the middle keeps what has come, for the next time', async () => {
    const controller = new AbortController()
    answers = [
      (response) => {
        response.writeHead(200, { 'content-length': content.length, etag: '"5000"' })
        response.write(content.subarray(0, 2000))
      },
      whole,
    ]
    const running = download({
      signal: controller.signal,
      onBytes: (bytes) => bytes >= 2000 && setTimeout(() => controller.abort(new Error('Ctrl-C')), 20),
    })
    await expect(running).rejects.toThrow('Ctrl-C')
    await download()
    expect(ranges).toEqual([undefined, 'bytes=2000-'])
    expect(await got()).toEqual(CONTENT)
  })
})

describe('trying again', () => {
  const policy = { signal: new AbortController().signal, firstDelay: 1 }

  it.each<[string, unknown, number]>([
    ['an error that may pass', new DownloadError('failed_request', 'x', { retryable: true }), 6],
    ['an error that asks for a short wait', new DownloadError('rate_limited', 'x', { retryable: true, afterMs: 1 }), 6],
    [
      'an error that asks for an hour',
      new DownloadError('rate_limited', 'x', { retryable: true, afterMs: 3_600_000 }),
      1,
    ],
    ['an error that will not pass', new DownloadError('not_found', 'x'), 1],
    ['a bug', new TypeError('x'), 1],
  ])('%s is tried as often as may help', async (_, error, tries) => {
    let calls = 0
    const operation = () => {
      calls++
      return Promise.reject(error)
    }
    await expect(retrying(policy, operation)).rejects.toBe(error)
    expect(calls).toBe(tries)
  })
})
