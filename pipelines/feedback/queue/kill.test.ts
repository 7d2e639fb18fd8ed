import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import { readTable } from '@promptloom/dataset/table-reader'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Compiled, compile } from '../../../tests/compiled-program.ts'

const KILLS = 6
/** Prompts in work at the same time: what can be in flight when the process dies. */
const IN_FLIGHT = 2

let compiled: Compiled

beforeAll(async () => {
  compiled = await compile({ 'queue-process': join(import.meta.dirname, 'queue-process.double.ts') })
})
afterAll(() => compiled[Symbol.asyncDispose]())

const linesOf = async (path: string) => {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}

/** Starts the program; kills it once it has made so many further calls, or lets it end. */
async function work(workspace: string, prompts: string, calls: string, killAfter?: number): Promise<number | string> {
  const child = fork(compiled.path('queue-process'), [workspace, prompts, calls], { execArgv: [] })
  const ended = once(child, 'exit')
  if (killAfter !== undefined) {
    const before = (await linesOf(calls)).length
    let running = true
    void ended.then(() => {
      running = false
    })
    while (running && (await linesOf(calls)).length < before + killAfter) await sleep(5)
    child.kill('SIGKILL')
  }
  const [code, signal] = await ended
  return code ?? signal
}

async function rowsOf(workspace: string) {
  const folder = join(workspace, 'feedback')
  const rows = []
  for (const { shard } of await new CheckpointFolder(workspace, 'feedback').list()) {
    if (!/^\d+$/.test(shard)) continue
    rows.push(...promptRows((await readTable(join(folder, `${shard}.parquet`), PROMPT_SCHEMA)).columns))
  }
  return rows.map(({ id, prompt, origin, parents }) => ({ id, prompt, origin, parents })).sort(byId)
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

it(`neither pays nor stores twice, killed ${KILLS} times`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-queue-kill-'))
  const prompts = join(folder, 'prompts.txt')
  await writeFile(prompts, ['a cat', 'a dog', 'a bird', 'a fish', 'a fox'].join('\n'))
  expect(await work(join(folder, 'whole'), prompts, join(folder, 'whole.calls'))).toBe(0)
  const expected = await rowsOf(join(folder, 'whole'))
  expect(expected).toHaveLength(5 * 2 * 3)

  const [workspace, calls] = [join(folder, 'killed'), join(folder, 'killed.calls')]
  for (let kill = 0; kill < KILLS; kill++) await work(workspace, prompts, calls, 2 + 2 * kill)
  expect(await work(workspace, prompts, calls)).toBe(0)
  expect(await rowsOf(workspace)).toEqual(expected)

  const paid = await linesOf(calls)
  const needed = await linesOf(join(folder, 'whole.calls'))
  expect(new Set(paid)).toEqual(new Set(needed))
  // What was on its way when the process died may have been paid for; whatever was answered is not asked again.
  expect(paid.length - needed.length).toBeLessThanOrEqual(KILLS * IN_FLIGHT)

  expect(await work(workspace, prompts, calls)).toBe(0)
  expect(await linesOf(calls)).toHaveLength(paid.length)
  await rm(folder, { recursive: true })
}, 600_000)
