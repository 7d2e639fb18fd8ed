import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { RequestFailure } from './failure.ts'

const UNPACK: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}
/** Encodings stacked deeper than this are an attack, not a server. */
const DEEPEST_ENCODING = 2
/** A body that nobody wants is read to its end up to here, so that its connection can be used again. */
const DUMP_BYTES = 16 * 1024

/**
 * Reads a body of at most `maxBytes`, and drops the connection as soon as it is longer, or says it will be; of a body
 * that may be cut, the first `maxBytes` are what is wanted.
 */
export async function readBody(body: Dispatcher.ResponseData['body'], length: string | undefined, cap: BodyCap) {
  if (!cap.cut && Number(length ?? 0) > cap.maxBytes) {
    // Destroying emits an error that nobody else would listen to.
    body.on('error', () => {}).destroy()
    throw tooLarge(`says it is ${length} bytes long`, cap)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > cap.maxBytes && !cap.cut) throw tooLarge('is longer', cap)
    chunks.push(chunk)
    if (bytes > cap.maxBytes) return Buffer.concat(chunks, cap.maxBytes)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)
}

/** What a body may measure, packed and unpacked. */
export interface BodyCap {
  readonly url: string
  readonly maxBytes: number
  /** Whether a longer body is taken as far as the cap reaches, instead of being refused; default false. */
  readonly cut?: boolean | undefined
}

/**
 * Undoes `Content-Encoding` (which servers send even unasked) under the same cap, so that a small compressed bomb
 * can't become a large body. Encodings we don't know are left as they are.
 */
export async function unpackBody(bytes: Buffer, encoding: string | undefined, cap: BodyCap): Promise<Buffer> {
  const layers = (encoding ?? '').split(',').flatMap((layer) => UNPACK[layer.trim().toLowerCase()] ?? [])
  if (layers.length > DEEPEST_ENCODING) {
    throw new RequestFailure('bad_response', `${cap.url} is packed ${layers.length} times over.`, { url: cap.url })
  }
  // Some servers name an encoding for a body that isn't there.
  if (bytes.length === 0) return bytes
  let unpacked = bytes
  for (const unpack of layers.reverse()) {
    try {
      unpacked = await unpack(unpacked, { maxOutputLength: cap.maxBytes })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('unpacks to more', cap)
      const message = `${cap.url} can't be unpacked (${encoding}): ${(cause as Error).message}.`
      throw new RequestFailure('bad_response', message, { url: cap.url, cause })
    }
  }
  return unpacked
}

/** Gets rid of a body: reads a short one, cuts a long one off. Never fails. */
export async function discardBody(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<void> {
  await body.dump({ limit: DUMP_BYTES, signal }).catch(() => {})
}

function tooLarge(how: string, { url, maxBytes }: BodyCap): RequestFailure {
  return new RequestFailure('too_large', `${url} ${how}; at most ${maxBytes} bytes are taken.`, { url })
}
