import { errorAnswerSchema } from '@promptloom/search/server/error-answer'
import { route } from '@promptloom/search/server/route'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { studioEndpoints } from './studio-endpoints.ts'

/** The endpoints behind the real server; what they would answer does not matter here. */
let server: RunningServer
beforeAll(async () => {
  const routes = studioEndpoints.map((endpoint) => route(endpoint as never, async () => ({ json: {} })))
  server = await createServer({ routes, fallback: async () => new Response('a page') })
})
afterAll(() => server[Symbol.asyncDispose]())

/** An address of the endpoint's, with something in each place. */
const at = (path: string) => `${server.url}${path.replace(/\{\w+\}/g, '1')}`
const methodsOf = (path: string) =>
  studioEndpoints.filter((one) => one.path === path).map(({ method }): string => method)

describe.each([...new Set(studioEndpoints.map(({ path }) => path))])('%s', (path) => {
  const answered = methodsOf(path)

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => !answered.includes(method)))(
    'tells %s which methods it is answered for',
    async (method) => {
      const response = await fetch(at(path), { method })
      expect(response.status).toBe(405)
      const allowed = response.headers.get('allow')?.split(', ') ?? []
      expect(allowed).toEqual(expect.arrayContaining(answered))
      expect(allowed).not.toContain(method)
      const { error } = errorAnswerSchema.parse(await response.json())
      expect(error).toMatchObject({ code: 'method_not_allowed' })
      expect(error.message).toContain(method)
    },
  )
})

const takingBodies = studioEndpoints.filter((one) => 'body' in one && one.body)

test('some endpoints take bodies', () => expect(takingBodies.length).toBeGreaterThan(3))

test.each(takingBodies.map(({ method, path }) => [method, path]))(
  '%s %s takes no other media type',
  async (method, path) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const response = await fetch(at(path), { method, body: 'x=1', headers: { 'content-type': type } })
      expect(response.status, type).toBe(415)
      expect(errorAnswerSchema.parse(await response.json()).error).toMatchObject({ code: 'media_type' })
    }
    const broken = await fetch(at(path), { method, body: '{', headers: { 'content-type': 'application/json' } })
    expect(broken.status).toBe(400)
    expect(errorAnswerSchema.parse(await broken.json()).error.code).toMatch(/^bad_/)
  },
)

test('what is no address of the API is left to the page', async () => {
  expect(await (await fetch(`${server.url}/row/1`)).text()).toBe('a page')
  expect(await (await fetch(`${server.url}/row/1`, { method: 'POST' })).text()).toBe('a page')
})
