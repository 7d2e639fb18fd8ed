import { RefineError } from './refine-error.ts'
import type { Usage } from './refiner.ts'

/** What tokens cost, in any one currency. */
export interface Price {
  /** Per million input tokens. */
  readonly input: number
  /** Per million output tokens. */
  readonly output: number
}

/** What may be spent in all; a limit that is absent does not limit. */
export interface BudgetLimits {
  /** Input and output tokens together. */
  readonly tokens?: number
  /** In the currency of the price. */
  readonly cost?: number
}

/** Tokens of one call. */
export interface Tokens {
  readonly input: number
  readonly output: number
}

/** Cost of some tokens; null without a price. */
export function costOf(tokens: Tokens, price: Price | undefined): number | null {
  if (price === undefined) return null
  return (tokens.input * price.input + tokens.output * price.output) / 1_000_000
}

/**
 * What a run may still spend, shared by every call that draws on it. A call is reserved at its worst case before it
 * is made, so that calls made at the same time can't overspend together, and settled at what it really cost.
 */
export class Budget {
  readonly limits: BudgetLimits
  #tokens = 0
  #cost = 0

  /** @param spent what earlier runs have used of the same limits, for a batch that is resumed */
  constructor(limits: BudgetLimits, spent: { readonly tokens?: number; readonly cost?: number } = {}) {
    this.limits = limits
    this.#tokens = spent.tokens ?? 0
    this.#cost = spent.cost ?? 0
  }

  /** Tokens and cost used so far, reservations included. */
  get spent(): { readonly tokens: number; readonly cost: number } {
    return { tokens: this.#tokens, cost: this.#cost }
  }

  /**
   * Sets the worst case of one call aside; the function returned must be called once with what it really used.
   *
   * @throws RefineError `budget` when the worst case exceeds what is left; nothing is reserved then
   */
  reserve(worst: Tokens, price: Price | undefined): (real: Tokens) => void {
    const tokens = worst.input + worst.output
    const cost = costOf(worst, price) ?? 0
    this.#refuse('tokens', this.#tokens, tokens)
    this.#refuse('cost', this.#cost, cost)
    this.#tokens += tokens
    this.#cost += cost
    return (real) => {
      this.#tokens += real.input + real.output - tokens
      this.#cost += (costOf(real, price) ?? 0) - cost
    }
  }

  #refuse(unit: 'tokens' | 'cost', spent: number, wanted: number): void {
    const limit = this.limits[unit]
    if (limit === undefined || spent + wanted <= limit) return
    const left = Math.max(0, limit - spent)
    throw new RefineError(
      'budget',
      `The next call may take ${round(wanted)} of ${unit === 'cost' ? 'the cost limit' : 'the token limit'} ` +
        `(${round(limit)}), of which ${round(left)} is left; raise the limit or let a later run go on.`,
    )
  }
}

/** Adds the calls of one request up. */
export function addUsage(a: Usage | undefined, b: Usage): Usage {
  if (a === undefined) return b
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
    estimated: a.estimated || b.estimated,
  }
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3)
}
