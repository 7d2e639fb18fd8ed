import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictureLibrary } from '@promptloom/dataset/picture-library'
import type { Listener } from '@promptloom/runner/progress'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promptRow, trial } from './collection.double.ts'
import { deadLinks } from './dead-links.ts'
import { type HostileServer, hostileServer } from './hostile-server.double.ts'
import { pictureSamples } from './picture-samples.double.ts'

let server: HostileServer
let samples: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  samples = await pictureSamples()
  server = await hostileServer(samples)
})
afterAll(() => server[Symbol.asyncDispose]())

const retry = (...outcomes: string[]) => ({ retry: { stage: 'fetch-images', outcomes: new Set(outcomes) } })

test('a second run finds everything done, and asks nobody', async () => {
  const attempt = await trial([[promptRow('a', `${server.origin}/ok.jpg`), promptRow('b', `${server.origin}/404`)]])
  await attempt.run()
  const asked = server.asked.length
  const { stages } = await attempt.run()
  expect(stages.find(({ stage }) => stage === 'fetch-images')).toMatchObject({ ran: 0, skipped: 1 })
  expect(server.asked).toHaveLength(asked)
})

test('only the outcomes asked for are tried again; all else is carried over as it was', async () => {
  await using flaky = await hostileServer(samples)
  const paths = ['hang', '500', 'ok.png', '404', 'ok.jpg', 'cut-short', 'ok.webp']
  const attempt = await trial([paths.map((path) => promptRow(path, `${flaky.origin}/${path}`))])
  await attempt.run()
  const before = await attempt.rows()
  const pictures = await Promise.all(['ok.png', 'ok.webp'].map((id) => attempt.picture(id)))
  flaky.calm()
  flaky.asked.length = 0
  await attempt.run({}, retry('http_5xx', 'http_404'))
  expect(new Set(flaky.asked)).toEqual(new Set(['/500', '/404']))
  const after = await attempt.rows()
  for (const id of ['hang', 'cut-short']) expect(after.get(id)).toEqual(before.get(id))
  for (const id of ['ok.png', 'ok.webp']) expect(after.get(id)?.fetch).toEqual(before.get(id)?.fetch)
  expect(await Promise.all(['ok.png', 'ok.webp'].map((id) => attempt.picture(id)))).toEqual(pictures)
})

test('which row of several with the same bytes is kept depends on their order, never on the network', async () => {
  await using flaky = await hostileServer(samples)
  const rows = ['500', 'ok.jpg', 'copy.jpg'].map((path) => promptRow(path, `${flaky.origin}/${path}`))
  const late = await trial([rows])
  await late.run()
  expect([...(await late.rows()).values()].map(({ outcome }) => outcome)).toEqual(['http_5xx', 'ok', 'duplicate'])
  flaky.calm()
  await late.run({}, retry('http_5xx'))
  const found = [...(await late.rows()).values()]
  expect(found.map(({ outcome, duplicate_of }) => [outcome, duplicate_of])).toEqual([
    ['ok', ''],
    ['duplicate', '500'],
    ['duplicate', '500'],
  ])
  const atOnce = await trial([rows])
  await atOnce.run()
  const status = (all: typeof found) => all.map(({ fetch: _, ...row }) => row)
  expect(status([...(await atOnce.rows()).values()])).toEqual(status(found))
  expect(await atOnce.digests()).toEqual(await late.digests())
})

test('options that only concern speed redo nothing; those that concern the pictures redo all', async () => {
  const attempt = await trial([[promptRow('a', `${server.origin}/large.jpg`)]])
  await attempt.run()
  const asked = server.asked.length
  await attempt.run({ hostRate: 7, concurrency: 3, contact: 'https://example.org' })
  expect(server.asked).toHaveLength(asked)
  await attempt.run({ maxSide: 100, store: 'webp' })
  expect(server.asked).toHaveLength(asked + 1)
  expect((await attempt.rows()).get('a')).toMatchObject({ stored_format: 'webp', stored_width: 100 })
})

test('without any network every row is dns, soon', async () => {
  const rows = Array.from({ length: 2000 }, (_, n) => promptRow(`id-${n}`, `http://host-${n % 2}.invalid/${n}.jpg`))
  const attempt = await trial([rows])
  // Each failure more would double the pause before the next.
  await attempt.run({ giveUpAfter: 3 })
  expect((await attempt.checkpoint()).outcomes).toEqual({ dns: 2000 })
})

