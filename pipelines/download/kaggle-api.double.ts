import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Loopback, loopback } from '@promptloom/http/loopback.double'

/** One request that the double saw. */
export interface SeenRequest {
  readonly server: 'api' | 'storage'
  readonly path: string
  readonly authorization: string | undefined
  readonly range: string | undefined
}

/** How the double misbehaves. Each number counts down the times it happens. */
export interface Misbehaviour {
  /** 429 as `{"code":429}`, and as Google's `{"error":{…}}`. */
  flatLimit: number
  nestedLimit: number
  /** A JSON error of this code with HTTP 200. */
  errorWith200: number
  unavailable: number
  /** The storage's signature has expired. */
  expired: number
  /** The connection is cut after half of what was asked for. */
  cut: number
  /** Range is answered with the whole file and 200. */
  ignoresRange: number
  /** Range is answered with 206 for another range. */
  wrongRange: number
  /** One byte is changed on the way. */
  corrupt: number
}

/** A Kaggle API and its storage, two servers on loopback, holding one set. */
export interface KaggleDouble extends AsyncDisposable {
  readonly api: string
  readonly requests: SeenRequest[]
  readonly misbehave: Misbehaviour
  /** Files of each version; the last version is the current one. */
  readonly versions: Record<string, Buffer>[]
  /** Only this Authorization is let in, when set. */
  allowed: string | undefined
}

/** Waits until the client has kept the first so many bytes of the file. */
export type Kept = (bytes: number) => Promise<unknown>

/**
 * Starts the double with one version of the set `owner/prompts`, licence CC0-1.0.
 * @param kept what a cut waits for: bytes that the client hasn't read by then are lost.
 */
export async function kaggleDouble(files: Record<string, Buffer>, kept: Kept): Promise<KaggleDouble> {
  const requests: SeenRequest[] = []
  const misbehave = Object.fromEntries(
    [
      'flatLimit',
      'nestedLimit',
      'errorWith200',
      'unavailable',
      'expired',
      'cut',
      'ignoresRange',
      'wrongRange',
      'corrupt',
    ].map((name) => [name, 0]),
  ) as unknown as Misbehaviour
  const note = (server: SeenRequest['server'], { url = '', headers }: IncomingMessage) =>
    requests.push({ server, path: url, authorization: headers.authorization, range: headers.range })
  const versions = [files]
  const storage = await loopback((request, response) => {
    note('storage', request)
    serveFile(request, response, { double, kept })
  })
  const api = await loopback((request, response) => {
    note('api', request)
    serveApi(request, response, { double, storage })
  })
  const double: KaggleDouble = {
    api: `${api.origin}/api/v1`,
    requests,
    misbehave,
    versions,
    allowed: undefined,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]()
      await storage[Symbol.asyncDispose]()
    },
  }
  return double
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function happens(misbehave: Misbehaviour, name: keyof Misbehaviour): boolean {
  if (misbehave[name] === 0) return false
  misbehave[name]--
  return true
}

function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  { double, storage }: { double: KaggleDouble; storage: Loopback },
): unknown {
  const { misbehave, versions, allowed } = double
  if (happens(misbehave, 'flatLimit')) return json(response, 429, { code: 429, message: 'Too many requests' })
  if (happens(misbehave, 'nestedLimit')) {
    return json(response, 429, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }, { 'retry-after': '0' })
  }
  if (happens(misbehave, 'unavailable')) return response.writeHead(503).end('busy')
  if (happens(misbehave, 'errorWith200')) return json(response, 200, { code: 403, message: 'consent is needed' })
  if (allowed !== undefined && request.headers.authorization !== allowed) {
    return json(response, 401, { code: 401, message: 'Unauthenticated' })
  }
  const url = new URL(request.url ?? '', 'http://api')
  const [, verb, file] =
    /^\/api\/v1\/datasets\/(view|list|download)\/owner\/prompts(?:\/(.+))?$/.exec(url.pathname) ?? []
  const version = Number(url.searchParams.get('datasetVersionNumber') ?? versions.length)
  const files = versions[version - 1]
  if (!verb || !files) return json(response, 404, { code: 404, message: 'Not found' })
  if (verb === 'view') return json(response, 200, { currentVersionNumber: versions.length, licenseName: 'CC0-1.0' })
  if (verb === 'list') {
    // One file a page, so that paging is exercised.
    const names = Object.keys(files)
    const at = Number(url.searchParams.get('pageToken') ?? 0)
    const datasetFiles = names.slice(at, at + 1).map((name) => ({ name, totalBytes: files[name]?.length }))
    return json(response, 200, { datasetFiles, nextPageToken: at + 1 < names.length ? String(at + 1) : '' })
  }
  const name = decodeURIComponent(file ?? '')
  if (!files[name]) return json(response, 404, { code: 404, message: 'No such file' })
  const location = `${storage.origin}/signed/${version}/${encodeURIComponent(name)}?X-Goog-Signature=s3cret`
  response.writeHead(302, { location }).end()
}

function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  { double: { versions, misbehave }, kept }: { double: KaggleDouble; kept: Kept },
): unknown {
  if (happens(misbehave, 'expired')) {
    return response.writeHead(400).end('<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>')
  }
  const [, version, name] = /^\/signed\/(\d+)\/([^?]+)/.exec(request.url ?? '') as unknown as [string, string, string]
  const whole = versions[Number(version) - 1]?.[decodeURIComponent(name)] as Buffer
  const asked = /^bytes=(\d+)-/.exec(request.headers.range ?? '')
  const ranged = asked !== null && !happens(misbehave, 'ignoresRange')
  const from = ranged ? Number(asked[1]) - (happens(misbehave, 'wrongRange') ? 1 : 0) : 0
  if (from >= whole.length) return response.writeHead(416).end()
  const body = Buffer.from(whole.subarray(from))
  if (happens(misbehave, 'corrupt')) body[0] = (body[0] as number) ^ 1
  response.writeHead(ranged ? 206 : 200, {
    'content-length': body.length,
    'last-modified': 'Tue, 24 Nov 2026 00:00:00 GMT',
    'accept-ranges': 'bytes',
    'x-goog-hash': `crc32c=AAAAAA==,md5=${createHash('md5').update(whole).digest('base64')}`,
    ...(ranged ? { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
  })
  if (!happens(misbehave, 'cut')) return response.end(body)
  const end = () => response.socket?.end()
  const half = body.subarray(0, body.length / 2)
  response.write(half, () => void kept(from + half.length).then(end, end))
}
