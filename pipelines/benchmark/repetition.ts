import type { GroundTruth, Query } from './query-set.ts'
import type { Effort, TargetTable } from './target.ts'

/** Questions that are asked twice. */
const QUESTIONS = 15

/**
 * The fastest answer to a question asked a second time, in the very same bytes, over the fastest to a first asking; the
 * fastest, because nothing else is as hard to disturb. About 1: the store works for every answer. Far under 1: it keeps
 * answers. The sweep itself never asks the same bytes twice.
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
  return Math.round((Math.min(...second) / Math.min(...first)) * 1000) / 1000
}

function fresh({ vector }: Query): Float32Array {
  return vector.map((one) => one * (1 + 2 ** -8))
}
