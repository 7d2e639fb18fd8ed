/** Where a search's time went, in milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** One way of searching, held against the exact answers. */
export interface SearchFigures extends Latency {
  readonly name: string
  /** Share of the ten nearest that were found; one as near as the tenth counts as found. */
  readonly recall: number
}

/** Distances of the ten nearest rows to one question, nearest first. */
export type Distances = readonly number[]

export const K = 10
/** Two float32 distances of the same pair of vectors may differ by this much. */
const TOLERANCE = 2e-6

/** Asks every question once in order, after a warm-up on the first few, and measures time and recall. */
export async function measure(
  name: string,
  questions: readonly Float32Array[],
  search: (question: Float32Array) => Promise<Distances>,
  truth: readonly Distances[],
): Promise<SearchFigures> {
  for (const question of questions.slice(0, 30)) await search(question)
  const times: number[] = []
  let found = 0
  for (const [at, question] of questions.entries()) {
    const started = performance.now()
    const distances = await search(question)
    times.push(performance.now() - started)
    const last = (truth[at]?.[K - 1] ?? 0) + TOLERANCE
    found += Math.min(K, distances.filter((distance) => distance <= last).length)
  }
  return { name, recall: found / (questions.length * K), ...latency(times) }
}

/** Percentiles by nearest rank. */
export function latency(times: readonly number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** Exact cosine distances of the rows with these numbers: what a peer's answer is judged by, not its own figures. */
export function distancesTo(question: Float32Array, rows: readonly Float32Array[]): number[] {
  return rows.map((row) => {
    let dot = 0
    for (let at = 0; at < row.length; at++) dot += (row[at] as number) * (question[at] as number)
    return 1 - dot
  })
}
