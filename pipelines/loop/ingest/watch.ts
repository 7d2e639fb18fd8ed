import { setTimeout as sleep } from 'node:timers/promises'
import type { Ingested, IngestOptions } from './ingest.ts'
import { ingest } from './ingest.ts'
import { openKnown } from './intake.ts'
import type { SourceFile } from './source-files.ts'

/** How folders are watched. */
export interface WatchOptions extends Omit<IngestOptions, 'accept' | 'again' | 'signal' | 'known'> {
  /** Milliseconds between two looks; a file is taken in once two looks found it the same. */
  readonly interval: number
  /** Ends the watching; what is under way is finished. */
  readonly signal: AbortSignal
  /** Told what each look brought that was new; the next look waits for it. */
  readonly onTaken: (ingested: Ingested) => Promise<void>
  /** Waits between two looks; default by the clock. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Takes in what comes into folders until the signal is aborted: by looking again and again, which works on network
 * folders too. A file that still grows is left alone until it has stopped. What was taken in stays known over restarts.
 *
 * @returns whether a look was cut short: what it took in by then waits in the inbox, and nobody was told of it.
 */
export async function watch(workspace: string, paths: readonly string[], options: WatchOptions): Promise<boolean> {
  const { interval, signal, onTaken, wait = pause, ...rest } = options
  const known = await openKnown(workspace)
  let before = new Map<string, string>()
  while (!signal.aborted) {
    const now = new Map<string, string>()
    const settled = (file: SourceFile) => {
      if (known.memory.has(file)) return false
      now.set(file.path, file.state)
      return before.get(file.path) === file.state || isOld(file, interval)
    }
    const found = await look(workspace, paths, { ...rest, signal, known, accept: settled })
    if (!found) return true
    before = now
    if (found.ledger.new > 0 || found.rejects !== undefined) await onTaken(found)
    await wait(interval, signal)
  }
  return false
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An abort only ends the waiting: the loop sees it.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}

/** One look; undefined where it was cut short. */
async function look(
  workspace: string,
  paths: readonly string[],
  options: IngestOptions & { readonly signal: AbortSignal },
): Promise<Ingested | undefined> {
  try {
    return await ingest(workspace, paths, options)
  } catch (error) {
    if (options.signal.aborted && error === options.signal.reason) return undefined
    throw error
  }
}

/** What was last changed long before the first look has stopped growing. */
function isOld({ changed }: SourceFile, interval: number): boolean {
  return Date.now() - changed.getTime() > Math.max(10 * interval, 10_000)
}
