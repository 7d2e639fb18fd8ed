import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { vi } from 'vitest'
import { main } from '../pipelines/cli.ts'
import type { Compiled } from './compiled-program.ts'

/** The repository's root. */
export const root = resolve(import.meta.dirname, '..')

/** How one call of the program ended. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the program as a user would, as a process of its own. */
export function startProgram(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = join(root, 'pipelines/promptloom.mjs')
  return spawn(process.execPath, [script, ...args], { cwd: root, env: { ...process.env, ...environment } })
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return ended(startProgram(args, environment))
}

/** What the program writes and ends with, called within this process: a start costs a second, this does not. */
export async function callProgram(args: readonly string[]): Promise<Ended> {
  const text = { stdout: '', stderr: '' }
  const write = (name: 'stdout' | 'stderr') => (chunk: unknown) => {
    text[name] += String(chunk)
    return true
  }
  const line = (name: 'stdout' | 'stderr') => (words: unknown) => void write(name)(`${words}\n`)
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(write('stderr')),
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
  ]
  const before = process.exitCode
  try {
    process.exitCode = undefined
    const code = await main(args)
    return { code, ...text }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}

async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** Programs that are loaded ahead of their use, compiled or as sources: the next one loads while the last one works. */
export class Standby implements Disposable {
  readonly #program: Compiled | undefined
  #next: ReturnType<typeof load>

  constructor(program?: Compiled) {
    this.#program = program
    this.#next = load(program)
  }

  /** Gives the words of a command to the loaded program, and begins to load the next one. */
  async start(words: readonly string[]): Promise<ChildProcess> {
    const child = await this.#next.loaded
    this.#next = load(this.#program)
    child.send(words)
    return child
  }

  /** Ends the program that nobody asked for. */
  [Symbol.dispose](): void {
    this.#next.child.kill('SIGKILL')
  }
}

function load(program?: Compiled): { readonly child: ChildProcess; readonly loaded: Promise<ChildProcess> } {
  const child = fork(join(root, 'tests/standby.mjs'), program ? [program.path('cli'), program.path('run')] : [], {
    cwd: root,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const loaded = once(child, 'message').then(() => child)
  return { child, loaded }
}
