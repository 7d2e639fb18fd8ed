import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** When the program kills itself: at an event of a shard and, of progress, when so many of its rows are settled. */
type Moment = readonly ['shard-progress', shard: string, rows: number] | readonly ['shard-done', shard: string]

/** Requests that a kill may cost: one for each that was under way, and for each finding that waited to be written. */
const LOST = 16 + 7

/** Serves pictures by path, 404 for none, or a status; `asked` counts. */
async function gallery(picture: (path: string) => Promise<Buffer | number | undefined>) {
  const state = { asked: 0 }
  const server = createServer(async (request, response) => {
    state.asked += 1
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

/** Runs a trial as a program of its own, which kills itself at the moment, if one is given; tells how it ended. */
async function runProgram(attempt: Trial, moment: Moment | readonly [] = []): Promise<number | string> {
  const args = [compiled.path('killable'), attempt.workspace, ...moment.map(String)]
  const [code, signal] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
  return signal ?? code
}

/** Runs a trial that is killed at each of the moments, one after the other, and then lets it end. */
async function runWithKills(attempt: Trial, moments: readonly Moment[]): Promise<void> {
  for (const moment of moments) expect(await runProgram(attempt, moment), String(moment)).toBe('SIGKILL')
  expect(await runProgram(attempt)).toBe(0)
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

const samples = (count: number) =>
  Promise.all(Array.from({ length: count }, async (_, n) => (await samplePicture(n, 64, 48)).jpeg().toBuffer()))

test('killed at five moments and resumed: the same bytes, and few pictures asked for twice', async () => {
  const pictures = await samples(40)
  await using server = await gallery(async (path) => {
    const number = Number(path.slice(1))
    return number % 11 === 0 ? undefined : pictures[number % 40]
  })
  const shards = [0, 1, 2].map((shard) =>
    Array.from({ length: 60 }, (_, n) => promptRow(`id-${shard}-${n}`, `${server.origin}/${shard * 60 + n}`)),
  )
  const whole = await prepared(shards, {})
  expect(await whole.run(PATIENT)).toMatchObject({ exitCode: 0 })
  const asked = server.state.asked
  const broken = await prepared(shards, {})
  const moments: readonly Moment[] = [
    ['shard-progress', '00000', 1],
    ['shard-progress', '00000', 45],
    // All of it is fetched, nothing assembled.
    ['shard-progress', '00000', 60],
    ['shard-done', '00000'],
    ['shard-progress', '00002', 30],
  ]
  await runWithKills(broken, moments)
  for (const shard of ['00000', '00001', '00002'])
    expect(await broken.digests(shard)).toEqual(await whole.digests(shard))
  expect(server.state.asked - asked).toBeLessThanOrEqual(asked + moments.length * LOST)
}, 600_000)

test('a killed retry goes on from where it was, too', async () => {
  const pictures = await samples(60)
  let failing = true
  await using server = await gallery(async (path) => (failing ? 500 : pictures[Number(path.slice(1))]))
  const rows = pictures.map((_, n) => promptRow(`id-${n}`, `${server.origin}/${n}`))
  const attempt = await prepared([rows], { attempts: 1, hostConcurrency: 4 })
  await attempt.run({ ...PATIENT, attempts: 1, hostConcurrency: 4 })
  expect((await attempt.checkpoint()).outcomes).toMatchObject({ http_5xx: 60 })
  failing = false
  const before = server.state.asked
  await runWithKills(attempt, [['shard-progress', '00000', 40]])
  expect((await attempt.checkpoint()).outcomes).toMatchObject({ ok: 60 })
  expect(server.state.asked - before).toBeLessThanOrEqual(60 + LOST)
}, 600_000)

test.skipIf(!existsSync(PAIRS))(
  `2,580 pictures of ${PAIRS.split('/').at(-1)}: all accounted for, and the same bytes after kills`,
  async () => {
    const shards = await pairs()
    expect(shards.flat()).toHaveLength(2580)
    await using server = await gallery((path) => readFile(join(PAIRS, decodeURI(path))).catch(() => undefined))
    // Small copies: what is decoded is the same, and encoding them is not what is tested.
    const options = { baseUrl: `${server.origin}/`, maxSide: 128 }
    const broken = await prepared(shards, options)
    await runWithKills(broken, [
      ['shard-progress', '00000', 500],
      ['shard-progress', '00002', 90],
    ])
    const outcomes = await Promise.all(shards.map(async (_, n) => (await broken.checkpoint(`0000${n}`)).outcomes))
    const counted = outcomes.flatMap((one) => Object.entries(one))
    expect(counted.reduce((sum, [, rows]) => sum + rows, 0)).toBe(2580)
    expect(new Set(counted.map(([name]) => name))).toEqual(new Set(['ok']))
    expect(server.state.asked).toBeLessThanOrEqual(2580 + 2 * LOST)
    // One of the three again, without a kill.
    const whole = await prepared(shards.slice(2), options)
    expect(await whole.run({ ...PATIENT, ...options })).toMatchObject({ exitCode: 0 })
    expect(await broken.digests('00002')).toEqual(await whole.digests('00000'))
  },
  600_000,
)

/** The collection's rows, 1,200 a shard. Its CSV quotes prompts; ids and addresses have no commas. */
async function pairs(): Promise<PromptRow[][]> {
  const lines = (await readFile(join(PAIRS, 'pairs.csv'), 'utf8')).trimEnd().split('\n').slice(1)
  const rows = lines.map((line) => {
    const id = line.slice(0, line.indexOf(','))
    const url = /,(images\/[^,]+),/.exec(line)?.[1] as string
    return promptRow(id, url)
  })
  return [rows.slice(0, 1200), rows.slice(1200, 2400), rows.slice(2400)]
}
