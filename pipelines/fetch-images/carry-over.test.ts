import { createHash } from 'node:crypto'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PromptRow } from '@promptloom/dataset/row'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promptRow, type Trial, trial } from './collection.double.ts'
import { FETCH_LOG, readFetchLog, writeFetchLog } from './fetch-log.ts'
import { type HostileServer, hostileServer } from './hostile-server.double.ts'
import { pictureSamples } from './picture-samples.double.ts'

let samples: Readonly<Record<string, Buffer>>
let server: HostileServer
beforeAll(async () => {
  samples = await pictureSamples()
  server = await hostileServer(samples)
})
afterAll(() => server[Symbol.asyncDispose]())

const PATHS = ['ok.jpg', 'ok.png', 'copy.jpg', '404', 'ok.webp']

function rowsOf(paths: readonly string[], from = server): PromptRow[] {
  return paths.map((path) => promptRow(path, `${from.origin}/${path}`))
}

/** What a second run of the trial asked for, with the rows as they are now. */
async function askedAgain(attempt: Trial, changes: object = {}, from = server): Promise<string[]> {
  from.asked.length = 0
  expect((await attempt.run(changes)).exitCode).toBe(0)
  return [...from.asked].sort()
}

/** The committed bytes of a fresh workspace with these rows. */
async function freshDigests(rows: readonly PromptRow[], changes: object = {}): Promise<string[]> {
  const fresh = await trial([rows])
  await fresh.run(changes)
  return fresh.digests()
}

test('a row that goes away costs no request, and the bytes are those of a fresh run', async () => {
  const shards = [rowsOf(PATHS)]
  const attempt = await trial(shards)
  await attempt.run()
  // The first of two with the same bytes goes: the other has the picture to itself now.
  shards[0] = rowsOf(PATHS.slice(1))
  expect(await askedAgain(attempt)).toEqual([])
  expect((await attempt.rows()).get('copy.jpg')).toMatchObject({ outcome: 'ok', duplicate_of: '' })
  expect(await attempt.digests()).toEqual(await freshDigests(shards[0]))
})

test('only new rows and those with another address are fetched', async () => {
  const shards = [rowsOf(PATHS)]
  const attempt = await trial(shards)
  await attempt.run()
  const times = (await attempt.rows()).get('ok.png')?.fetch.fetched_at
  const moved = { ...promptRow('404', `${server.origin}/grey.png`), prompt: 'elsewhere now' }
  shards[0] = [promptRow('new', `${server.origin}/cmyk.jpg`), moved, ...rowsOf(PATHS.filter((path) => path !== '404'))]
  expect(await askedAgain(attempt)).toEqual(['/cmyk.jpg', '/grey.png'])
  expect((await attempt.rows()).get('ok.png')?.fetch.fetched_at).toBe(times)
  expect(await attempt.digests()).toEqual(await freshDigests(shards[0]))
})

test('transient failures are tried again, settled ones are not', async () => {
  await using flaky = await hostileServer(samples)
  const shards = [rowsOf(['500', '404', 'ok.jpg'], flaky)]
  const attempt = await trial(shards)
  await attempt.run()
  flaky.calm()
  shards[0] = rowsOf(['500', '404', 'ok.jpg', 'ok.png'], flaky)
  expect(await askedAgain(attempt, {}, flaky)).toEqual(['/500', '/ok.png'])
})

test('with other options everything is fetched', async () => {
  const shards = [rowsOf(['ok.jpg', 'ok.png'])]
  const attempt = await trial(shards)
  await attempt.run()
  shards[0] = rowsOf(['ok.jpg'])
  expect(await askedAgain(attempt, { maxSide: 40 })).toEqual(['/ok.jpg'])
})

test('with matchSize, a row that claims another size is judged anew', async () => {
  const { width, height } = (await sizes()).get('ok.jpg') as { width: number; height: number }
  const fits = promptRow('a', `${server.origin}/ok.jpg`, { width, height })
  const wrong = promptRow('b', `${server.origin}/ok.png`, { width: 7, height: 7 })
  const shards = [[fits, wrong, promptRow('c', `${server.origin}/ok.webp`)]]
  const attempt = await trial(shards)
  await attempt.run({ matchSize: true })
  shards[0] = [{ ...fits, width: 7 }, wrong, promptRow('c', `${server.origin}/ok.webp`)]
  expect(await askedAgain(attempt, { matchSize: true })).toEqual(['/ok.jpg', '/ok.png'])
  expect((await attempt.rows()).get('a')?.outcome).toBe('wrong_size')
  expect(await attempt.digests()).toEqual(await freshDigests(shards[0], { matchSize: true }))
})

test('a last commit that is damaged is fetched anew, and one without addresses is used where nothing redirected', async () => {
  const shards = [rowsOf(['ok.jpg', 'ok.png', 'moved/ok.webp'])]
  const attempt = await trial(shards)
  await attempt.run()
  await withoutAddresses(attempt)
  shards[0] = rowsOf(['ok.jpg', 'moved/ok.webp'])
  expect(await askedAgain(attempt)).toEqual(['/moved/ok.webp', '/ok.webp'])

  await appendFile(join(attempt.workspace, 'fetch-images', '00000.tar'), 'damage')
  shards[0] = rowsOf(['ok.jpg'])
  expect(await askedAgain(attempt)).toEqual(['/ok.jpg'])
})

async function sizes() {
  const attempt = await trial([rowsOf(['ok.jpg'])])
  await attempt.run()
  return attempt.rows()
}

/** Rewrites a shard's log as it was before it kept the rows' addresses, and commits it so. */
async function withoutAddresses(attempt: Trial): Promise<void> {
  const folder = join(attempt.workspace, 'fetch-images')
  const path = join(folder, `00000.${FETCH_LOG}`)
  const old = (await readFetchLog(path)).map(({ url: _, ...facts }) => facts)
  await writeFetchLog(path, old)
  const bytes = await readFile(path)
  const checkpoint = await attempt.checkpoint()
  const files = checkpoint.files.map((file) =>
    file.name.endsWith(FETCH_LOG)
      ? { ...file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
      : file,
  )
  await writeFile(join(folder, '00000.json'), JSON.stringify({ ...checkpoint, files }))
}
