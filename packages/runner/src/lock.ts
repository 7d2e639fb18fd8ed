import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, rmdir, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError, WorkspaceBusyError } from './errors.ts'

/** Who holds a workspace. */
export interface LockOwner {
  readonly pid: number
  readonly host: string
  /** Start time of the process as the kernel counts it, so that a reused process number is not mistaken for it. */
  readonly born: string
  readonly since: string
  readonly token: string
}

/** A takeover lasts milliseconds; one older than this was killed half-way. */
const ABANDONED_TAKEOVER_MS = 10_000

/** The owner touches its lock this often, and one on another machine that is silent for so long counts as dead. */
const HEARTBEAT_MS = 10_000
const SILENT_MS = 180_000

/**
 * Makes this process the one writer of a workspace until it is disposed of. A lock left by a process that no longer
 * lives on this machine is taken over.
 * @throws WorkspaceBusyError when a living process, or one on another machine, holds it.
 */
export async function lockWorkspace(workspace: string): Promise<AsyncDisposable> {
  await writable(workspace, () => mkdir(workspace, { recursive: true }))
  const path = join(workspace, 'lock')
  const token = randomUUID()
  for (let attempt = 0; attempt < 50; attempt++) {
    if (await writable(workspace, () => tryCreate(path, token))) return held(path, token)
    const owner = await readOwner(path)
    if (owner && (await isAlive(path, owner))) throw busy(workspace, owner)
    await takeOver(path)
  }
  throw new WorkspaceBusyError(`The workspace ${workspace} is being taken by several processes at once; try again.`)
}

/** Who holds the workspace right now, if anybody living does. */
export async function workspaceOwner(workspace: string): Promise<LockOwner | undefined> {
  const path = join(workspace, 'lock')
  const owner = await readOwner(path)
  return owner && (await isAlive(path, owner)) ? owner : undefined
}

function held(path: string, token: string): AsyncDisposable {
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, HEARTBEAT_MS)
  heartbeat.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat)
      if ((await readOwner(path))?.token === token) await rm(path, { force: true })
    },
  }
}

/** Turns a folder that can't be written into the user's mistake that it is. */
async function writable<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (!['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'ENOENT'].includes(code)) throw error
    throw new UserError(
      `The workspace ${workspace} can't be written (${code}); choose another --workspace, or make it writable.`,
    )
  }
}

function busy(workspace: string, owner: LockOwner): WorkspaceBusyError {
  const elsewhere = owner.host !== hostname()
  const next = elsewhere
    ? `if that machine no longer runs it, it is free ${SILENT_MS / 60_000} minutes after its last sign of life`
    : 'wait for it to end, stop it, or choose another --workspace'
  return new WorkspaceBusyError(
    `The workspace ${workspace} is in use by process ${owner.pid}${elsewhere ? ` on ${owner.host}` : ''} since ${owner.since}; ${next}.`,
  )
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  const owner: LockOwner = {
    pid: process.pid,
    host: hostname(),
    born: await birth(process.pid),
    since: new Date().toISOString(),
    token,
  }
  try {
    const file = await open(path, 'wx')
    await file.writeFile(JSON.stringify(owner))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Deletes a dead process's lock; a folder made beside it lets only one process do so at a time. */
async function takeOver(path: string): Promise<void> {
  const guard = `${path}.takeover`
  try {
    await mkdir(guard)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const made = await stat(guard).catch(() => undefined)
    if (made && Date.now() - made.mtimeMs > ABANDONED_TAKEOVER_MS) await rmdir(guard).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80))
    return
  }
  try {
    // Looked at again inside the guard: another process may have taken the lock over meanwhile.
    const owner = await readOwner(path)
    const fresh = await stat(path).catch(() => undefined)
    const beingWritten = !owner && fresh && Date.now() - fresh.mtimeMs < ABANDONED_TAKEOVER_MS / 10
    if (beingWritten) await new Promise((resolve) => setTimeout(resolve, 50))
    else if (!(owner && (await isAlive(path, owner)))) await rm(path, { force: true })
  } finally {
    await rmdir(guard).catch(() => undefined)
  }
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockOwner
  } catch {
    return undefined
  }
}

async function isAlive(path: string, owner: LockOwner): Promise<boolean> {
  if (owner.host !== hostname()) {
    const lock = await stat(path).catch(() => undefined)
    return lock !== undefined && Date.now() - lock.mtimeMs < SILENT_MS
  }
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return (await birth(owner.pid)) === owner.born
}

/**
 * Linux: field 22 of /proc/PID/stat, clock ticks since boot, or `dead` for a zombie (proc(5)). Empty on other
 * systems, where the process number alone must do.
 */
async function birth(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : (fields[19] ?? '')
}
