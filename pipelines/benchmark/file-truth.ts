import { UserError } from '@promptloom/runner/errors'
import type { GroundTruth } from './query-set.ts'
import type { TrueNeighbours } from './recall.ts'
import type { TargetTable } from './target.ts'
import type { VectorFile } from './vector-file.ts'

/** Neighbours of a question that are looked at: what files in the form of ann-benchmarks have. */
const DEPTH = 100
/** Cosine distances of float32 vectors, summed up by whoever made the file and by the engine, differ by less. */
const TOLERANCE = 1e-4
/** Components compared in the search for rows that the file should have named: some ten seconds on two cores. */
const WORK = 1e11
/** Questions that the exact search answers in one scan of the table, so fewer of them save nothing. */
const SCAN = 32

/** Questions and answers of a data set, none of which is taken at its word. */
export interface FileTruth {
  readonly truth: GroundTruth
  /** How many questions were also answered anew, so that no nearer row can be missing: the first ones of the file. */
  readonly searched: number
  /** Rows of the shortest answer: the longest answer that can be judged by this file. */
  readonly depth: number
}

/** A data set, and the table that its rows are loaded into under their row numbers as ids. */
export interface FileTruthRequest {
  readonly file: VectorFile
  /** Names the data set in an error. */
  readonly path: string
  readonly table: TargetTable
  /** The first so many questions are asked. */
  readonly queries: number
  /** How many of them are answered anew at least; default: as many as 10¹¹ compared components allow, and 32 always. */
  readonly searched?: number
}

/**
 * The file's questions and answers, with the distance of every named row computed anew from the vectors, for all
 * questions and their first 100 neighbours. Distances that the file has must be those within 0.0001, as 1 − cosine
 * (ann-benchmarks) or as the chord of unit vectors √(2 − 2·cosine); and where a question is answered anew, the file's
 * answer must be as near, place by place, within the same.
 * @throws UserError that names the question, the place and both figures where the file is wrong.
 */
export async function fileTruth(request: FileTruthRequest): Promise<FileTruth> {
  const { file, path, table } = request
  const count = Math.min(request.queries, file.questions.length)
  if (count === 0) throw new UserError(`${path} has no questions (test); nothing can be measured by it.`)
  const searched = Math.min(count, request.searched ?? affordable(file))
  const answers: TrueNeighbours[] = []
  for (let from = 0; from < count; from += SCAN) {
    const questions = file.questions.slice(from, Math.min(from + SCAN, count))
    const anew = from < searched ? await table.nearest(questions, DEPTH, 1) : []
    for (const [at, question] of questions.entries()) {
      const place = from + at
      const ids = Array.from(file.neighbours[place]?.subarray(0, DEPTH) ?? [], String)
      const known = await table.distances(question, ids, 1)
      const answer = new FileAnswer(`Question ${place} of ${path}`, ids, known)
      answer.compareStated(file.distances[place])
      answer.compareOrder()
      if (place < searched) answer.compareNearest(anew[at] as TrueNeighbours)
      answers.push({ ids, distances: answer.distances })
    }
  }
  const queries = file.questions.slice(0, count).map((vector, at) => ({ id: `question ${at}`, exclude: '', vector }))
  const depth = Math.min(...answers.map(({ ids }) => ids.length))
  return { truth: { queries, answers: new Map([[1, answers]]) }, searched, depth }
}

function affordable({ rows, dimension }: VectorFile): number {
  const questions = Math.floor(WORK / Math.max(1, rows * dimension))
  return Math.max(SCAN, questions - (questions % SCAN))
}

/** One answer of a file, held against the distances of its rows. */
class FileAnswer {
  readonly distances: readonly number[]
  readonly #name: string
  readonly #ids: readonly string[]

  constructor(name: string, ids: readonly string[], known: ReadonlyMap<string, number>) {
    this.#name = name
    this.#ids = ids
    this.distances = ids.map((id, place) => {
      const distance = known.get(id)
      if (distance !== undefined) return distance
      throw this.#wrong(place, 'which is none of its rows; neighbors must hold row numbers of train')
    })
    if (new Set(ids).size === ids.length) return
    const twice = ids.findIndex((id, place) => ids.indexOf(id) < place)
    throw this.#wrong(twice, 'which it has named before; every row may stand in an answer once')
  }

  /** What the file says of its distances, in either of the two usual forms. */
  compareStated(stated: ArrayLike<number> | undefined): void {
    if (stated === undefined) return
    const forms = [(one: number) => one, (one: number) => one ** 2 / 2]
    const faults = forms.map((form) =>
      this.distances.findIndex((distance, place) => !(Math.abs(form(Number(stated[place])) - distance) <= TOLERANCE)),
    )
    if (faults.includes(-1)) return
    const place = Math.max(...faults)
    const said = `at the distance ${stated[place] ?? 'that is missing'}, but its vector is at ${figure(this.distances[place])}`
    throw this.#wrong(place, `${said}; distances must be 1 − cosine, computed from the vectors in the same file`)
  }

  compareOrder(): void {
    const place = this.distances.findIndex((one, at) => !(one >= (this.distances[at - 1] ?? 0) - TOLERANCE))
    if (place < 0) return
    const before = place === 0 ? '' : ` and the row before it at ${figure(this.distances[place - 1])}`
    throw this.#wrong(
      place,
      `whose cosine distance is ${figure(this.distances[place])}${before}: answers must be in the order of their cosine distances, and these are for another metric or other vectors`,
    )
  }

  /** A row that is nearer than what the file has at that place would make every recall wrong. */
  compareNearest({ ids, distances }: TrueNeighbours): void {
    const place = this.distances.findIndex((one, at) => !(one <= (distances[at] as number) + TOLERANCE))
    if (place < 0) return
    throw this.#wrong(
      place,
      `at ${figure(this.distances[place])}, but row ${ids[place]} at ${figure(distances[place])} belongs there: its answers are not the nearest of its rows, so make them anew by exact search`,
    )
  }

  #wrong(place: number, what: string): UserError {
    return new UserError(`${this.#name} has row ${this.#ids[place]} at place ${place + 1}, ${what}.`)
  }
}

function figure(distance: number | undefined): string {
  return String(Number((distance ?? Number.NaN).toPrecision(6)))
}
