import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'

/** What the double does with one request. */
export interface ImagesReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the answer. */
  readonly body?: string
  /** Pictures by address. */
  readonly byUrl?: boolean
  readonly revised?: string
  /** Breaks off after so many bytes. */
  readonly cutAfter?: number
  readonly hang?: boolean
}

/** An OpenAI-compatible images API on loopback; the last reply is given again and again. */
export async function imagesDouble(...replies: readonly ImagesReply[]) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  const asked: { path: string; authorization: string | undefined; body: any }[] = []
  const keys: unknown[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(pieces).toString() || 'null')
      const reply = replies[Math.min(asked.length, replies.length - 1)] ?? {}
      keys.push(request.headers['idempotency-key'])
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
      if (reply.hang) return
      const text = reply.body ?? JSON.stringify(await answerOf(reply, body))
      response.writeHead(reply.status ?? 200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        ...reply.headers,
      })
      if (reply.cutAfter === undefined) response.end(text)
      else response.write(text.slice(0, reply.cutAfter), () => setTimeout(() => response.destroy(), 20))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    /** The `Idempotency-Key` of each request. */
    keys,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The picture that the double paints. */
export function doublePicture(): Promise<Buffer> {
  return sharp({ create: { width: 32, height: 24, channels: 3, background: '#884400' } })
    .webp()
    .toBuffer()
}

async function answerOf(reply: ImagesReply, body: { n?: number }) {
  const b64_json = (await doublePicture()).toString('base64')
  const picture = {
    ...(reply.byUrl ? { url: 'https://pictures.invalid/1.webp' } : { b64_json }),
    ...(reply.revised === undefined ? {} : { revised_prompt: reply.revised }),
  }
  return { created: 0, data: Array.from({ length: body.n ?? 1 }, () => picture) }
}
