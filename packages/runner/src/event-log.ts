import type { Listener } from './progress.ts'
import type { Log } from './stage.ts'

/** How much of a run's events is written down. */
export interface EventLogOptions {
  /**
   * Milliseconds from the start of a shard to the first line about its progress, and between two such lines: enough to
   * follow a run from another process, little beside what else is logged. Default 3,000.
   */
  readonly progressEveryMs?: number
}

/** Sends every event to the log, progress only now and then, and on to the listener. */
export function eventLog(log: Log, listener?: Listener, { progressEveryMs = 3_000 }: EventLogOptions = {}): Listener {
  const told = new Map<string, number>()
  const isDue = (key: string) => {
    const now = performance.now()
    if (now - (told.get(key) ?? 0) < progressEveryMs) return false
    told.set(key, now)
    return true
  }
  return (event) => {
    const key = 'shard' in event ? `${event.stage}/${event.shard}` : ''
    if (event.type === 'shard-start') told.set(key, performance.now())
    if (event.type === 'shard-done' || event.type === 'shard-failed') told.delete(key)
    if (event.type === 'warning') log.warn(event.message)
    else if (event.type !== 'shard-progress' || isDue(key)) {
      const { type, ...fields } = event
      log.info(type, fields as never)
    }
    listener?.(event)
  }
}
