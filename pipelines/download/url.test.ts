import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Loopback, loopback } from '@promptloom/http/loopback.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestWorkspace, testWorkspace } from './workspace.double.ts'

const CSV = 'id,prompt,url,width,height,source_site\n1,a cat,,512,512,s\n'

let workspace: TestWorkspace
let server: Loopback
let content: Buffer
let etag: string
let requests: { url: string | undefined; range: string | undefined; encoding: string | undefined }[]

beforeEach(async () => {
  workspace = await testWorkspace()
  requests = []
  content = Buffer.from(CSV)
  etag = '"1"'
  server = await loopback((request, response) => {
    const { range, 'accept-encoding': encoding } = request.headers
    requests.push({ url: request.url, range, encoding: String(encoding) })
    if (request.url?.startsWith('/missing')) return response.writeHead(404).end()
    if (request.url?.startsWith('/moved')) return response.writeHead(302, { location: '/p.csv' }).end()
    if (request.url?.startsWith('/loop')) return response.writeHead(302, { location: '/loop' }).end()
    if (request.url?.startsWith('/file')) return response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    if (request.url?.startsWith('/page')) return response.end('<!DOCTYPE html><title>Sign in</title>')
    return response.writeHead(200, { etag, 'content-length': content.length }).end(content)
  })
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const csv = () => readFile(join(workspace.path, 'download', 'source.csv'), 'utf8')

describe('a URL', () => {
  it('is downloaded once, redirected or packed, and never asked for unpacked lengths', async () => {
    content = gzipSync(CSV)
    const source = `${server.origin}/moved?signature=s3cret`
    await workspace.run({ source })
    expect(await csv()).toBe(CSV)
    expect(requests.map((one) => one.encoding)).toEqual(['identity', 'identity'])
    expect((await workspace.run({ source })).stages[0]).toMatchObject({ ran: 0 })
    expect(requests).toHaveLength(2)
    expect(JSON.stringify(await workspace.checkpoints())).not.toContain('s3cret')
  })

  it('is downloaded again when it changed, with refresh', async () => {
    const source = `${server.origin}/p.csv`
    await workspace.run({ source, refresh: true })
    expect((await workspace.run({ source, refresh: true })).stages[0]).toMatchObject({ ran: 0 })
    content = Buffer.from(CSV.replace('cat', 'dog'))
    etag = '"2"'
    expect((await workspace.run({ source, refresh: true })).stages[0]).toMatchObject({ ran: 2 })
    expect(await csv()).toContain('a dog')
  })

  it('that is no collection is told apart', async () => {
    const at = (path: string) => workspace.run({ source: `${server.origin}/${path}` })
    await expect(at('missing.csv')).rejects.toThrow(/missing\.csv is not there \(HTTP 404\)/)
    await expect(at('page')).rejects.toThrow(/is a web page/)
    await expect(at('loop')).rejects.toThrow(/redirects more than 10 times/)
    await expect(at('file')).rejects.toThrow(/not safe to follow/)
  })

  it('whose host cannot be reached is a failure that may pass', async () => {
    const { origin } = server
    await server[Symbol.asyncDispose]()
    const result = await workspace.run({ source: `${origin}/p.csv` })
    expect(result.exitCode).toBe(1)
    expect(result.stages[0]?.failures[0]?.message).toMatch(/p\.csv could not be read: .*ECONNREFUSED/)
    server = await loopback((_request, response) => response.end())
  })
})