test('rows without an address, and none at all', async () => {
  const attempt = await trial([[promptRow('a', ''), promptRow('b', ' ')], []])
  expect(await attempt.run()).toMatchObject({ exitCode: 0 })
  expect((await attempt.checkpoint()).outcomes).toEqual({ no_url: 2 })
  expect((await attempt.checkpoint('00001')).outcomes).toEqual({})
})

test('a broken machine fails the shard, and is no outcome', async () => {
  const attempt = await trial([[promptRow('a', `${server.origin}/ok.jpg`)]])
  await mkdir(join(attempt.workspace, 'cache'))
  await writeFile(join(attempt.workspace, 'cache', 'fetch-images'), 'in the way')
  const { exitCode, stages } = await attempt.run()
  expect(exitCode).toBe(1)
  expect(stages.at(-1)?.failures[0]?.message).toMatch(/EEXIST|ENOTDIR/)
})

test('an interrupted run ends at once, and the next one goes on with what is there', async () => {
  const paths = ['ok.jpg', 'ok.png', 'hang']
  const attempt = await trial([paths.map((path) => promptRow(path, `${server.origin}/${path}`))])
  const interrupt = new AbortController()
  const limits = { headersTimeout: 60, idleTimeout: 60, totalTimeout: 60 }
  const listener: Listener = (event) => {
    if (event.type === 'shard-progress' && event.stage === 'fetch-images' && event.rows === 2) interrupt.abort()
  }
  expect(await attempt.run(limits, { signal: interrupt.signal, listener })).toMatchObject({ exitCode: 3 })
  const spool = join(attempt.workspace, 'cache', 'fetch-images')
  expect(await readdir(spool)).toEqual(['00000.spool'])
  server.asked.length = 0
  expect(await attempt.run({ attempts: 1, totalTimeout: 0.1 })).toMatchObject({ exitCode: 0 })
  expect(new Set(server.asked)).toEqual(new Set(['/hang']))
  expect(await readdir(spool)).toEqual([])
})

test.each(['jpeg', 'original'])(
  'pictures larger than all of the memory for them come one by one, kept as %s',
  async (store) => {
    const localRoot = await mkdtemp(join(tmpdir(), 'local-'))
    await writeFile(join(localRoot, 'here.jpg'), samples['profile.jpg'] as Buffer)
    const paths = ['ok.jpg', 'ok.png', 'moved/grey.jpg', 'large.jpg', '404', 'truncated.jpg']
    const rows = [...paths.map((path) => promptRow(path, `${server.origin}/${path}`)), promptRow('here', 'here.jpg')]
    const attempt = await trial([rows])
    expect(await attempt.run({ bodyMemory: 1, store, localRoot })).toMatchObject({ exitCode: 0 })
    expect((await attempt.checkpoint()).outcomes).toEqual({ ok: 5, http_404: 1, truncated: 1 })
  },
)

test('every picture of the workspace can be had by its id', async () => {
  const shard = (name: string) =>
    ['ok.jpg', 'copy.jpg', '404'].map((path) => promptRow(`${name}/${path}`, `${server.origin}/${path}`))
  const attempt = await trial([shard('first'), shard('second')])
  await attempt.run()
  await using library = await openPictureLibrary(attempt.workspace)
  expect(library.count).toBe(4)
  const first = await attempt.picture('first/ok.jpg')
  expect(await library.read('first/ok.jpg')).toEqual(first)
  expect(await library.read('second/copy.jpg')).toEqual(first)
  expect(await library.read('first/404')).toBeUndefined()
})

test('the dead-link report counts per host and month', async () => {
  const named = server.origin.replace('127.0.0.1', 'localhost')
  const attempt = await trial([
    ['ok.jpg', '404', '403'].map((path, n) => promptRow(`a${n}`, `${server.origin}/${path}`)),
    [
      ...['ok.png', '404'].map((path, n) => promptRow(`b${n}`, `${n ? named : server.origin}/${path}`)),
      promptRow('c', ''),
    ],
  ])
  await attempt.run({ allowPrivate: ['127.0.0.1', 'localhost'] })
  const month = new Date().toISOString().slice(0, 7)
  const report = deadLinks([await attempt.checkpoint(), await attempt.checkpoint('00001')])
  expect(report).toEqual([
    { host: new URL(server.origin).host, month, outcomes: { http_403: 1, http_404: 1, ok: 2 }, rows: 4, dead: 2 },
    { host: new URL(named).host, month, outcomes: { http_404: 1 }, rows: 1, dead: 1 },
  ])
})
