import { setTimeout as pause } from 'node:timers/promises'

/** How long somebody waits for a store. */
export interface Patience {
  readonly signal: AbortSignal
  /** Hears, once, that there is something to wait for. */
  readonly onWait: () => void
  /** Milliseconds in all; default 15,000. */
  readonly waitMs?: number
  /** Milliseconds between two tries; default 250. */
  readonly pollMs?: number
}

/**
 * Opens a store that another process may have open just now: the studio, which lends it to a run when it sees that one
 * has come to the database.
 * @throws StoreBusyError when it does not become free; the signal's reason after an abort; whatever `open` throws
 */
export async function whenFree<T>(open: () => Promise<T>, patience: Patience): Promise<T> {
  const { signal, onWait, waitMs = 15_000, pollMs = 250 } = patience
  const until = performance.now() + waitMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await open()
    } catch (error) {
      if ((error as Error)?.name !== 'StoreBusyError' || performance.now() + pollMs > until) throw error
    }
    if (attempt === 0) onWait()
    await pause(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
