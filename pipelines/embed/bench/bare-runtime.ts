import { on, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { disableTelemetry } from '@promptloom/clip/telemetry'

/** A tensor that needs no more than to be run. */
export interface ReadyTensor {
  readonly type: 'int64' | 'float32'
  readonly data: BigInt64Array | Float32Array
  readonly dims: readonly number[]
}

/** Bare ONNX Runtime sessions of one graph, one a core with one thread each, as the inference workers have them. */
export class BareRuntime implements AsyncDisposable {
  readonly #workers: readonly Worker[]

  static async open(graph: string, workers: number): Promise<BareRuntime> {
    disableTelemetry()
    const started = Array.from({ length: workers }, () => {
      return new Worker(new URL('./bare-worker.mjs', import.meta.url), { workerData: { graph }, execArgv: [] })
    })
    await Promise.all(started.map((worker) => said(worker, 'open')))
    return new BareRuntime(started)
  }

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers
  }

  /** Hands the tensors out in turn and runs them all. */
  async run(tensors: readonly ReadyTensor[]): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker, number) => {
        const done = said(worker, 'done')
        worker.postMessage(tensors.filter((_, at) => at % this.#workers.length === number))
        await done
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        worker.postMessage(null)
        await once(worker, 'exit')
      }),
    )
  }
}

/** Resolves when the worker has sent this word; rejects when it fails. */
async function said(worker: Worker, word: string): Promise<void> {
  for await (const [message] of on(worker, 'message')) if (message === word) return
}

/**
 * Token ids as tensors of up to `batch` rows: of one length each, in even parts, longest first; or all padded to
 * `length`.
 */
export function textTensors(
  texts: readonly Int32Array[],
  batch: number,
  padTo?: { length: number; id: number },
): ReadyTensor[] {
  const order = padTo ? texts : [...texts].sort((a, b) => b.length - a.length)
  const tensors: ReadyTensor[] = []
  for (let from = 0; from < order.length; ) {
    const length = padTo?.length ?? (order[from] as Int32Array).length
    const until = order.findIndex((ids, at) => at > from && !padTo && ids.length !== length)
    const alike = (until < 0 ? order.length : until) - from
    const rows = order.slice(from, from + (padTo ? batch : Math.ceil(alike / Math.ceil(alike / batch))))
    const data = new BigInt64Array(rows.length * length).fill(BigInt(padTo?.id ?? 0))
    rows.forEach((ids, row) => {
      data.set(BigInt64Array.from(ids, BigInt), row * length)
    })
    tensors.push({ type: 'int64', data, dims: [rows.length, length] })
    from += rows.length
  }
  return tensors
}
