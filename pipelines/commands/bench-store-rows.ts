import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeTable } from '@promptloom/dataset/table-writer'
import { textSchema } from '@promptloom/dataset/vector-schema'
import { powerLawVectors } from '@promptloom/store/bench-vectors'

/** Components of the bench's vectors: as many as CLIP ViT-B/32's. */
export const DIMENSION = 512
/** Rows of one file, and of one batch for the peers. */
export const SHARD = 10_000
/** Width of one row in a hundred, and of all others: what a filter is measured with. */
export const RARE_WIDTH = 768
const COMMON_WIDTH = 512
const ROW_SEED = 1000
const QUESTION_SEED = 99

/** Vectors of the shard whose first row is `first`, one after the other; of a shorter one, the first of them. */
export function shardVectors(first: number, count = SHARD): Float32Array {
  return powerLawVectors(Math.min(count, SHARD), DIMENSION, ROW_SEED + first / SHARD)
}

/** Questions of the same distribution, none of which is a row. */
export function benchQuestions(count: number): Float32Array[] {
  const flat = powerLawVectors(count, DIMENSION, QUESTION_SEED)
  return Array.from({ length: count }, (_, at) => flat.subarray(at * DIMENSION, (at + 1) * DIMENSION))
}

/** Columns of the text table for the rows from `first` on, as many as there are vectors. */
export function benchRows(first: number, { vectors, dimension }: { vectors: Float32Array; dimension: number }) {
  const ids = Array.from(
    { length: vectors.length / dimension },
    (_, at) => `row-${String(first + at).padStart(9, '0')}`,
  )
  const same = <T>(value: T) => ids.map(() => value)
  return {
    id: ids,
    prompt: ids.map((id) => `a painting of ${id}, trending on artstation, highly detailed`),
    url: same(''),
    width: Uint32Array.from(ids, (_, at) => ((first + at) % 100 === 0 ? RARE_WIDTH : COMMON_WIDTH)),
    height: new Uint32Array(ids.length).fill(512),
    source_site: same('bench'),
    origin: same('dataset'),
    parents: same<string[]>([]),
    model: same('bench'),
    truncated: same(false),
    prompt_vector: vectors,
  }
}

/** The number of the row with that id. */
export function rowNumber(id: string): number {
  return Number(id.slice('row-'.length))
}

/** Rows of the shard at that place, of so many altogether: the last may be a shorter one. */
export function rowsOfShard(at: number, rows: number): number {
  return Math.min(SHARD, rows - at * SHARD)
}

/** Writes shards as the embed stage does, and answers with their paths in order. */
export async function writeShards(rows: number, folder: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = []
  await mkdir(folder, { recursive: true })
  for (let first = 0; first < rows; first += SHARD) {
    signal?.throwIfAborted()
    const path = join(folder, `${String(first).padStart(9, '0')}.parquet`)
    await writeTable(
      path,
      textSchema(DIMENSION),
      benchRows(first, { vectors: shardVectors(first, rows - first), dimension: DIMENSION }),
    )
    files.push(path)
  }
  return files
}
