import type { z } from 'zod'

/** What an endpoint can answer under one status: JSON of a schema, bytes of media types, or server-sent events. */
export interface AnswerShape {
  readonly description: string
  /** JSON of this shape; without it, see `media`. */
  readonly schema?: z.ZodType
  /** Media types of a body that is not JSON, e.g. `image/webp` or `text/event-stream`. */
  readonly media?: readonly string[]
}

/** How an endpoint takes pictures: as `multipart/form-data`, each in a field of its own. */
export interface Multipart {
  /** The field that holds the body as JSON. */
  readonly field: string
  /** The body where that field is missing, made of the pictures' field names. */
  readonly alone: (uploads: readonly string[]) => unknown
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
  readonly multipart?: Multipart
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
