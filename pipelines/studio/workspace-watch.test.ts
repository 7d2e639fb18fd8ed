import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockWorkspace } from '@promptloom/runner/lock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WatchOptions, watchWorkspace } from './workspace-watch.ts'

let workspace: string
let other: ChildProcess
const told: string[] = []

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-watch-'))
  other = spawn('sleep', ['60'])
  told.length = 0
})
afterEach(async () => {
  other.kill('SIGKILL')
  await rm(workspace, { recursive: true, force: true })
})

const holder: WatchOptions['holder'] = {
  async lend(why) {
    told.push(`lend: ${why}`)
    return {
      async [Symbol.asyncDispose]() {
        told.push('back')
      },
    }
  },
  async refresh() {
    told.push('refresh')
  },
}
const watch = (more: Partial<WatchOptions> = {}) =>
  watchWorkspace({ workspace, holder, embedded: true, pollMs: 5, ...more })

/** The other process takes the workspace. */
async function taken() {
  const stat = await readFile(`/proc/${other.pid}/stat`, 'utf8').catch(() => '')
  const born = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  const owner = { pid: other.pid, host: hostname(), born, since: new Date().toISOString(), token: 't' }
  await writeFile(join(workspace, 'lock'), JSON.stringify(owner))
}
const free = () => rm(join(workspace, 'lock'))
const log = (msg: string, more: object = {}) =>
  appendFile(join(workspace, 'run.log'), `${JSON.stringify({ time: 'now', run: 'r', msg, ...more })}\n`)

describe('a run of another process', () => {
  it('gets the store while it works on the database, and its rows are found afterwards', async () => {
    await log('run-start')
    await log('stage-start', { stage: 'embed' })
    await taken()
    await using _watch = watch()
    await log('stage-end', { report: { stage: 'embed' } })
    await log('stage-start', { stage: 'load' })
    const lent = `lend: A run of the pipeline, process ${other.pid}, is at the stage load`
    await expect.poll(() => told).toEqual([lent])
    await log('shard-start', { stage: 'load', shard: '00000' })
    await log('stage-end', { report: { stage: 'load' } })
    await log('run-end', { exitCode: 0 })
    await free()
    await expect.poll(() => told).toEqual([lent, 'back', 'refresh'])
  })

  it('that dies gives the store back', async () => {
    await log('stage-start', { stage: 'build-index' })
    await taken()
    await using _watch = watch()
    await expect.poll(() => told.length).toBe(1)
    other.kill('SIGKILL')
    await expect.poll(() => told.slice(1)).toEqual(['back', 'refresh'])
  })

  it('needs nothing lent where the database is a server', async () => {
    await log('stage-start', { stage: 'load' })
    await taken()
    await using _watch = watch({ embedded: false })
    await free()
    // What it has brought is found all the same.
    await taken()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await free()
    await expect.poll(() => told).toContain('refresh')
    expect(told.some((one) => one.startsWith('lend'))).toBe(false)
  })

  it('is nobody’s business once the watch has ended; what was lent is taken back', async () => {
    await log('stage-start', { stage: 'load' })
    await taken()
    {
      await using _watch = watch()
      await expect.poll(() => told.length).toBe(1)
    }
    expect(told.at(-1)).toBe('back')
  })
})

it('a run of this process needs no loan', async () => {
  await log('stage-start', { stage: 'load' })
  const errors: unknown[] = []
  {
    await using _lock = await lockWorkspace(workspace)
    await using _watch = watch({ onError: (error) => errors.push(error) })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(told).toEqual([])
  expect(errors).toEqual([])
})
