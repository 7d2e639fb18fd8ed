import type { Session } from 'chdb'

/** Idle sessions kept at most; each holds a connection of the engine, and no data. */
const MOST_IDLE = 12

/**
 * Sessions of the embedded engine that read statements may use one after the other, which saves opening one (0.4 ms).
 * A session keeps what it was told: chDB 3.4.0 forgets neither settings nor values of a statement. So each lies under
 * the names that were set in it, and goes only to a statement that sets those very names again. One whose statement
 * failed is closed by whoever took it: its rows would turn up in the next answer.
 */
export class SessionPool {
  readonly #open: () => Session
  readonly #idle: { readonly names: string; readonly session: Session }[] = []

  constructor(open: () => Session) {
    this.#open = open
  }

  /** A session that knows no other names than these; a new one where none lies ready. */
  take(names: string): Session {
    const at = this.#idle.findLastIndex((one) => one.names === names)
    return at < 0 ? this.#open() : (this.#idle.splice(at, 1)[0]?.session as Session)
  }

  /** Takes a session back after a statement that succeeded; the one that has lain idle longest may go for it. */
  giveBack(names: string, session: Session): void {
    this.#idle.push({ names, session })
    if (this.#idle.length > MOST_IDLE) this.#idle.shift()?.session.close()
  }

  /** Closes all that are idle. */
  close(): void {
    for (const { session } of this.#idle.splice(0)) session.close()
  }
}
