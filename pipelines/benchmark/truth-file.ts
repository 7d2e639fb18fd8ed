import { openTable, readTable } from '@promptloom/dataset/table-reader'
import { createTableWriter, writeTable } from '@promptloom/dataset/table-writer'
import type { GroundTruth, Query } from './query-set.ts'
import type { TrueNeighbours } from './recall.ts'

/** Paths of the two Parquet files that hold a ground truth. */
export interface TruthFiles {
  /** `id`, `exclude`, `vector`: one row a question. */
  readonly queries: string
  /** `query` (row number in the other file), `share`, `ids`, `distances`: one row a question and filter. */
  readonly answers: string
}

/** Fills the places of distances beyond the rows of an answer; no cosine distance is as great. */
const NO_DISTANCE = 9

const querySchema = (dimension: number) => ({ id: 'string', exclude: 'string', vector: { vector: dimension } }) as const
const answerSchema = (depth: number) =>
  ({ query: 'uint32', share: 'float64', ids: 'strings', distances: { vector: depth } }) as const

/** Writes a ground truth; the same questions and answers give the same bytes. */
export async function writeTruth(files: TruthFiles, truth: GroundTruth, depth: number): Promise<void> {
  const { queries, answers } = truth
  const dimension = queries[0]?.vector.length ?? 1
  await writeTable(files.queries, querySchema(dimension), {
    id: queries.map(({ id }) => id),
    exclude: queries.map(({ exclude }) => exclude),
    vector: flat(
      queries.map(({ vector }) => vector),
      dimension,
    ),
  })
  await using writer = await createTableWriter(files.answers, answerSchema(depth))
  for (const [share, all] of answers) {
    await writer.write({
      query: Uint32Array.from(all, (_, index) => index),
      share: new Float64Array(all.length).fill(share),
      ids: all.map(({ ids }) => ids),
      distances: flat(
        all.map(({ distances }) => distances),
        depth,
      ),
    })
  }
  await writer.close()
}

/** Reads a ground truth back; `dimension` and `depth` are those it was written with. */
export async function readTruth(
  files: TruthFiles,
  { dimension, depth }: { dimension: number; depth: number },
): Promise<GroundTruth> {
  const { columns, rows } = await readTable(files.queries, querySchema(dimension))
  const queries: Query[] = Array.from({ length: rows }, (_, row) => ({
    id: columns.id[row] as string,
    exclude: columns.exclude[row] as string,
    vector: columns.vector.slice(row * dimension, (row + 1) * dimension),
  }))
  const answers = new Map<number, TrueNeighbours[]>()
  using table = await openTable(files.answers, answerSchema(depth))
  for await (const { columns: found, rows: count } of table.batches()) {
    for (let row = 0; row < count; row++) {
      const share = found.share[row] as number
      const ids = found.ids[row] as readonly string[]
      const distances = found.distances.slice(row * depth, row * depth + ids.length)
      const list = answers.get(share) ?? []
      list[found.query[row] as number] = { ids, distances }
      answers.set(share, list)
    }
  }
  return { queries, answers }
}

function flat(rows: readonly ArrayLike<number>[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width).fill(NO_DISTANCE)
  for (const [index, row] of rows.entries()) all.set(row, index * width)
  return all
}
