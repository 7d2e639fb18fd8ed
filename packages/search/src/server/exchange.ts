import type { Context } from 'hono'
import type { z } from 'zod'
import { firstFault } from '../question-text.ts'
import { type BodyLimits, readBody } from './body.ts'
import type { Endpoint } from './endpoint.ts'
import { RequestError } from './request-error.ts'
import type { RouteReply, RouteRequest, ServerEvent } from './route.ts'

/**
 * Checks a request by its endpoint's schemas.
 * @throws RequestError that names the part and its first fault.
 */
export async function requestFor(
  context: Context,
  endpoint: Endpoint,
  { limits, signal }: { limits: BodyLimits; signal: AbortSignal },
): Promise<RouteRequest<unknown, unknown, unknown>> {
  const params = checked(endpoint.params, context.req.param(), 'address')
  const query = checked(endpoint.query, single(context.req.queries()), 'query')
  const { json, uploads } = endpoint.body
    ? await readBody(context.req.raw, limits, endpoint.multipart?.field)
    : { json: undefined, uploads: new Map<string, Uint8Array>() }
  const given = json === undefined && uploads.size > 0 ? endpoint.multipart?.alone([...uploads.keys()]) : json
  const body = checked(endpoint.body, given, endpoint.multipart?.field ?? 'body')
  return { params, query, body, uploads, headers: context.req.raw.headers, signal }
}

/** Parameters that come once as text, those that come several times as lists. */
function single(queries: Record<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  )
}

function checked(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RequestError(400, `bad_${part}`, `The ${part} cannot be used: ${firstFault(parsed.error)}.`)
}

/** What a route has answered as a response. */
export function responseFor(reply: RouteReply): Response {
  if ('json' in reply) return json(reply.json, reply.status ?? 200)
  if ('unchanged' in reply) return new Response(null, { status: 304, headers: { ...reply.headers } })
  if ('events' in reply) return events(reply.events)
  return new Response(reply.bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': reply.type, ...reply.headers },
  })
}

function json(value: unknown, status: number): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(value), { status, headers })
}

function events(source: AsyncIterable<ServerEvent>): Response {
  const encoder = new TextEncoder()
  const iterator = source[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(eventText(value)))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

/** One event in the format of the HTML standard, section "Server-sent events". */
function eventText({ event, id, data }: ServerEvent): string {
  const lines = [event ? `event: ${event}` : '', id ? `id: ${id}` : '', `data: ${JSON.stringify(data)}`]
  return `${lines.filter(Boolean).join('\n')}\n\n`
}
