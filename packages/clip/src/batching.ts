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

/** How many rows go into one run of a graph: found by trying, remembered for the life of the model. */
export class Batching {
  #size: number
  readonly #inFlight: number

  /** Starts with batches of `size` rows and keeps `inFlight` of them in work. */
  constructor(size: number, inFlight: number) {
    this.#size = size
    this.#inFlight = inFlight
  }

  /** Rows of the next batch. */
  get size(): number {
    return this.#size
  }

  /**
   * Does all rows, batch by batch, in any order of completion. A batch that runs out of memory is cut in half and done
   * again, and later batches are no larger than what fitted.
   * @throws the first error of a batch, once those in work have settled.
   */
  async run(rows: readonly number[], steps: BatchSteps, options: EncodeOptions): Promise<void> {
    let next = 0
    let failed = false
    const lane = async () => {
      while (next < rows.length && !failed) {
        options.signal?.throwIfAborted()
        const batch = this.#batchAt(rows, next, steps)
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

  #batchAt(rows: readonly number[], start: number, { together }: BatchSteps): readonly number[] {
    const batch = rows.slice(start, start + this.#size)
    if (!together) return batch
    const end = batch.findIndex((row, at) => at > 0 && !together(batch[at - 1] as number, row))
    return end < 0 ? batch : batch.slice(0, end)
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
