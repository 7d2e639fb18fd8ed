import { type GateLimits, HostGate } from './host-gate.ts'

/** Beyond this many hosts, gates that hold nothing worth remembering are forgotten now and then. */
const MANY_GATES = 4096

/** The gates of all hosts, made on first use. */
export class Gatehouse {
  readonly #limits: GateLimits
  readonly #gates = new Map<string, HostGate>()
  #sweepAt = MANY_GATES
  #closed: { reason: unknown } | undefined

  constructor(limits: GateLimits) {
    this.#limits = limits
  }

  /** The gate of a host (`name:port`). Throws the reason once closed. */
  gate(host: string): HostGate {
    if (this.#closed) throw this.#closed.reason
    let gate = this.#gates.get(host)
    if (gate === undefined) {
      if (this.#gates.size >= this.#sweepAt) this.#sweep()
      gate = new HostGate(host, this.#limits)
      this.#gates.set(host, gate)
    }
    return gate
  }

  /** Rejects everyone who waits, now and later. */
  close(reason: unknown): void {
    this.#closed ??= { reason }
    for (const gate of this.#gates.values()) gate.close(reason)
  }

  #sweep(): void {
    for (const [host, gate] of this.#gates) if (gate.idle) this.#gates.delete(host)
    // Where little can be forgotten, sweeping at every new host would cost more than it brings.
    this.#sweepAt = Math.max(MANY_GATES, 2 * this.#gates.size)
  }
}
