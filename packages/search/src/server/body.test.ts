import { describe, expect, it } from 'vitest'
import { BODY_LIMITS, readBody } from './body.ts'
import { failureOf, RequestError } from './request-error.ts'

const limits = { ...BODY_LIMITS, jsonBytes: 100, pictureBytes: 50, multipartBytes: 1_000, pictures: 2 }
const json = (body: string, headers: Record<string, string> = {}) =>
  new Request('http://x/', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const form = (fill: (form: FormData) => void) => {
  const data = new FormData()
  fill(data)
  return new Request('http://x/', { method: 'POST', body: data })
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'taken',
    (error: RequestError) => `${error.status} ${error.code}`,
  )

describe('a JSON body', () => {
  it('is read whole', async () => {
    expect(await readBody(json('{"a": "ä"}'), limits)).toEqual({ json: { a: 'ä' }, uploads: new Map() })
    const spelled = json('[1]', { 'content-type': 'Application/JSON; charset=utf-8' })
    expect((await readBody(spelled, limits)).json).toEqual([1])
  })
  it('is refused over its limit, whatever length it claims', async () => {
    expect(await codeOf(readBody(json(`"${'x'.repeat(99)}"`), limits))).toBe('413 too_large')
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(60))
      },
    })
    const request = new Request('http://x/', {
      ...{ method: 'POST', body: endless, headers: { 'content-type': 'application/json' } },
      ...({ duplex: 'half' } as object),
    })
    expect(await codeOf(readBody(request, limits))).toBe('413 too_large')
    expect(pulled).toBeLessThan(10)
  })
  it('is refused when malformed or of another type', async () => {
    expect(await codeOf(readBody(json('{'), limits))).toBe('400 bad_body')
    expect(await codeOf(readBody(json('{}', { 'content-type': 'text/json' }), limits))).toBe('415 media_type')
    expect(
      await codeOf(
        readBody(
          form((data) => data.set('a', 'b')),
          limits,
        ),
      ),
    ).toBe('415 media_type')
  })
})

describe('a multipart body', () => {
  it('gives JSON and pictures', async () => {
    const request = form((data) => {
      data.set('question', '{"k": 1}')
      data.set('p', new Blob(['bytes']), '../../etc/passwd')
    })
    const { json: parsed, uploads } = await readBody(request, limits, 'question')
    expect(parsed).toEqual({ k: 1 })
    expect([...uploads].map(([name, bytes]) => [name, String(Buffer.from(bytes))])).toEqual([['p', 'bytes']])
  })
  it('may bring its JSON as a file', async () => {
    const request = form((data) => data.set('question', new Blob(['{"k": 2}'], { type: 'application/json' })))
    expect((await readBody(request, limits, 'question')).json).toEqual({ k: 2 })
  })
  it.each<[string, (data: FormData) => void, string]>([
    ['a picture over its limit', (data) => data.set('p', new Blob([new Uint8Array(51)])), '413 too_large'],
    ['a body over its limit', (data) => data.set('p', new Blob([new Uint8Array(2_000)])), '413 too_large'],
    ['JSON over its limit', (data) => data.set('question', `"${'x'.repeat(101)}"`), '413 too_large'],
    [
      'a picture too many',
      (data) => {
        for (const name of ['a', 'b', 'c']) data.set(name, new Blob(['x']))
      },
      '413 too_large',
    ],
    ['a field with a name that is too long', (data) => data.set('n'.repeat(101), new Blob(['x'])), '400 bad_body'],
    ['text for a picture', (data) => data.set('p', 'x'), '400 bad_body'],
  ])('is refused with %s', async (_, fill, code) => {
    expect(await codeOf(readBody(form(fill), limits, 'question'))).toBe(code)
  })
  it('is refused when it is none', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    expect(await codeOf(readBody(json('no boundary here', headers), limits, 'question'))).toBe('400 bad_body')
  })
})

describe('what a client is told of an error', () => {
  it('is the sentence of errors that are meant for users', () => {
    const mine = Object.assign(new Error('No such row.'), { exitCode: 2, code: 'not_found' })
    expect(failureOf(mine)).toEqual({ status: 404, code: 'not_found', message: 'No such row.', unexpected: false })
    const other = Object.assign(new Error('Wrong key.'), { exitCode: 2 })
    expect(failureOf(other)).toMatchObject({ status: 400, code: 'bad_request', message: 'Wrong key.' })
    expect(failureOf(new RequestError(418, 'teapot', 'Short and stout.'))).toMatchObject({
      status: 418,
      code: 'teapot',
    })
  })
  it('is that it may ask again, where another try may do', () => {
    const away = Object.assign(new Error('The database is away.'), { exitCode: 1, retryable: true })
    expect(failureOf(away)).toMatchObject({ status: 503, code: 'unavailable', unexpected: true })
    expect(failureOf(new DOMException('late', 'TimeoutError'))).toMatchObject({ status: 503, code: 'too_slow' })
  })
  it('is nothing of a bug or a statement that failed', () => {
    const statement = Object.assign(new Error('SELECT secret'), { exitCode: 1, code: 62 })
    for (const error of [new TypeError('secret'), statement, 'secret', undefined, null]) {
      const failure = failureOf(error)
      expect(failure).toMatchObject({ status: 500, code: 'internal', unexpected: true })
      expect(failure.message).not.toContain('secret')
    }
  })
})
