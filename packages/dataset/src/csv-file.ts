import { open } from 'node:fs/promises'
import { blankLine, CsvRecord } from './csv-record.ts'
import { DatasetError } from './dataset-error.ts'

/** How a CSV file is read. */
export interface CsvFileOptions {
  /** First byte to read; default 0. */
  readonly start?: number
  /** Byte to stop before; default the end of the file. */
  readonly end?: number
  /** Bytes within which a quoted field must close; default 1 MiB. */
  readonly longestRecord?: number
  /** Bytes read at a time, and about the memory that is used; default 1 MiB. */
  readonly chunk?: number
  readonly signal?: AbortSignal
}

/** A record as it passes by. The object and its bytes are reused: take what you need before asking for the next. */
export interface CsvPosition {
  readonly record: CsvRecord
  /** Holds the record's bytes, from `from` to `to`; `record`'s boundaries are positions in it. */
  readonly source: Buffer
  readonly from: number
  readonly to: number
  /** Byte offset of the record in the file, and of what follows it. */
  readonly start: number
  readonly end: number
}

/** Quoted fields longer than this are taken for a stray quote. */
export const LONGEST_RECORD = 1024 * 1024

/** A line longer than this is no line of a CSV file. */
const LONGEST_LINE = 64 * LONGEST_RECORD

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/**
 * Calls `visit` for every record of a CSV file in order, with its exact byte range; blank lines are passed over.
 * Memory stays at two chunks, or the longest record where that is longer. A byte-order mark is passed over.
 * @throws DatasetError when no line ending comes for 64 MiB: the file is something else.
 */
export async function scanCsv(
  path: string,
  visit: (position: CsvPosition) => void,
  options: CsvFileOptions = {},
): Promise<void> {
  const { chunk = LONGEST_RECORD, longestRecord = LONGEST_RECORD, start = 0, signal } = options
  await using file = await open(path, 'r')
  const end = Math.min(options.end ?? Number.POSITIVE_INFINITY, (await file.stat()).size)
  const walk = new RecordWalk(visit, longestRecord)
  let buffer = Buffer.allocUnsafe(chunk * 2)
  let held = 0
  for (let at = start; at < end; ) {
    signal?.throwIfAborted()
    // A record that didn't fit is scanned again from its start: doubling keeps that linear.
    const wanted = Math.max(chunk, held)
    if (buffer.length - held < wanted) buffer = Buffer.concat([buffer.subarray(0, held)], held + wanted)
    const { bytesRead } = await file.read(buffer, held, Math.min(wanted, end - at), at)
    if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
    at += bytesRead
    const source = buffer.subarray(0, held + bytesRead)
    const used = walk.through(source, at - source.length, at === end)
    source.copyWithin(0, used)
    held = source.length - used
  }
}

function tooLong(start: number): DatasetError {
  return new DatasetError('bad_csv', `This is no CSV file: the line at byte ${start} is longer than 64 MiB.`)
}

class RecordWalk {
  readonly #record = new CsvRecord()
  readonly #visit: (position: CsvPosition) => void
  readonly #longest: number

  constructor(visit: (position: CsvPosition) => void, longest: number) {
    this.#visit = visit
    this.#longest = longest
  }

  /** Visits the records that lie completely in `source`, and returns the position of the first that doesn't. */
  through(source: Buffer, offset: number, final: boolean): number {
    const record = this.#record
    const how = { final, longest: this.#longest }
    let from = offset === 0 && source.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0
    while (from < source.length) {
      const blank = blankLine(source, from)
      if (blank > 0) {
        from += blank
        continue
      }
      const to = record.scan(source, from, how)
      if ((to < 0 ? source.length : to) - from > LONGEST_LINE) throw tooLong(offset + from)
      if (to < 0) return from
      this.#visit({ record, source, from, to, start: offset + from, end: offset + to })
      from = to
    }
    return from
  }
}
