import type { Endpoint } from './endpoint.ts'

/** A checked request. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Pictures of a multipart request, by field name; empty otherwise. */
  readonly uploads: ReadonlyMap<string, Uint8Array>
  readonly headers: Headers
  /** Aborted when the client is gone or the time is up. */
  readonly signal: AbortSignal
}

/** One server-sent event; its data is sent as JSON. */
export interface ServerEvent {
  readonly event?: string
  readonly id?: string
  readonly data: unknown
}

/** What a route answers with: JSON, bytes, events as they come, or that what the client has is still good. */
export type RouteReply =
  | { readonly json: unknown; readonly status?: number }
  | { readonly bytes: Uint8Array; readonly type: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly events: AsyncIterable<ServerEvent> }
  | { readonly unchanged: true; readonly headers?: Readonly<Record<string, string>> }

/** One endpoint and what answers it. */
export interface Route {
  readonly endpoint: Endpoint
  answer(request: RouteRequest<never, never, never>): Promise<RouteReply>
}

/** Binds an endpoint to what answers it, so that the request has the types that the endpoint declares. */
export function route<Params, Query, Body>(
  endpoint: Endpoint<Params, Query, Body>,
  answer: (request: RouteRequest<Params, Query, Body>) => Promise<RouteReply>,
): Route {
  return { endpoint, answer }
}
