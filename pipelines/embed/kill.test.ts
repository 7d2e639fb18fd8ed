import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Compiled, compile } from '../../tests/compiled-program.ts'
import { createCollection, type DoubleRow } from './collection.double.ts'

/** When the program is killed: at an event of a shard of that kind, when it comes for the so manieth time. */
const MOMENTS = [
  ['shard-progress', 'text-', 5],
  ['shard-done', 'text-', 1],
  ['shard-progress', 'image-', 2],
  ['shard-done', 'image-', 1],
] as const

let folder: string
let compiled: Compiled
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-kill-'))
  compiled = await compile({ 'run-process': join(import.meta.dirname, 'run-process.double.ts') })
})
afterAll(async () => {
  await compiled[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Runs the program in its own process, which kills itself at the moment; tells how it ended. */
async function killed(args: readonly string[], shards: readonly DoubleRow[][]): Promise<number | string> {
  const child = fork(compiled.path('run-process'), args, { execArgv: [] })
  child.send(shards.map((rows) => rows.map(([prompt, picture]) => [prompt, picture?.toString('base64')])))
  const [code, signal] = await once(child, 'exit')
  return code ?? signal
}

/** Digests of the files of the stage that end so, by name. */
async function digests(workspace: string, ending: string): Promise<Record<string, string>> {
  const stage = join(workspace, 'embed')
  const names = (await readdir(stage).catch(() => [])).filter((name) => name.endsWith(ending)).sort()
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(stage, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digest(name)] as const)))
}

/** Texts and pictures of which some recur, within their shard and in others. */
async function collection(): Promise<DoubleRow[][]> {
  const picture = (background: string) =>
    sharp({ create: { width: 80, height: 60, channels: 3, background } })
      .png()
      .toBuffer()
  const pictures = await Promise.all(['red', 'green', 'blue', 'white', 'gray', 'teal', 'pink'].map(picture))
  return Array.from({ length: 3 }, (_, shard) =>
    Array.from({ length: 30 }, (_, row) => [
      `${'many words '.repeat(row % 6)}${row % 24} of ${row % 3 ? 0 : shard}`,
      pictures[(row + shard) % 5 === 4 ? 4 + shard : (row + shard) % 4],
    ]),
  )
}

it(`ends in the same bytes after ${MOMENTS.length} kills as without one, and does nothing again that was done`, async () => {
  const model = join(folder, 'tiny')
  await writeSyntheticModel(model, TINY)
  const shards = await collection()
  const whole = await createCollection(shards, { model })
  expect(await whole.run()).toBe(0)
  const expected = await digests(whole.workspace, '.parquet')
  expect(Object.keys(expected)).toHaveLength(6)

  const workspace = join(folder, 'killed')
  let done: Record<string, string> = {}
  for (const [kind, of, times] of MOMENTS) {
    expect(await killed([workspace, model, kind, of, String(times)], shards)).toBe('SIGKILL')
    const now = await digests(workspace, '.json')
    expect(now).toMatchObject(done)
    done = now
  }
  expect(Object.keys(done).length).toBeGreaterThan(1)
  const resumed = await createCollection(shards, { model, workspace })
  expect(await resumed.run({ batch: 3 })).toBe(0)
  expect(await digests(workspace, '.json')).toMatchObject(done)
  expect(await digests(workspace, '.parquet')).toEqual(expected)
}, 600_000)
