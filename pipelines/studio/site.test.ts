import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite } from './site.ts'

let folder: string
let server: RunningServer
const SCRIPT = `export const words = ${JSON.stringify('loom '.repeat(2_000))}`
const PAGE = '<!doctype html><title>studio</title>'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-site-'))
  await writeFile(join(folder, 'secret.txt'), 'hidden words')
  const dist = join(folder, 'dist')
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(dist, 'index.html'), PAGE)
  await writeFile(join(dist, 'assets', 'main-Ab12.js'), SCRIPT)
  await writeFile(join(dist, 'icon.png'), Buffer.alloc(5_000))
  server = await createServer({ routes: [], fallback: await openSite(dist) })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

/** Sends a path and headers as they are; `fetch` would tidy and unpack. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const sent = request({ port: server.port, path, method, headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece) => pieces.push(piece))
      const { statusCode = 0, headers } = response
      response.on('end', () => resolve({ status: statusCode, headers, body: Buffer.concat(pieces) }))
    })
    sent.on('error', reject).end()
  })
}

describe('the page', () => {
  it.each(['/', '/?q=a+cat', '/row/some%2Fid.png', '/make', '/runs', '/map', '/anything'])(
    'is at %s, and is asked for anew each time',
    async (path) => {
      const response = await get(path)
      expect(await response.text()).toBe(PAGE)
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(response.headers.get('content-type')).toContain('text/html')
    },
  )

  it('may load nothing from elsewhere, and run no script but its own', async () => {
    const { headers } = await get('/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('is not what a missing file, an unknown API or another method is answered with', async () => {
    for (const path of ['/assets/main-Zz99.js', '/api/nothing', '/reports/x', '/nothing.js']) {
      expect((await get(path)).status, path).toBe(404)
    }
    expect((await fetch(`${server.url}/make`, { method: 'POST' })).status).toBe(404)
  })

  it('never leaves its folder', async () => {
    for (const path of ['/../secret.txt', '/assets/../../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt']) {
      const { status, body } = await raw(path)
      expect(body.toString(), path).not.toContain('hidden')
      expect([200, 404], path).toContain(status)
    }
  })

  it('must have been built', async () => {
    await expect(openSite(join(folder, 'nowhere'))).rejects.toThrow(/no page in .*npm run build/)
  })
})

describe('a file that is named by its content', () => {
  it('is kept for good, and is not sent twice', async () => {
    const first = await get('/assets/main-Ab12.js')
    expect(await first.text()).toBe(SCRIPT)
    expect(first.headers.get('cache-control')).toContain('immutable')
    expect(first.headers.get('content-type')).toContain('text/javascript')
    const again = await raw('/assets/main-Ab12.js', { 'if-none-match': `"x", ${first.headers.get('etag')}` })
    // `fetch` asks for packed bytes, this does not: another body, another tag.
    expect(again.status).toBe(200)
    expect((await raw('/assets/main-Ab12.js', { 'if-none-match': String(again.headers.etag) })).status).toBe(304)
  })

  it('comes packed to those who take it so', async () => {
    const { headers, body } = await raw('/assets/main-Ab12.js', { 'accept-encoding': 'gzip, deflate, br' })
    expect(headers['content-encoding']).toBe('br')
    expect(body.length).toBeLessThan(SCRIPT.length / 20)
    expect(brotliDecompressSync(body).toString()).toBe(SCRIPT)
    const coding = async (accepted: string) =>
      (await raw('/assets/main-Ab12.js', { 'accept-encoding': accepted })).headers['content-encoding']
    expect(await coding('gzip')).toBe('gzip')
    expect(await coding('br;q=0, gzip')).toBe('gzip')
    expect(await coding('identity')).toBeUndefined()
  })

  it('is not packed where that saves nothing', async () => {
    const accept = { 'accept-encoding': 'br' }
    expect((await raw('/icon.png', accept)).headers['content-encoding']).toBeUndefined()
    expect((await raw('/', accept)).headers['content-encoding']).toBeUndefined()
  })

  it('tells its length to HEAD without a body', async () => {
    const { headers, body } = await raw('/assets/main-Ab12.js', {}, 'HEAD')
    expect(headers['content-length']).toBe(String(SCRIPT.length))
    expect(body).toHaveLength(0)
  })
})
