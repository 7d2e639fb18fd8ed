import { createHash } from 'node:crypto'
import { mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promptRow, type Trial, trial } from './collection.double.ts'
import { type HostileServer, hostileServer } from './hostile-server.double.ts'
import { OUTCOMES } from './outcomes.ts'
import { pictureSamples } from './picture-samples.double.ts'

let server: HostileServer
let samples: Readonly<Record<string, Buffer>>
let attempt: Trial
let rows: Awaited<ReturnType<Trial['rows']>>
let localRoot: string
let expected: Record<string, string>
let memory = 0

/** Bytes that a body may have in these tests. */
const MAX_BYTES = 1_000_000

beforeAll(async () => {
  samples = await pictureSamples()
  server = await hostileServer(samples)
  localRoot = await mkdtemp(join(tmpdir(), 'local-'))
  await writeFile(join(localRoot, 'here.jpg'), samples['profile.jpg'] as Buffer)
  await symlink('/etc/hostname', join(localRoot, 'escape.jpg'))
  const { origin, refusing, babbling } = server
  const at = (path: string) => `${origin}/${path}`
  const table: readonly (readonly [url: string, outcome: string])[] = [
    [at('ok.jpg'), 'ok'],
    [at('ok.png'), 'ok'],
    [at('ok.webp'), 'ok'],
    [at('ok.gif'), 'ok'],
    [at('cmyk.jpg'), 'ok'],
    [at('16-bit.png'), 'ok'],
    [at('upside-down.jpg'), 'ok'],
    [at('moving.gif'), 'ok'],
    [at('moving.webp'), 'ok'],
    [at('alpha.png'), 'ok'],
    [at('moved/grey.jpg'), 'ok'],
    [at('another-name-for-ok.jpg'), 'duplicate'],
    [at('others.jpg'), 'duplicate'],
    ['here.jpg', 'ok'],
    ['', 'no_url'],
    ['ftp://example.org/a.jpg', 'bad_url'],
    ['http://', 'bad_url'],
    [at('to-file'), 'bad_url'],
    ['missing.jpg', 'missing_file'],
    ['file:///etc/passwd', 'blocked_address'],
    ['../../../etc/passwd', 'blocked_address'],
    ['escape.jpg', 'blocked_address'],
    ['http://10.0.0.1/a.jpg', 'blocked_address'],
    ['http://127.0.0.2/a.jpg', 'blocked_address'],
    ['http://2130706434/a.jpg', 'blocked_address'],
    ['http://[::1]/a.jpg', 'blocked_address'],
    ['http://[::ffff:192.168.1.1]/a.jpg', 'blocked_address'],
    ['http://169.254.169.254/latest/meta-data/', 'blocked_address'],
    [at('to-metadata'), 'blocked_address'],
    [at('to-private'), 'blocked_address'],
    [at('404'), 'http_404'],
    [at('410'), 'http_404'],
    [at('403'), 'http_403'],
    [at('418'), 'http_4xx'],
    [at('429'), 'http_429'],
    [at('500'), 'http_5xx'],
    [at('loop'), 'redirects'],
    ['http://nowhere.invalid/a.jpg', 'dns'],
    [`http://127.0.0.1:${await closedPort()}/a.jpg`, 'connect'],
    [at('reset'), 'connect'],
    [origin.replace('http:', 'https:'), 'tls'],
    [at('hang'), 'timeout'],
    [at('stall'), 'timeout'],
    [at('drip'), 'timeout'],
    [at('cut-short'), 'incomplete'],
    [`${babbling}/a.jpg`, 'bad_response'],
    [at('badly-packed'), 'bad_response'],
    [at('long-header'), 'bad_response'],
    [at('huge'), 'too_large'],
    [at('endless'), 'too_large'],
    [at('packed-bomb'), 'too_large'],
    [at('noai.jpg'), 'opted_out'],
    [at('noimageai.jpg'), 'opted_out'],
    [at('promptloom.jpg'), 'opted_out'],
    [at('empty.jpg'), 'not_an_image'],
    [at('page.jpg'), 'not_an_image'],
    [at('drawing.jpg'), 'unsupported_format'],
    [at('scan.tif'), 'unsupported_format'],
    [at('truncated.jpg'), 'truncated'],
    [at('truncated.webp'), 'truncated'],
    [at('corrupt.jpg'), 'corrupt'],
    [at('corrupt.png'), 'corrupt'],
    [at('bomb.png'), 'too_many_pixels'],
    [at('tiny.png'), 'too_small'],
    [at('large.jpg'), 'wrong_size'],
    [at('truncated.png'), 'placeholder'],
    ...Array.from({ length: 8 }, (_, n) => [`${refusing}/${n}.jpg`, 'host_gave_up'] as const),
  ]
  expected = Object.fromEntries(table.map(([url, outcome], at) => [`${at} ${url}`, outcome]))
  const sized = (url: string) => (url.endsWith('large.jpg') ? { width: 512, height: 512 } : { width: 0, height: 0 })
  attempt = await trial([table.map(([url], at) => promptRow(`${at} ${url}`, url, sized(url)))])
  const watch = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage().rss)
  }, 20)
  const before = process.memoryUsage().rss
  const result = await attempt.run(options())
  clearInterval(watch)
  memory -= before
  expect(result.stages.flatMap((stage) => stage.failures)).toEqual([])
  rows = await attempt.rows()
}, 60_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

