import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkspaceBusyError } from './errors.ts'
import { lockWorkspace, workspaceOwner } from './lock.ts'

let workspace: string
const children: ChildProcess[] = []

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-lock-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Another process that takes the lock, says so, and holds it until it is killed. */
async function holder(): Promise<ChildProcess> {
  const module = new URL('./lock.ts', import.meta.url).href
  const script = `import { register } from 'tsx/esm/api'; register()
    const { lockWorkspace } = await import(${JSON.stringify(module)})
    try { await lockWorkspace(${JSON.stringify(workspace)}); console.log('held') }
    catch (error) { console.log(error.name); process.exit() }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
  children.push(child)
  const [said] = await once(child.stdout, 'data')
  expect(String(said).trim()).toBe('held')
  return child
}

describe('lockWorkspace', () => {
  it('lets one process in, and the next after it is done', async () => {
    const lock = await lockWorkspace(workspace)
    await expect(lockWorkspace(workspace)).rejects.toThrow(WorkspaceBusyError)
    expect((await workspaceOwner(workspace))?.pid).toBe(process.pid)
    await lock[Symbol.asyncDispose]()
    expect(await readdir(workspace)).toEqual([])
    await (await lockWorkspace(workspace))[Symbol.asyncDispose]()
  })

  it('names the living process that holds it, and takes over as soon as that one is killed', async () => {
    const child = await holder()
    await expect(lockWorkspace(workspace)).rejects.toThrow(
      new RegExp(`in use by process ${child.pid} since .*wait for it to end`),
    )
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    expect(await workspaceOwner(workspace)).toBeUndefined()
    await using _lock = await lockWorkspace(workspace)
    expect((await workspaceOwner(workspace))?.pid).toBe(process.pid)
  })

  it('lets exactly one of many take over a dead lock', async () => {
    const dead = { pid: 2 ** 22 + 1, host: hostname(), born: '1', since: '2026-01-01', token: 'x' }
    await writeFile(join(workspace, 'lock'), JSON.stringify(dead))
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockWorkspace(workspace)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is not fooled by a process number that was given to somebody else', async () => {
    const reused = { pid: process.pid, host: hostname(), born: '1', since: '2026-01-01', token: 'x' }
    await writeFile(join(workspace, 'lock'), JSON.stringify(reused))
    await using _lock = await lockWorkspace(workspace)
    expect((await workspaceOwner(workspace))?.token).not.toBe('x')
  })

  it('waits for the last sign of life of a process on another machine', async () => {
    const path = join(workspace, 'lock')
    await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere', born: '1', since: '2026-01-01', token: 'x' }))
    await expect(lockWorkspace(workspace)).rejects.toThrow(/process 1 on elsewhere/)
    const longAgo = new Date(Date.now() - 10 * 60_000)
    await utimes(path, longAgo, longAgo)
    await using _lock = await lockWorkspace(workspace)
  })

  it('tells the user of a workspace that cannot be one', async () => {
    const file = join(workspace, 'a-file')
    await writeFile(file, '')
    await expect(lockWorkspace(file)).rejects.toThrow(/a-file can't be written \(E[A-Z]+\); choose another --workspace/)
  })

  it('takes over a lock file that was cut while it was written', async () => {
    const path = join(workspace, 'lock')
    await writeFile(path, '{"pid":')
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(path, longAgo, longAgo)
    await using _lock = await lockWorkspace(workspace)
    expect((await workspaceOwner(workspace))?.pid).toBe(process.pid)
  })
})
