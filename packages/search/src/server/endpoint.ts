import type { z } from 'zod'

/** What an endpoint can answer under one status: JSON of a schema, bytes of media types, or server-sent events. */
export interface AnswerShape {
  readonly description: string
  /** JSON of this shape; without it, see `media`. */
  readonly schema?: z.ZodType
  /** Media types of a body that is not JSON, e.g. `image/webp` or `text/event-stream`. */
  readonly media?: readonly string[]
}

/** The description of one endpoint: everything that its OpenAPI entry says, and what its requests are checked by. */
export interface Endpoint<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** OpenAPI style, e.g. `/api/rows/{id}`. */
  readonly path: string
  /** Unique, lowerCamelCase; the name that generated clients use. */
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  /** Multipart is accepted too: a field of this name holds the body as JSON, other fields hold pictures. */
  readonly multipart?: string
  readonly answers: Readonly<Record<number, AnswerShape>>
  /** Answers without a token, also when one is required. */
  readonly open?: boolean
}

/** Declares an endpoint; exists so that the types of its parts are inferred. */
export function endpoint<Params = unknown, Query = unknown, Body = unknown>(
  declaration: Endpoint<Params, Query, Body>,
): Endpoint<Params, Query, Body> {
  return declaration
}
