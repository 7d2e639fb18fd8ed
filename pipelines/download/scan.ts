import { createHash, type Hash } from 'node:crypto'
import { type CsvPosition, scanCsv } from '@promptloom/dataset/csv-file'
import { bindHeader, type CsvBinding } from '@promptloom/dataset/csv-header'
import { z } from 'zod'
import { DownloadError } from './download-error.ts'
import { IdIndex } from './id-index.ts'
import type { DownloadOptions } from './options.ts'
import { type ColumnName, RowJudge } from './row-verdict.ts'

const shardRange = z.object({
  /** Bytes of `source.csv` that hold the shard's rows. */
  start: z.number(),
  end: z.number(),
  rows: z.number(),
  /** Digest of the rows' bytes. */
  sha256: z.string(),
  /** Digest of which of the rows repeat an earlier id, and whose; empty when none does. */
  repeats: z.string(),
})

/** Where each shard's rows lie in `source.csv`, kept in the checkpoint of the shard `source`. */
export const layoutSchema = z.object({
  /** Column names of the file, and the field of each column that is used (-1: not in the file). */
  header: z.array(z.string()),
  field: z.object({
    id: z.number(),
    prompt: z.number(),
    url: z.number(),
    width: z.number(),
    height: z.number(),
    source_site: z.number(),
  }),
  rows: z.number(),
  shards: z.array(shardRange),
})

/** See `layoutSchema`. */
export type Layout = z.infer<typeof layoutSchema>

/** Rows whose id an earlier usable row has: their numbers from 0, ascending, and the numbers of the earlier rows. */
export interface Repeats {
  readonly row: Uint32Array
  readonly first: Uint32Array
}

/** How a scan is done. */
export interface ScanOptions {
  readonly options: DownloadOptions
  /** How messages name the source. */
  readonly name: string
  readonly signal?: AbortSignal
  /** Told how many rows have been seen. */
  readonly onRows?: (rows: number) => void
}

/**
 * Reads a whole CSV file once: finds the byte range of each shard and the rows that repeat an id. Memory is 27 to 53
 * bytes a row for the ids, and otherwise flat.
 * @throws DatasetError when the header lacks a column, DownloadError when there are no rows or the file is cut short.
 */
export async function scanSource(path: string, scan: ScanOptions): Promise<{ layout: Layout; repeats: Repeats }> {
  const { name, options, signal } = scan
  let pass: ScanPass | undefined
  const visit = (position: CsvPosition) => {
    if (pass) pass.visit(position)
    else pass = new ScanPass(bindHeader(position, options.columns, name), scan)
  }
  await scanCsv(path, visit, signal ? { signal } : {})
  if (!pass) throw new DownloadError('bad_source', `${name} is empty; it should be a CSV file with a header.`)
  return pass.finish()
}

class ScanPass {
  readonly #binding: CsvBinding<ColumnName>
  readonly #judge: RowJudge
  readonly #scan: ScanOptions
  readonly #ids = new IdIndex()
  readonly #shards: Layout['shards'] = []
  readonly #repeated: number[] = []
  readonly #firsts: number[] = []
  #rows = 0
  #digest: Hash = createHash('sha256')
  #repeats: Hash | undefined
  #start = 0
  #end = 0

  constructor(binding: CsvBinding<ColumnName>, scan: ScanOptions) {
    this.#binding = binding
    this.#scan = scan
    this.#judge = new RowJudge(binding, scan.options)
  }

  visit(position: CsvPosition): void {
    const { source, from, to, start, end } = position
    if (this.#isCut(position)) throw this.#cut(position)
    if (this.#rows % this.#scan.options.shardRows === 0) {
      this.#close()
      this.#start = start
    }
    this.#digest.update(source.subarray(from, to))
    this.#end = end
    const verdict = this.#judge.judge(position)
    if ('row' in verdict) this.#claim(verdict.row.id)
    this.#rows++
    if (this.#rows % 10_000 === 0) this.#scan.onRows?.(this.#rows)
  }

  finish(): { layout: Layout; repeats: Repeats } {
    const { name } = this.#scan
    if (this.#rows === 0) throw new DownloadError('bad_source', `${name} has a header but no rows.`)
    this.#close()
    this.#scan.onRows?.(this.#rows)
    const { header, field } = this.#binding
    return {
      layout: { header: [...header], field: { ...field }, rows: this.#rows, shards: this.#shards },
      repeats: { row: Uint32Array.from(this.#repeated), first: Uint32Array.from(this.#firsts) },
    }
  }

  #claim(id: string): void {
    const first = this.#ids.claim(id, this.#rows)
    if (first === undefined) return
    this.#repeated.push(this.#rows)
    this.#firsts.push(first)
    this.#repeats ??= createHash('sha256')
    this.#repeats.update(`${this.#rows % this.#scan.options.shardRows}:${first},`)
  }

  /** Ends the shard under way, if there is one. */
  #close(): void {
    const { shardRows } = this.#scan.options
    const rows = this.#rows - this.#shards.length * shardRows
    if (rows === 0) return
    this.#shards.push({
      start: this.#start,
      end: this.#end,
      rows,
      sha256: this.#digest.digest('hex'),
      repeats: this.#repeats?.digest('hex') ?? '',
    })
    this.#digest = createHash('sha256')
    this.#repeats = undefined
  }

  #isCut({ record }: CsvPosition): boolean {
    if (this.#scan.options.allowCut || !record.open) return false
    return record.flaw !== undefined || record.fields < this.#binding.header.length
  }

  #cut({ record, start }: CsvPosition): DownloadError {
    const { name } = this.#scan
    const what = record.flaw ?? `${record.fields} of ${this.#binding.header.length} fields`
    const where = `row ${this.#rows + 1}, at byte ${start}, has ${what}`
    const next = 'Get the file again, or set allowCut to go on without that row.'
    return new DownloadError('cut', `${name} ends in the middle of a row: ${where}. ${next}`)
  }
}
