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
  /** Milliseconds that the answer took, for one that measures them itself; default: the clock here. */
  took?(answer: Answer): number
}

/** What one contender answered, and how long it took for each question. */
export interface Turns<Answer> {
  readonly name: string
  readonly questions: readonly number[]
  readonly answers: readonly Answer[]
  /** Milliseconds. */
  readonly times: readonly number[]
  /** Why it was asked no longer; undefined for one that answered to the end. */
  readonly failure?: string
}

/**
 * Asks all contenders the same questions, by turns, after a warm-up: what disturbs the machine disturbs all of them.
 * One that fails is asked no more; what it and the others answered counts.
 */
export async function askByTurns<Answer>(
  contenders: readonly Contender<Answer>[],
  questions: readonly Float32Array[],
  { warmUp = 30, signal }: { readonly warmUp?: number; readonly signal?: AbortSignal } = {},
): Promise<Turns<Answer>[]> {
  const turns = contenders.map((contender) => new Turn(contender))
  for (const turn of turns) {
    for (const question of questions.slice(0, Math.ceil(warmUp / turn.every))) await turn.ask(question)
  }
  for (const [at, question] of questions.entries()) {
    signal?.throwIfAborted()
    for (const turn of turns) if (at % turn.every === 0) await turn.ask(question, at)
  }
  return turns
}

/** One contender's turns. */
class Turn<Answer> implements Turns<Answer> {
  readonly name: string
  readonly every: number
  readonly questions: number[] = []
  readonly answers: Answer[] = []
  readonly times: number[] = []
  failure?: string
  readonly #contender: Contender<Answer>

  constructor(contender: Contender<Answer>) {
    this.#contender = contender
    this.name = contender.name
    this.every = contender.every ?? 1
  }

  /** Asks; without its number, the question is one to warm up with. */
  async ask(question: Float32Array, at?: number): Promise<void> {
    if (this.failure !== undefined) return
    try {
      const started = performance.now()
      const answer = await this.#contender.ask(question)
      const passed = performance.now() - started
      if (at === undefined) return
      this.times.push(this.#contender.took?.(answer) ?? passed)
      this.answers.push(answer)
      this.questions.push(at)
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error)
    }
  }
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
  return { name, recall: answers.length === 0 ? 0 : found / (answers.length * K), ...latency(times) }
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
