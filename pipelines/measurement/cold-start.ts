import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

/** What one start of the program took, from nothing to its end. */
export interface ColdStart {
  /** Milliseconds on the clock. */
  readonly wall: number
  /** Milliseconds of processor time; undefined where the system does not say. */
  readonly processor: number | undefined
}

const PROGRAM = join(import.meta.dirname, '../promptloom.mjs')

/**
 * Runs the program so many times, one after the other, each in a process of its own.
 * @throws an error with what the program said, where it ends with anything but 0.
 */
export async function coldStarts(args: readonly string[], times: number): Promise<ColdStart[]> {
  const starts: ColdStart[] = []
  for (let time = 0; time < times; time++) starts.push(await coldStart(args))
  return starts
}

async function coldStart(args: readonly string[]): Promise<ColdStart> {
  const before = await childrenTime()
  const began = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const [code] = await once(child, 'close')
  const wall = performance.now() - began
  if (code !== 0) throw new Error(`"promptloom ${args.join(' ')}" ended with ${code}: ${said.trim()}`)
  const after = await childrenTime()
  return { wall, processor: before === undefined || after === undefined ? undefined : after - before }
}

/** Ticks of processor time a second, as Linux shows them to programs everywhere. */
const TICKS = 100

/** Milliseconds of processor time of all children that have ended; proc(5), fields 16 and 17 of `stat`. */
async function childrenTime(): Promise<number | undefined> {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => undefined)
  // The second field is the program's name in brackets, and may hold blanks.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields && ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS
}
