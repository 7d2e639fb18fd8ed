import { RequestError } from './request-error.ts'

/** What bodies may hold. */
export interface BodyLimits {
  /** Bytes of a JSON body; default 262,144. */
  readonly jsonBytes: number
  /** Bytes of one uploaded picture; default 20 MiB. */
  readonly pictureBytes: number
  /** Pictures of one request; default 8. */
  readonly pictures: number
  /** Bytes of a multipart body; default 32 MiB. */
  readonly multipartBytes: number
}

/** The default limits. */
export const BODY_LIMITS: BodyLimits = {
  jsonBytes: 256 * 1024,
  pictureBytes: 20 * 1024 * 1024,
  pictures: 8,
  multipartBytes: 32 * 1024 * 1024,
}

/** A body taken apart: its JSON, and the pictures beside it. */
export interface ParsedBody {
  readonly json: unknown
  readonly uploads: ReadonlyMap<string, Uint8Array>
}

/**
 * Reads a request's body: JSON, or, where the endpoint takes it, multipart with the JSON in the field of that name.
 * Only these two media types are taken, so that a form of another page cannot pass for a request of ours.
 * @throws RequestError for another media type, a body that is too large, or one that is malformed.
 */
export async function readBody(request: Request, limits: BodyLimits, field?: string): Promise<ParsedBody> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') {
    const bytes = await readBytes(request, limits.jsonBytes)
    return { json: parseJson(bytes.toString('utf8'), 'body'), uploads: new Map() }
  }
  if (field && type === 'multipart/form-data') {
    return parseMultipart(await formOf(request, limits.multipartBytes), limits, field)
  }
  const expected = field ? 'application/json or multipart/form-data' : 'application/json'
  throw new RequestError(415, 'media_type', `The body is ${type ?? 'of no media type'}; expected ${expected}.`)
}

async function readBytes(request: Request, limit: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => new RequestError(413, 'too_large', `The body is too large; at most ${limit} bytes are read.`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = request.body?.getReader()
  for (;;) {
    const chunk = await reader?.read()
    if (!chunk || chunk.done) break
    bytes += chunk.value.byteLength
    if (bytes > limit) {
      await reader?.cancel().catch(() => undefined)
      throw tooLarge()
    }
    chunks.push(chunk.value)
  }
  return Buffer.concat(chunks)
}

async function formOf(request: Request, limit: number): Promise<FormData> {
  const bytes = await readBytes(request, limit)
  const type = request.headers.get('content-type') ?? ''
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData()
  } catch {
    throw new RequestError(400, 'bad_body', 'The multipart body is malformed.')
  }
}

async function parseMultipart(form: FormData, limits: BodyLimits, field: string): Promise<ParsedBody> {
  const uploads = new Map<string, Uint8Array>()
  let json: unknown
  for (const [name, value] of form) {
    if (name === field) {
      const text = typeof value === 'string' ? value : await value.text()
      if (text.length > limits.jsonBytes) throw new RequestError(413, 'too_large', `The field ${name} is too large.`)
      json = parseJson(text, `field ${field}`)
    } else uploads.set(unused(name, uploads), await pictureOf(name, value, limits))
    if (uploads.size > limits.pictures) {
      throw new RequestError(413, 'too_large', `At most ${limits.pictures} pictures may be sent at once.`)
    }
  }
  return { json, uploads }
}

function unused(name: string, uploads: ReadonlyMap<string, Uint8Array>): string {
  if (name.length > 100) throw new RequestError(400, 'bad_body', 'A field’s name is longer than 100 characters.')
  if (!uploads.has(name)) return name
  throw new RequestError(400, 'bad_body', `Two pictures came under the name "${name}"; each needs its own.`)
}

async function pictureOf(name: string, value: File | string, limits: BodyLimits): Promise<Uint8Array> {
  if (typeof value === 'string') {
    throw new RequestError(400, 'bad_body', `The field "${name}" is text; a picture was expected, sent as a file.`)
  }
  if (value.size <= limits.pictureBytes) return new Uint8Array(await value.arrayBuffer())
  const text = `The picture "${name}" has ${value.size} bytes; at most ${limits.pictureBytes} are taken.`
  throw new RequestError(413, 'too_large', text)
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestError(400, 'bad_body', `The ${what} is not valid JSON.`)
  }
}
