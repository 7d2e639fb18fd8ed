import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Compiled, compile } from '../../tests/compiled-program.ts'

const KILLS = 6

let compiled: Compiled

beforeAll(async () => {
  compiled = await compile({ 'run-process': join(import.meta.dirname, 'run-process.double.ts') })
})
afterAll(() => compiled[Symbol.asyncDispose]())

/** Runs the program until it ends (undefined) or is killed after so many milliseconds; tells how it ended. */
async function runProgram(
  workspace: string,
  model: string,
  shards: unknown,
  killAfter?: number,
): Promise<number | string> {
  const child = fork(compiled.path('run-process'), [workspace, model], { execArgv: [] })
  child.send(shards as object)
  const ended = once(child, 'exit')
  if (killAfter !== undefined) {
    await Promise.race([sleep(killAfter), ended])
    child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  return code ?? signal
}

async function digests(workspace: string): Promise<Record<string, string>> {
  const folder = join(workspace, 'embed')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort()
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digest(name)] as const)))
}

async function collection() {
  const picture = async (background: string) =>
    (
      await sharp({ create: { width: 80, height: 60, channels: 3, background } })
        .png()
        .toBuffer()
    ).toString('base64')
  const pictures = await Promise.all(['red', 'green', 'blue', 'white'].map(picture))
  return Array.from({ length: 4 }, (_, shard) =>
    Array.from({ length: 48 }, (_, row) => [
      `${'many words '.repeat(row % 6)}${row % 36} of ${row % 3 ? 0 : shard}`,
      pictures[(row + shard) % 4],
    ]),
  )
}

it(`ends in the same bytes after ${KILLS} kills as without one`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-kill-'))
  const model = join(folder, 'tiny')
  await writeSyntheticModel(model, TINY)
  const shards = await collection()
  const started = performance.now()
  expect(await runProgram(join(folder, 'whole'), model, shards)).toBe(0)
  const took = performance.now() - started
  const expected = await digests(join(folder, 'whole'))
  expect(Object.keys(expected)).toHaveLength(8)

  const workspace = join(folder, 'killed')
  // Spread over the whole run, from before the model is open to the last shards.
  for (let kill = 0; kill < KILLS; kill++)
    await runProgram(workspace, model, shards, took * (0.3 + (0.7 * kill) / KILLS))
  expect(await runProgram(workspace, model, shards)).toBe(0)
  expect(await digests(workspace)).toEqual(expected)
}, 600_000)
