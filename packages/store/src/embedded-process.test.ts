import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from './store.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-process-'))
  path = join(folder, 'db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Each process takes a second to start, and three on a busy machine. */
const SLOW = { timeout: 120_000 }
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const program = join(import.meta.dirname, 'held-store.double.ts')

/** Starts the other process; resolves at the first line that matches. */
async function start(until: RegExp, ...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--import', tsx, program, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (until.test(line)) return { child, line }
  }
  throw new Error('the other process ended without a word')
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  await using store = await openStore({ kind: 'embedded', path })
  return await work(store)
}

/** Files of 400 rows each. */
async function prepare(count: number): Promise<string[]> {
  const files = Array.from({ length: count }, (_, at) => join(folder, `${at}.parquet`))
  await inStore(async (store) => {
    await store.table('text').ensure(32)
    for (const [at, file] of files.entries()) {
      await store.database.command(`INSERT INTO FUNCTION file('${file}', 'Parquet')
        SELECT '${at}-' || toString(number) AS id, 'p' AS prompt, '' AS url, 1 AS width, 1 AS height, '' AS source_site,
          'dataset' AS origin, []::Array(String) AS parents, 'm' AS model, false AS truncated,
          arrayMap(i -> toFloat32(randNormal(0, 1, i + number)), range(32)) AS prompt_vector FROM numbers(400)`)
    }
  })
  return files
}

test(
  'a second process gets one clear sentence; the first is not disturbed, and its death frees the store',
  SLOW,
  async () => {
    await inStore(async (store) => {
      await store.table('text').ensure(4)
      const { line } = await start(/^error/, 'hold')
      expect(line).toMatch(/^error 2 The store .*db is in use by another process; .* wait for it to end\.$/)
      expect(await store.table('text').count()).toBe(0)
    })
    const { child } = await start(/^open/, 'hold')
    await expect(openStore({ kind: 'embedded', path })).rejects.toMatchObject({ name: 'StoreBusyError', exitCode: 2 })
    await kill(child)
    await inStore(async (store) => expect(await store.table('text').count()).toBe(0))
  },
)

test(
  'killed while loading, again and again: what was loaded is there, nothing is there in part or twice',
  SLOW,
  async () => {
    const files = await prepare(12)
    for (let round = 0; round < 3; round++) {
      const { child } = await start(new RegExp(`^loaded ${round * 3}`), 'load', ...files)
      await new Promise((done) => setTimeout(done, 7 * round))
      await kill(child)
      await inStore(async (store) => {
        const { shards } = await store.table('text').holding()
        for (const [shard, digests] of shards) expect([shard, [...digests.values()]]).toEqual([shard, [400]])
        for (let at = 0; at <= round * 3; at++) expect(shards.has(`text-${at}`)).toBe(true)
      })
    }
    const { child } = await start(/^loaded 11/, 'load', ...files)
    await kill(child)
    const counts = 'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids FROM promptloom.prompt_text'
    await inStore(async (store) => expect(await store.database.row(counts)).toEqual({ rows: 4800, ids: 4800 }))
  },
)

test('killed while building the index: the next build ends with all rows in it', SLOW, async () => {
  const files = await prepare(10)
  const loaded = await start(/^loaded 9/, 'load', ...files)
  await kill(loaded.child)
  for (const wait of [0, 200]) {
    const { child } = await start(/^open/, 'index')
    await new Promise((done) => setTimeout(done, wait))
    await kill(child)
  }
  await inStore(async (store) => {
    const table = store.table('text')
    expect((await table.buildIndex({ interval: 20 })).state).toMatchObject({ status: 'built', indexedRows: 4000 })
    const [sample] = await table.sample(1)
    const { hits, used } = await table.search({ vector: sample?.vector ?? [], k: 5, mode: 'indexed' })
    expect([hits[0]?.id, hits.length, used]).toEqual([sample?.id, 5, 'index'])
  })
})
