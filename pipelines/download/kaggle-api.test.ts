import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Loopback, loopback } from '@promptloom/http/loopback.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KaggleApi } from './kaggle-api.ts'

let server: Loopback
let asked: { path: string; authorization: string | undefined }[]
let answer: (response: ServerResponse, request: IncomingMessage) => void

beforeEach(async () => {
  asked = []
  server = await loopback((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization })
    answer(response, request)
  })
})
afterEach(() => server[Symbol.asyncDispose]())

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const api = (credentials?: { authorization: string; from: string }) =>
  new KaggleApi({
    base: `${server.origin}/api/v1`,
    credentials,
    fetch,
    signal: AbortSignal.timeout(10_000),
    firstDelay: 1,
  })
const TOKEN = { authorization: 'Bearer t0ken', from: 'KAGGLE_API_TOKEN' }

describe('the view of a set', () => {
  it.each<[object, object]>([
    [
      { currentVersionNumber: 3, licenseName: 'CC0-1.0' },
      { version: 3, licence: 'CC0-1.0' },
    ],
    [{ currentVersionNumber: 3 }, { version: 3, licence: undefined }],
    [
      { currentVersionNumber: 3, licenseName: null },
      { version: 3, licence: undefined },
    ],
    [{ currentVersionNumber: 1, title: 'x', more: [] }, { version: 1 }],
  ])('%j is %j', async (body, expected) => {
    answer = json(body)
    expect(await api().view('owner/set')).toMatchObject(expected)
    expect(asked[0]?.path).toBe('/api/v1/datasets/view/owner/set')
  })

  it.each([
    {},
    { currentVersionNumber: 0 },
    { currentVersionNumber: '3' },
    { currentVersionNumber: 1.5 },
    [],
    null,
    'x',
  ])('%j is something unexpected', async (body) => {
    answer = json(body)
    await expect(api().view('owner/set')).rejects.toThrow(
      /^Kaggle answered for owner\/set with something unexpected\.$/,
    )
  })

  it('that is a web page is something unexpected too', async () => {
    answer = (response) => void response.end('<!doctype html>')
    await expect(api().view('owner/set')).rejects.toMatchObject({ kind: 'failed_request' })
  })
})

describe('the files of a version', () => {
  it('are all pages, asked for until none follows', async () => {
    const pages: Record<string, object> = {
      '': { datasetFiles: [{ name: 'a.csv', totalBytes: 5 }], nextPageToken: 'two' },
      two: { datasetFiles: [{ name: 'b.csv', totalBytes: null }], nextPageToken: 'three&more' },
      'three&more': { datasetFiles: [], nextPageToken: null },
    }
    answer = (response, request) => {
      const token = new URL(request.url ?? '', 'http://x').searchParams.get('pageToken') ?? ''
      json(pages[token])(response)
    }
    expect(await api().list('owner/set', 7)).toEqual([
      { name: 'a.csv', totalBytes: 5 },
      { name: 'b.csv', totalBytes: undefined },
    ])
    expect(asked).toHaveLength(3)
    for (const { path } of asked) expect(path).toContain('datasetVersionNumber=7')
  })

  it('may be none', async () => {
    answer = json({ datasetFiles: [] })
    expect(await api().list('owner/set', 1)).toEqual([])
  })
})

describe('where a file is', () => {
  it('is the address that Kaggle redirects to, and no credentials go there', async () => {
    answer = (response) => void response.writeHead(302, { location: 'https://storage.example/signed?s=1' }).end()
    expect(await api(TOKEN).locate('owner/set', 'my file.csv', 2)).toEqual({
      url: 'https://storage.example/signed?s=1',
    })
    expect(asked[0]).toEqual({
      path: '/api/v1/datasets/download/owner/set/my%20file.csv?datasetVersionNumber=2',
      authorization: 'Bearer t0ken',
    })
  })

  it('is here where a mirror sends the bytes itself, with the credentials', async () => {
    answer = (response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end('id')
    const location = await api(TOKEN).locate('owner/set', 'p.csv', 1)
    expect(location.url).toBe(`${server.origin}/api/v1/datasets/download/owner/set/p.csv?datasetVersionNumber=1`)
    expect(location.headers).toEqual({ authorization: 'Bearer t0ken' })
  })

  it('of a file in a folder keeps to one part of the path', async () => {
    answer = (response) => void response.writeHead(302, { location: 'https://storage.example/x' }).end()
    await api().locate('owner/set', 'folder/../p.csv', 1)
    expect(asked[0]?.path).toContain('/folder%2F..%2Fp.csv?')
  })

  it('is no address that leaves the web', async () => {
    answer = (response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    await expect(api().locate('owner/set', 'p.csv', 1)).rejects.toThrow(/not safe to follow/)
  })
})

describe('a refusal', () => {
  it.each<[string, unknown, number, object, RegExp]>([
    [
      '404',
      { code: 404, message: 'gone' },
      404,
      { kind: 'not_found', exitCode: 2 },
      /^Kaggle has no owner\/set \(gone\); check owner, slug, file and version\.$/,
    ],
    ['404 with HTTP 200', { code: 404 }, 200, { kind: 'not_found' }, /^Kaggle has no owner\/set;/],
    [
      '401',
      { code: 401, message: 'Unauthenticated' },
      401,
      { kind: 'forbidden', exitCode: 2 },
      /^Kaggle refuses owner\/set \(Unauthenticated\): set KAGGLE_API_TOKEN/,
    ],
    [
      '403 in Google’s form',
      { error: { code: 403, message: 'consent' } },
      200,
      { kind: 'forbidden' },
      /^Kaggle refuses owner\/set \(consent\)/,
    ],
    [
      '400',
      { code: 400, message: 'bad slug' },
      400,
      { kind: 'failed_request', exitCode: 2 },
      /^Kaggle's owner\/set was answered with HTTP 400: bad slug\.$/,
    ],
  ])('%s is told apart', async (_, body, status, expected, message) => {
    answer = json(body, status)
    const running = api().view('owner/set')
    await expect(running).rejects.toMatchObject(expected)
    await expect(running).rejects.toThrow(message)
    expect(asked).toHaveLength(1)
  })

  it('with credentials says where they are from, and never what they are', async () => {
    answer = json({ code: 403 }, 403)
    const running = api(TOKEN).view('owner/set')
    await expect(running).rejects.toThrow(
      /the credentials from KAGGLE_API_TOKEN are not accepted, or the set's terms are not accepted on its page yet\.$/,
    )
    await expect(running).rejects.not.toThrow('t0ken')
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['429 in its own form', json({ code: 429 }, 429)],
    ['429 with HTTP 200', json({ code: 429 })],
    ['503', (response) => void response.writeHead(503).end('busy')],
  ])('%s is tried again', async (_, refusal) => {
    answer = (response) => (asked.length < 3 ? refusal(response) : json({ currentVersionNumber: 1 })(response))
    expect(await api().view('owner/set')).toMatchObject({ version: 1 })
    expect(asked).toHaveLength(3)
  })

  it('that goes on is given up on after some tries', async () => {
    answer = json({ code: 429 }, 429, { 'retry-after': '0' })
    await expect(api().view('owner/set')).rejects.toMatchObject({ kind: 'rate_limited', exitCode: 1 })
    expect(asked).toHaveLength(6)
  })
})
