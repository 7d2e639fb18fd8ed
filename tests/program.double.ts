import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

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
