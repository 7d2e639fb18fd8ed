import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { loopback } from './loopback.double.ts'
import { serviceFetch } from './service-fetch.ts'

/** A server that writes down what it is told, and answers as it is made to. */
async function service(status = 200, headers: Record<string, string> = {}) {
  const asked: { method: string; headers: IncomingHttpHeaders; body: string }[] = []
  const server = await loopback(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    asked.push({ method: request.method ?? '', headers: request.headers, body })
    response.writeHead(status, headers).end('{"answer":1}')
  })
  return { asked, origin: server.origin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const headers = { authorization: 'Bearer secret', 'content-type': 'application/json', 'x-gateway': 'other secret' }
const request = { method: 'POST', headers, body: '{"prompt":"a cat"}' }

describe('a service', () => {
  it('is asked with the headers that are known, and answers as ever', async () => {
    await using server = await service()
    const response = await serviceFetch()(server.origin, request)
    expect(await response.json()).toEqual({ answer: 1 })
    expect(server.asked).toMatchObject([
      { method: 'POST', body: request.body, headers: { authorization: 'Bearer secret' } },
    ])
    expect(server.asked[0]?.headers).not.toHaveProperty('x-gateway')
  })

  it('is told further headers where they are named', async () => {
    await using server = await service()
    await serviceFetch({ headers: ['x-gateway'] })(server.origin, { ...request, headers: new Headers(headers) })
    expect(server.asked[0]?.headers).toMatchObject({ 'x-gateway': 'other secret' })
  })

  it.each([301, 302, 303, 307, 308])('that redirects (%i) hands nothing on', async (status) => {
    await using other = await service()
    await using server = await service(status, { location: other.origin })
    for (const redirect of ['follow', 'manual'] as const) {
      const response = await serviceFetch()(server.origin, { ...request, redirect })
      expect([response.status, response.headers.get('location')]).toEqual([status, other.origin])
      await response.body?.cancel()
    }
    expect(other.asked).toEqual([])
  })

  it('is given up when the caller’s signal says so', async () => {
    await using server = await loopback(() => undefined)
    const reason = new Error('enough')
    const asked = serviceFetch()(server.origin, { ...request, signal: AbortSignal.abort(reason) })
    await expect(asked).rejects.toBe(reason)
  })
})
