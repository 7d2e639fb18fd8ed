import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { PromptRow } from '@promptloom/dataset/row'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compiled, compile } from '../../tests/compiled-program.ts'
import { promptRow, type Trial, trial } from './collection.double.ts'
import { samplePicture } from './picture-samples.double.ts'

const SHARED = resolve(process.env.PROMPTLOOM_SHARED ?? '../shared')
const PAIRS = join(SHARED, 'data/pairs-sd-styles')

let compiled: Compiled

beforeAll(async () => {
  compiled = await compile({ killable: join(import.meta.dirname, 'killable.double.ts') })
})
afterAll(() => compiled[Symbol.asyncDispose]())

/** Serves pictures by path, 404 for none, or a status; `asked` counts, and `onAsk` is told of every request. */
async function gallery(picture: (path: string) => Promise<Buffer | number | undefined>) {
  const state = { asked: 0, onAsk: (_: number) => {} }
  const server = createServer(async (request, response) => {
    state.asked += 1
    state.onAsk(state.asked)
    const body = await picture(request.url ?? '/')
    if (typeof body === 'object') response.end(body)
    else response.writeHead(body ?? 404).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  }
  return { state, origin, [Symbol.asyncDispose]: async () => void (await stop()) }
}

/** Runs a trial as a program of its own; killed without warning as soon as `until` resolves. */
async function runProgram(attempt: Trial, until?: Promise<void>): Promise<number | string | null> {
  const child = spawn(process.execPath, [compiled.path('killable'), attempt.workspace], { stdio: 'inherit' })
  const ended = new Promise<number | string | null>((done) => child.on('exit', (code, signal) => done(signal ?? code)))
  void until?.then(() => child.kill('SIGKILL'))
  return ended
}

/** Kills the program again and again after a random number of requests, then lets it end; returns its kills. */
async function runWithKills(attempt: Trial, state: { asked: number; onAsk: (asked: number) => void }, most: number) {
  let kills = 0
  for (; kills < 6; kills++) {
    const after = state.asked + 1 + Math.floor(Math.random() * most)
    const reached = new Promise<void>((done) => {
      state.onAsk = (asked) => asked >= after && done()
    })
    if ((await runProgram(attempt, reached)) !== 'SIGKILL') break
  }
  state.onAsk = () => {}
  expect(await runProgram(attempt)).toBe(0)
  return kills
}

/** A busy machine takes its time to answer; who hangs is not what these tests are about. */
const PATIENT = { connectTimeout: 100, headersTimeout: 100, idleTimeout: 100, totalTimeout: 300 }

async function prepared(shards: readonly (readonly PromptRow[])[], options: object): Promise<Trial> {
  const attempt = await trial(shards)
  await writeFile(
    join(attempt.workspace, 'trial.json'),
    JSON.stringify({ shards, options: { ...PATIENT, ...options } }),
  )
  return attempt
}

test('killed at random and resumed: the same bytes, and few pictures asked for twice', async () => {
  const pictures = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => (await samplePicture(n, 300, 200)).jpeg().toBuffer()),
  )
  await using server = await gallery(async (path) => {
    const number = Number(path.slice(1))
    return number % 11 === 0 ? undefined : pictures[number % 40]
  })
  const shards = [0, 1, 2].map((shard) =>
    Array.from({ length: 120 }, (_, n) => promptRow(`id-${shard}-${n}`, `${server.origin}/${shard * 120 + n}`)),
  )
  const options = { hostRate: 300 }
  const whole = await prepared(shards, options)
  expect(await runProgram(whole)).toBe(0)
  const once = server.state.asked
  const broken = await prepared(shards, options)
  const kills = await runWithKills(broken, server.state, 150)
  expect(kills).toBeGreaterThan(0)
  for (const shard of ['00000', '00001', '00002'])
    expect(await broken.digests(shard)).toEqual(await whole.digests(shard))
  // What was under way when the program was killed is asked for again; what was spooled is not.
  expect(server.state.asked - once).toBeLessThan(360 + kills * 40)
}, 600_000)

test('a killed retry goes on from where it was, too', async () => {
  const pictures = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => (await samplePicture(n, 64, 64)).jpeg().toBuffer()),
  )
  let failing = true
  await using server = await gallery(async (path) => (failing ? 500 : pictures[Number(path.slice(1))]))
  const rows = pictures.map((_, n) => promptRow(`id-${n}`, `${server.origin}/${n}`))
  const attempt = await prepared([rows], { attempts: 1, hostConcurrency: 4 })
  await runProgram(attempt)
  expect((await attempt.checkpoint()).outcomes).toMatchObject({ http_5xx: 60 })
  failing = false
  const before = server.state.asked
  const reached = new Promise<void>((done) => {
    server.state.onAsk = (asked) => asked >= before + 40 && done()
  })
  expect(await runProgram(attempt, reached)).toBe('SIGKILL')
  expect(await runProgram(attempt)).toBe(0)
  expect((await attempt.checkpoint()).outcomes).toMatchObject({ ok: 60 })
  // Four were under way when it was killed, and a few more may have been asked for until the signal came.
  expect(server.state.asked - before).toBeLessThan(60 + 20)
}, 600_000)

test.skipIf(!existsSync(PAIRS))(
  `2,580 pictures of ${PAIRS.split('/').at(-1)}: all accounted for, and the same bytes after kills`,
  async () => {
    const shards = await pairs()
    expect(shards.flat()).toHaveLength(2580)
    await using server = await gallery((path) => readFile(join(PAIRS, decodeURI(path))).catch(() => undefined))
    const options = { baseUrl: `${server.origin}/` }
    const whole = await prepared(shards, options)
    expect(await runProgram(whole)).toBe(0)
    const outcomes = await Promise.all(shards.map(async (_, n) => (await whole.checkpoint(`0000${n}`)).outcomes))
    const counted = outcomes.flatMap((one) => Object.entries(one))
    expect(counted.reduce((sum, [, rows]) => sum + rows, 0)).toBe(2580)
    expect(new Set(counted.map(([name]) => name))).toEqual(new Set(['ok']))
    // One of the three again, killed: what it ends in is what the whole collection ended in.
    const broken = await prepared(shards.slice(2), options)
    expect(await runWithKills(broken, server.state, 290)).toBeGreaterThan(0)
    expect(await broken.digests('00000')).toEqual(await whole.digests('00002'))
  },
  600_000,
)

/** The collection's rows, 1,000 a shard. Its CSV quotes prompts; ids and addresses have no commas. */
async function pairs(): Promise<PromptRow[][]> {
  const lines = (await readFile(join(PAIRS, 'pairs.csv'), 'utf8')).trimEnd().split('\n').slice(1)
  const rows = lines.map((line) => {
    const id = line.slice(0, line.indexOf(','))
    const url = /,(images\/[^,]+),/.exec(line)?.[1] as string
    return promptRow(id, url)
  })
  return [rows.slice(0, 1000), rows.slice(1000, 2000), rows.slice(2000)]
}
