import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, posix, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { UserError } from '@promptloom/runner/errors'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Types that grow smaller by packing. */
const PACKABLE = /^(text\/|application\/(json|manifest)|image\/svg)/
/** Smaller bodies fit into one packet anyway. */
const LEAST_PACKED = 1_000

/**
 * What the page may do: show and load what this server has, pictures that the user drops (`blob:`), and nothing of
 * anybody else; no script but ours, and none made from text (trusted types).
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

interface PageFile {
  readonly type: string
  readonly etag: string
  /** Named by its content, so that it never changes. */
  readonly hashed: boolean
  /** Bytes by content coding; packed ones are made when first asked for. */
  readonly codings: Map<'identity' | 'br' | 'gzip', Promise<Buffer>>
}

/** Serves a built page: its files, and the page itself for every address that is one of its views. */
export type Site = (request: Request) => Promise<Response | undefined>

/**
 * Reads a built page into memory.
 * @param folder what the front end's build has written: `index.html`, and files named by their content in `assets/`
 * @throws UserError where there is no page
 */
export async function openSite(folder: string): Promise<Site> {
  const files = new Map<string, PageFile>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(folder, path).split(sep).join(posix.sep)}`, pageFile(entry.name, path, await readFile(path)))
  }
  const page = files.get('/index.html')
  if (!page) throw new UserError(`There is no page in ${folder}; build it with "npm run build -w packages/studio".`)
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const { pathname } = new URL(request.url)
    const file = files.get(pathname) ?? (isView(pathname) ? page : undefined)
    return file && respond(file, request)
  }
}

/** Addresses of views have no ending, unless an id gives them one; those of the API are never views. */
function isView(pathname: string): boolean {
  if (/^\/(api|reports|assets)(\/|$)/.test(pathname)) return false
  return pathname.startsWith('/row/') || extname(pathname) === ''
}

function pageFile(name: string, path: string, bytes: Buffer): PageFile {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    etag: digest,
    hashed: /[/\\]assets[/\\]/.test(path),
    codings: new Map([['identity', Promise.resolve(bytes)]]),
  }
}

async function respond(file: PageFile, request: Request): Promise<Response> {
  const { type, hashed } = file
  const coding = PACKABLE.test(type) ? codingFor(request.headers.get('accept-encoding') ?? '') : 'identity'
  const plain = (await file.codings.get('identity')) as Buffer
  const used = plain.length < LEAST_PACKED ? 'identity' : coding
  const etag = `"${file.etag}${used === 'identity' ? '' : `-${used}`}"`
  const headers: Record<string, string> = {
    etag,
    'cache-control': hashed ? 'private, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    'content-security-policy': PAGE_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  }
  const had = request.headers.get('if-none-match')?.split(',') ?? []
  if (had.some((one) => one.trim() === etag)) return new Response(null, { status: 304, headers })
  const body = used === 'identity' ? plain : await packed(file, used, plain)
  headers['content-type'] = type
  headers['content-length'] = String(body.length)
  if (used !== 'identity') headers['content-encoding'] = used
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers })
}

function codingFor(accepted: string): 'identity' | 'br' | 'gzip' {
  const refused = (coding: string) => new RegExp(`\\b${coding}\\s*;\\s*q=0(\\.0*)?\\s*(,|$)`).test(accepted)
  for (const coding of ['br', 'gzip'] as const) {
    if (new RegExp(`\\b${coding}\\b`).test(accepted) && !refused(coding)) return coding
  }
  return 'identity'
}

function packed(file: PageFile, coding: 'br' | 'gzip', plain: Buffer): Promise<Buffer> {
  const known = file.codings.get(coding)
  if (known) return known
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const made = coding === 'br' ? promisify(brotliCompress)(plain, quality) : promisify(gzip)(plain)
  file.codings.set(coding, made)
  return made
}
