import { percentile } from './latency.ts'
import type { GroundTruth, Query } from './query-set.ts'
import type { Effort, TargetTable } from './target.ts'

/** Questions that are asked twice. */
const QUESTIONS = 15

/**
 * Median latency of questions asked a second time, in the very same bytes, over that of their first time. About 1: the
 * store works for every answer. Far under 1: it keeps answers. The sweep itself never asks the same bytes twice.
 */
export async function repeatRatio(
  { table, truth, signal }: { table: TargetTable; truth: GroundTruth; signal?: AbortSignal },
  effort: Effort,
): Promise<number | null> {
  const queries = truth.queries.slice(0, QUESTIONS)
  if (queries.length === 0) return null
  const [first, second]: [number[], number[]] = [[], []]
  for (const query of queries) {
    signal?.throwIfAborted()
    const ask = { vector: fresh(query), k: 10, effort, share: 1 }
    for (const times of [first, second]) {
      const started = performance.now()
      await table.search(ask)
      times.push(performance.now() - started)
    }
  }
  const median = (times: number[]) =>
    percentile(
      times.sort((a, b) => a - b),
      0.5,
    )
  return Math.round((median(second) / median(first)) * 1000) / 1000
}

function fresh({ vector }: Query): Float32Array {
  return vector.map((one) => one * (1 + 2 ** -8))
}
