/**
 * Keeps retries a small share of a run's requests, so that an outage is not answered by a storm of them: every
 * first try earns a fraction of a retry, every retry spends one, and some are free to begin with.
 */
export class RetryBudget {
  readonly #share: number
  #left: number

  /**
   * @param share retries earned by each first try; 0.2 allows one retry in five requests.
   * @param start retries that may be spent before any are earned.
   */
  constructor(share: number, start: number) {
    this.#share = share
    this.#left = start
  }

  /** Counts a first try. */
  earn(): void {
    this.#left += this.#share
  }

  /** Takes one retry; false when the budget is used up. */
  spend(): boolean {
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
