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

/** One way to search that takes part in a comparison. */
export interface Contender<Answer> {
  readonly name: string
  /** Every how many questions it is asked; default 1: all of them. */
  readonly every?: number
  ask(question: Float32Array): Promise<Answer>
}

/** What one contender answered, and how long it took for each question. */
export interface Turns<Answer> {
  readonly name: string
  readonly questions: readonly number[]
  readonly answers: readonly Answer[]
  /** Milliseconds. */
  readonly times: readonly number[]
}

/**
 * Asks all contenders the same questions, by turns, after a warm-up: what disturbs the machine disturbs all of them.
 */
export async function askByTurns<Answer>(
  contenders: readonly Contender<Answer>[],
  questions: readonly Float32Array[],
  warmUp = 30,
): Promise<Turns<Answer>[]> {
  for (const { ask, every = 1 } of contenders) {
    for (const question of questions.slice(0, Math.ceil(warmUp / every))) await ask(question)
  }
  const turns = contenders.map(({ name }) => ({
    name,
    questions: [] as number[],
    answers: [] as Answer[],
    times: [] as number[],
  }))
  for (const [at, question] of questions.entries()) {
    for (const [place, { ask, every = 1 }] of contenders.entries()) {
      if (at % every !== 0) continue
      const started = performance.now()
      const answer = await ask(question)
      turns[place]?.times.push(performance.now() - started)
      turns[place]?.answers.push(answer)
      turns[place]?.questions.push(at)
    }
  }
  return turns
}

/** Recall against the exact distances, and percentiles of the times. */
export function figures(
  { name, questions, answers, times }: Turns<Distances>,
  truth: readonly Distances[],
): SearchFigures {
  let found = 0
  for (const [at, distances] of answers.entries()) {
    const last = (truth[questions[at] as number]?.[K - 1] ?? 0) + TOLERANCE
    found += Math.min(K, distances.filter((distance) => distance <= last).length)
  }
  return { name, recall: found / (answers.length * K), ...latency(times) }
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
