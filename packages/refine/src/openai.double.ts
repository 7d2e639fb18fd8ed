import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the double does with one request. */
export interface Reply {
  /** The assistant's text; an object is sent as JSON. */
  readonly text?: string | object
  readonly refusal?: string
  readonly finish?: string
  /** Null: the server does not count tokens. */
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null
  /** Any other HTTP answer. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The body of any other answer, as it is. */
  readonly body?: string
  /** Breaks the connection off after so many bytes of the answer, without its end. */
  readonly cutAfter?: number
  /** Streams end in good order at HTTP level but without a finish reason. */
  readonly unfinished?: boolean
  /** Never answers (or, with `cutAfter`, stalls there instead of breaking off). */
  readonly hang?: boolean
}

/** One request as it arrived. */
export interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly body: any
}

/**
 * A stand-in for OpenAI's chat completions on loopback: answers the requests with the given replies in turn, the last
 * one again and again, streamed where the request asks for it.
 */
export async function openAiDouble(...replies: readonly Reply[]) {
  const asked: Asked[] = []
  const closed: string[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece) => pieces.push(piece))
    response.on('close', () => {
      if (!response.writableFinished) closed.push(request.url ?? '')
    })
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(pieces).toString() || 'null')
      const reply = replies[Math.min(asked.length, replies.length - 1)] ?? {}
      asked.push({ path: request.url ?? '', headers: request.headers, body })
      answer(reply, body?.stream === true, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    /** Paths of requests that the client gave up. */
    closed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(reply: Reply, stream: boolean, response: ServerResponse): void {
  if (reply.hang && reply.cutAfter === undefined) return
  if (reply.status !== undefined || reply.body !== undefined) {
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body ?? '{}')
    return
  }
  const body = stream ? streamOf(reply) : JSON.stringify(completionOf(reply))
  response.writeHead(200, {
    'content-type': stream ? 'text/event-stream' : 'application/json',
    ...(stream ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  })
  if (reply.cutAfter === undefined) {
    response.end(body)
    return
  }
  response.write(body.slice(0, reply.cutAfter), () => {
    if (!reply.hang) setTimeout(() => response.destroy(), 20)
  })
}

function textOf(reply: Reply): string {
  return typeof reply.text === 'string' ? reply.text : JSON.stringify(reply.text ?? {})
}

function usageOf(reply: Reply) {
  return reply.usage === undefined ? { prompt_tokens: 100, completion_tokens: 50 } : reply.usage
}

function completionOf(reply: Reply): object {
  const { refusal = null, finish = 'stop' } = reply
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'double',
    choices: [{ index: 0, message: { role: 'assistant', content: textOf(reply), refusal }, finish_reason: finish }],
    ...(usageOf(reply) === null ? {} : { usage: usageOf(reply) }),
  }
}

function streamOf(reply: Reply): string {
  const chunk = (part: object) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'double', ...part })}\n\n`
  const delta = (content: object, finish: string | null) =>
    chunk({ choices: [{ index: 0, delta: content, finish_reason: finish }] })
  const pieces = textOf(reply).match(/[\s\S]{1,7}/g) ?? []
  const end = reply.unfinished ? '' : delta({}, reply.finish ?? 'stop')
  const usage = usageOf(reply) === null || reply.unfinished ? '' : chunk({ choices: [], usage: usageOf(reply) })
  const refusal = reply.refusal === undefined ? '' : delta({ refusal: reply.refusal }, null)
  return `${pieces.map((content) => delta({ content }, null)).join('')}${refusal}${end}${usage}data: [DONE]\n\n`
}
