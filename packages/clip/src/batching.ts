import type { EncodeOptions } from './text-encoder.ts'

/** What is done with a batch of rows, given by number. */
export interface BatchSteps {
  /** Makes rows ready, once; returns those that are worth the work. */
  readonly prepare?: (batch: readonly number[]) => Promise<readonly number[]>
  /** Whether two neighbouring rows may be in one batch; default: all may. */
  readonly together?: (a: number, b: number) => boolean
  /** The work itself, done again with less when memory runs out. */
  readonly work: (batch: readonly number[]) => Promise<void>
}

/** Rows below which a batch is not cut for the sake of an even share: smaller ones cost more a row. */
const LEAST = 8

/** How many rows go into one run of a graph: found by trying, remembered for the life of the model. */
export class Batching {
  #size: number
  readonly #inFlight: number

  /** Starts with batches of at most `size` rows and keeps `inFlight` of them in work. */
  constructor(size: number, inFlight: number) {
    this.#size = size
    this.#inFlight = inFlight
  }

  /** Most rows of a batch. */
  get size(): number {
    return this.#size
  }

  /**
   * Does all rows, batch by batch, in any order of completion. Batches are of nearly one size, so that no worker ends
   * long before the others and no row is left alone. A batch that runs out of memory is cut in half and done again, and
   * later batches are no larger than what fitted.
   * @throws the first error of a batch, once those in work have settled.
   */
  async run(rows: readonly number[], steps: BatchSteps, options: EncodeOptions): Promise<void> {
    let next = 0
    let failed = false
    const share = this.#evenShare(rows.length)
    const lane = async () => {
      while (next < rows.length && !failed) {
        options.signal?.throwIfAborted()
        const batch = steps.together ? this.#group(rows, next, steps.together) : rows.slice(next, next + share())
        next += batch.length
        const ready = steps.prepare ? await steps.prepare(batch) : batch
        await this.#halving(ready, steps.work)
        options.progress?.(batch.length)
      }
    }
    const guarded = () =>
      lane().catch((error: unknown) => {
        failed = true
        throw error
      })
    const lanes = await Promise.allSettled(Array.from({ length: this.#inFlight }, guarded))
    const rejected = lanes.find((one) => one.status === 'rejected')
    if (rejected) throw rejected.reason
  }

  /** Rows of a batch such that all that are in work get equally many; asked anew, as memory may have run out. */
  #evenShare(rows: number): () => number {
    const fewest = Math.ceil(rows / this.#size)
    const shared = Math.ceil(fewest / this.#inFlight) * this.#inFlight
    const share = Math.ceil(rows / Math.max(fewest, Math.min(shared, Math.floor(rows / LEAST))))
    return () => Math.min(this.#size, share)
  }

  /** The next rows of those that may be together; there are many such groups, which even out by themselves. */
  #group(rows: readonly number[], start: number, together: NonNullable<BatchSteps['together']>): readonly number[] {
    let end = start + 1
    while (end < rows.length && together(rows[end - 1] as number, rows[end] as number)) end += 1
    const batches = Math.ceil((end - start) / this.#size)
    return rows.slice(start, start + Math.ceil((end - start) / batches))
  }

  async #halving(batch: readonly number[], work: (batch: readonly number[]) => Promise<void>): Promise<void> {
    try {
      await work(batch)
    } catch (error) {
      if (batch.length <= 1 || !isOutOfMemory(error)) throw error
      const half = Math.ceil(batch.length / 2)
      this.#size = Math.min(this.#size, half)
      await this.#halving(batch.slice(0, half), work)
      await this.#halving(batch.slice(half), work)
    }
  }
}

/** Whether ONNX Runtime or a GPU library says that memory ran out; they have no error code, only words. */
function isOutOfMemory(error: unknown): boolean {
  return /out of memory|failed to allocate|bad_alloc|alloc.* failed|OOM|CUDA failure 2\b/i.test(
    String((error as Error)?.message),
  )
}
