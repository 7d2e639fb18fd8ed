import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { Share } from './byte-budget.ts'
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

/** What the header says of a body. */
export interface BodyHead {
  /** `Content-Length`, in bytes. */
  readonly length: string | undefined
  /** `Content-Encoding`. */
  readonly encoding: string | undefined
}

/**
 * Reads a body of at most `maxBytes`, and undoes its packing; drops the connection as soon as it is longer, or says it
 * will be. Of a body that may be cut, the first `maxBytes` are what is wanted. Nothing is read before there is memory
 * for all of it, so that meanwhile the host is held back by its connection; once read, the body holds what it measures.
 */
export async function readBody(body: Dispatcher.ResponseData['body'], head: BodyHead, cap: ReadCap): Promise<Buffer> {
  if (!cap.cut && Number(head.length ?? 0) > cap.maxBytes) {
    // Destroying emits an error that nobody else would listen to.
    body.on('error', () => {}).destroy()
    throw tooLarge(`says it is ${head.length} bytes long`, cap)
  }
  // Nobody listens to a connection that is lost while the body waits; reading tells of it afterwards.
  body.on('error', () => {})
  const share = await cap.reserve(memoryNeeded(head, cap.maxBytes))
  const bytes = await unpackBody(await readBytes(body, cap), head.encoding, cap)
  share.keep(bytes.length)
  return bytes
}

/** Most bytes that a body can take: as sent, and once more for each packing, which may all be there at once. */
function memoryNeeded({ length, encoding }: BodyHead, maxBytes: number): number {
  const said = length === undefined ? Number.NaN : Number(length)
  const sent = Number.isNaN(said) ? maxBytes : Math.min(said, maxBytes)
  return sent + layersOf(encoding).length * maxBytes
}

async function readBytes(body: Dispatcher.ResponseData['body'], cap: BodyCap): Promise<Buffer> {
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

/** What bounds the reading of a body. */
export interface ReadCap extends BodyCap {
  /** Waits for memory for so many bytes; see `ByteBudget`. Who gives it sees to it that all is given back. */
  readonly reserve: (bytes: number) => Promise<Share>
}

/**
 * Undoes `Content-Encoding` (which servers send even unasked) under the same cap, so that a small compressed bomb
 * can't become a large body. Encodings we don't know are left as they are.
 */
export async function unpackBody(bytes: Buffer, encoding: string | undefined, cap: BodyCap): Promise<Buffer> {
  const layers = layersOf(encoding)
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

function layersOf(encoding: string | undefined) {
  return (encoding ?? '').split(',').flatMap((layer) => UNPACK[layer.trim().toLowerCase()] ?? [])
}

/** Gets rid of a body: reads a short one, cuts a long one off. Never fails. */
export async function discardBody(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<void> {
  await body.dump({ limit: DUMP_BYTES, signal }).catch(() => {})
}

function tooLarge(how: string, { url, maxBytes }: BodyCap): RequestFailure {
  return new RequestFailure('too_large', `${url} ${how}; at most ${maxBytes} bytes are taken.`, { url })
}
