import type { SearchRequest } from '@promptloom/store/search'
import type { VectorTable } from '@promptloom/store/vector-table'
import { type Contender, type Distances, distancesTo, figures, K, type Turns } from './bench-store-measure.ts'
import type { PeerAnswer } from './bench-store-peer-host.ts'
import { FILTERED } from './bench-store-peers.ts'
import { DIMENSION, RARE_WIDTH, SHARD, shardVectors } from './bench-store-rows.ts'

/** Distances as we answer with them, or numbers of rows, as peers do. */
export type Asked = Distances | PeerAnswer

/** Figures of one contender; with its failure, those of the answers before it. */
export type JudgedFigures = ReturnType<typeof figures> & { readonly failure?: string }

const EXACT_FILTERED = `exact, ${FILTERED}`

/** Our own searches, with the columns that the peers are asked for; exact ones are asked every tenth question. */
export function ownContenders(table: Pick<VectorTable, 'search'>, efforts: readonly number[] = []): Contender<Asked>[] {
  const filter = { column: 'width', is: '=', value: RARE_WIDTH } as const
  const ask = (name: string, more: Omit<SearchRequest, 'vector' | 'k'>, every = 1): Contender<Asked> => ({
    name,
    every,
    ask: async (vector) => (await table.search({ vector, k: K, ...more })).hits.map(({ distance }) => distance),
  })
  return [
    ask('default search', { columns: [] }),
    ask('default search, all columns', {}),
    ...efforts.map((effort) => ask(`index, ef ${effort}`, { columns: [], effort })),
    ask('exact', { columns: [], mode: 'exact' }, 10),
    ask(`default search, ${FILTERED}`, { columns: [], filter }),
    ask(EXACT_FILTERED, { columns: [], filter, mode: 'exact' }, 10),
  ]
}

/**
 * Figures of all turns, each answer held against the true distances: peers' by the vectors of the rows that they named,
 * those among some of the rows against the exact search among the same ones.
 */
export function judged(
  turns: readonly Turns<Asked>[],
  questions: readonly Float32Array[],
  truth: readonly Distances[],
): JudgedFigures[] {
  const measured = withDistances(turns, questions)
  const exact = measured.find(({ name }) => name === EXACT_FILTERED)
  const among = new Map(exact?.questions.map((question, at) => [question, exact.answers[at] as Distances]))
  return measured.map((one) => {
    const { failure } = one
    const found = one.name.endsWith(FILTERED)
      ? { ...figures(known(one, among), sparse(among)), name: one.name, ...latencyOf(one) }
      : figures(one, truth)
    return failure === undefined ? found : { ...found, failure }
  })
}

/** The answers to those questions whose truth is known. */
function known(turns: Turns<Distances>, truth: ReadonlyMap<number, Distances>): Turns<Distances> {
  const places = turns.questions.flatMap((question, at) => (truth.has(question) ? [at] : []))
  return {
    ...turns,
    questions: places.map((at) => turns.questions[at] as number),
    answers: places.map((at) => turns.answers[at] as Distances),
  }
}

function sparse(truth: ReadonlyMap<number, Distances>): Distances[] {
  const list: Distances[] = []
  for (const [question, distances] of truth) list[question] = distances
  return list
}

/** All of its times, those of questions without a known answer too. */
function latencyOf(turns: Turns<Distances>) {
  const { p50, p95, p99 } = figures({ ...turns, questions: [], answers: [] }, [])
  return { p50, p95, p99 }
}

function withDistances(turns: readonly Turns<Asked>[], questions: readonly Float32Array[]): Turns<Distances>[] {
  const vectors = vectorsOf(new Set(turns.flatMap(({ answers }) => answers.flatMap(rowsOf))))
  const distances = (answer: Asked, question: Float32Array) =>
    'rows' in answer
      ? distancesTo(
          question,
          answer.rows.flatMap((row) => vectors.get(row) ?? []),
        )
      : answer
  return turns.map((one) => ({
    ...pick(one),
    answers: one.answers.map((answer, at) => distances(answer, questions[one.questions[at] as number] as Float32Array)),
  }))
}

function pick({ name, questions, times, failure }: Turns<Asked>) {
  return { name, questions, times, ...(failure === undefined ? {} : { failure }) }
}

function rowsOf(answer: Asked): readonly number[] {
  return 'rows' in answer ? answer.rows : []
}

function vectorsOf(rows: ReadonlySet<number>): Map<number, Float32Array> {
  const vectors = new Map<number, Float32Array>()
  for (const shard of new Set([...rows].map((row) => Math.floor(row / SHARD)))) {
    const first = shard * SHARD
    const flat = shardVectors(first)
    for (let row = first; row < first + SHARD; row++) {
      const at = (row - first) * DIMENSION
      if (rows.has(row)) vectors.set(row, flat.slice(at, at + DIMENSION))
    }
  }
  return vectors
}