function options() {
  return {
    localRoot,
    maxBytes: MAX_BYTES,
    maxPixels: 10_000_000,
    // Long enough for a busy machine to be told from a server that hangs.
    headersTimeout: 1.5,
    idleTimeout: 1.5,
    totalTimeout: 5,
    matchSize: true,
    placeholders: [sha256('truncated.png')],
    giveUpAfter: 3,
  }
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

test('every row ends in its named outcome', () => {
  expect(Object.fromEntries([...rows].map(([id, row]) => [id, row.outcome]))).toEqual(expected)
})

test('the rows above leave no outcome out but the one that takes a picture of seconds', () => {
  expect(new Set([...Object.values(expected), 'decode_timeout'])).toEqual(new Set(Object.keys(OUTCOMES)))
})

test('the checkpoint counts each row once', async () => {
  const { outcomes, rows: total } = await attempt.checkpoint()
  const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  expect([counted, total]).toEqual([Object.keys(expected).length, Object.keys(expected).length])
})

test('exactly the good rows have a picture, and duplicates have the first one’s', async () => {
  for (const [id, row] of rows) {
    const bytes = await attempt.picture(id)
    expect(bytes !== undefined, id).toBe(row.outcome === 'ok' || row.outcome === 'duplicate')
  }
  const first = [...rows.values()].find((row) => row.id.endsWith('/ok.jpg'))
  for (const row of rows.values()) {
    if (row.outcome !== 'duplicate') continue
    expect(row).toMatchObject({ duplicate_of: first?.id, sha256: first?.sha256, offset: first?.offset })
  }
})

test('what is known of a picture is kept, and so is the evidence of an opt-out', () => {
  const row = (ending: string) => [...rows.values()].find(({ id }) => id.endsWith(ending))
  expect(row('/moved/grey.jpg')).toMatchObject({ status: 200, format: 'jpeg', width: 96, height: 80, space: 'b-w' })
  expect(row('/moved/grey.jpg')?.fetch.final_url).toBe(`${server.origin}/grey.jpg`)
  expect(row('/ok.jpg')).toMatchObject({ sha256: sha256('ok.jpg'), bytes: samples['ok.jpg']?.length })
  expect(row('/ok.jpg')?.fetch.fetched_at).toMatch(/^\d{4}-\d\d-\d\dT/)
  expect(row('/noai.jpg')?.fetch.opt_out).toBe('x-robots-tag: noai')
  expect(row('/promptloom.jpg')?.fetch.opt_out).toBe('x-robots-tag: promptloom: noml')
  expect(row('/404')).toMatchObject({ status: 404, sha256: '' })
})

test('private networks were never asked, nor what opted out downloaded twice', () => {
  expect(server.asked.filter((path) => path === '/noai.jpg')).toHaveLength(1)
  expect(server.asked.filter((path) => path === '/404')).toHaveLength(1)
  expect(server.asked.filter((path) => path === '/500')).toHaveLength(2)
})

test('sockets and memory stay within their bounds', () => {
  expect(server.sockets().most).toBeLessThanOrEqual(16)
  expect(memory).toBeLessThan(300 * 2 ** 20)
})

test('the next run asks only for what was transient, and finds it', async () => {
  const asked = server.asked.length
  const before = await attempt.rows()
  server.calm()
  expect(await attempt.run(options())).toMatchObject({ exitCode: 0 })
  const transient = [...before.values()].filter(
    ({ outcome }) => OUTCOMES[outcome as keyof typeof OUTCOMES] === 'transient',
  )
  const again = new Set(server.asked.slice(asked))
  const expectedAgain = transient
    .filter(({ id }) => id.includes(`${server.origin}/`))
    .map(({ id }) => new URL(id.split(' ')[1] ?? '').pathname)
  expect(again).toEqual(new Set(expectedAgain))
  const after = await attempt.rows()
  for (const [id, row] of before) {
    if (transient.includes(row)) continue
    expect(after.get(id)).toMatchObject({ outcome: row.outcome, sha256: row.sha256, fetch: row.fetch })
  }
  expect(after.get([...before.keys()].find((id) => id.endsWith('/hang')) ?? '')?.outcome).toBe('duplicate')
})

function sha256(name: string): string {
  return createHash('sha256')
    .update(samples[name] as Buffer)
    .digest('hex')
}
