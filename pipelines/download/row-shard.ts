import { type CsvPosition, scanCsv } from '@promptloom/dataset/csv-file'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { type SmallRow, writeSmallTable } from '@promptloom/dataset/small-table'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { ShardContext, ShardResult } from '@promptloom/runner/stage'
import type { Tombstones } from '../tombstones.ts'
import type { DownloadOptions } from './options.ts'
import { OUTCOMES, type Outcome, RowJudge } from './row-verdict.ts'
import type { Layout, Repeats } from './scan.ts'

/** Columns of `NNNNN.rejects.parquet`: the row's number in the source from 1, its outcome, why, and its text. */
export const REJECT_SCHEMA = { row: 'integer', outcome: 'string', reason: 'string', raw: 'string' } as const

/** One rejected row. */
export type Reject = SmallRow<typeof REJECT_SCHEMA>

/** What a shard of rows is made from. */
export interface RowShardInput {
  /** Path of `source.csv`. */
  readonly csv: string
  readonly layout: Layout
  /** Number of the shard, from 0. */
  readonly index: number
  readonly repeats: Repeats
  /** Rows that are left out because the user had them forgotten. */
  readonly tombstones: Tombstones
}

/** Parses one shard's byte range and writes its rows, and its rejects where there are any. */
export async function processRowShard(
  input: RowShardInput,
  context: ShardContext<DownloadOptions>,
): Promise<ShardResult> {
  const range = input.layout.shards[input.index] as Layout['shards'][number]
  const sorting = new RowSorting(input, context.options)
  await context.time('parse', () =>
    scanCsv(input.csv, (position) => sorting.take(position), { ...range, signal: context.signal }),
  )
  const { rows, rejects, outcomes } = sorting
  context.progress(rows.length + rejects.length)
  await context.time('write', async () => {
    await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(rows))
    if (rejects.length > 0) await writeSmallTable(context.write('rejects.parquet'), REJECT_SCHEMA, rejects)
  })
  return { outcomes }
}

/** Sorts the rows of one shard into usable ones and rejects. */
class RowSorting {
  readonly rows: PromptRow[] = []
  readonly rejects: Reject[] = []
  readonly outcomes = Object.fromEntries(Object.keys(OUTCOMES).map((name) => [name, 0])) as Record<Outcome, number>
  readonly #judge: RowJudge
  readonly #repeats: Repeats
  readonly #tombstones: Tombstones
  #row: number
  #nextRepeat: number

  constructor({ layout, index, repeats, tombstones }: RowShardInput, options: DownloadOptions) {
    this.#judge = new RowJudge({ header: layout.header, field: layout.field }, options)
    this.#repeats = repeats
    this.#tombstones = tombstones
    this.#row = index * options.shardRows
    this.#nextRepeat = lowerBound(repeats.row, this.#row)
  }

  take(position: CsvPosition): void {
    const verdict = this.#judge.judge(position)
    const first = this.#firstOfRepeat()
    if (!('row' in verdict)) this.#reject(position, verdict.outcome, verdict.reason)
    else if (this.#tombstones.hides(verdict.row)) this.#forget()
    else if (first === undefined) {
      this.rows.push(verdict.row)
      this.outcomes.ok++
    } else this.#reject(position, 'duplicate_id', `row ${first + 1} has the same id`)
    this.#row++
  }

  #reject({ source, from, to }: CsvPosition, outcome: Outcome, reason: string): void {
    const raw = source.toString('utf8', from, to).replace(/\r?\n$/, '')
    this.rejects.push({ row: this.#row + 1, outcome, reason, raw })
    this.outcomes[outcome]++
  }

  /** Of a forgotten row nothing is kept but that there was one. */
  #forget(): void {
    this.rejects.push({ row: this.#row + 1, outcome: 'forgotten', reason: 'it was forgotten, as asked', raw: '' })
    this.outcomes.forgotten++
  }

  #firstOfRepeat(): number | undefined {
    if (this.#repeats.row[this.#nextRepeat] !== this.#row) return undefined
    return this.#repeats.first[this.#nextRepeat++]
  }
}

/** Index of the first element that isn't below `value`. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
