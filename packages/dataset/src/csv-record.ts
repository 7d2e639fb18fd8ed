const QUOTE = 0x22
const COMMA = 0x2c
const LF = 0x0a
const CR = 0x0d

/** Why a record cannot be taken apart: text behind a closing quote, or a quote that is never closed. */
export type CsvFlaw = 'text after a closing quote' | 'a quote that is never closed'

/**
 * The field boundaries of one CSV record, reused from record to record. A quote counts only as the first character
 * of a field, as in RFC 4180, pandas and ClickHouse: `5" nails` is plain text.
 */
export class CsvRecord {
  /** Number of fields. */
  fields = 0
  /** Set when the quoting is broken; the fields are then not to be trusted. */
  flaw: CsvFlaw | undefined
  /** True when the file ends before the record does: within a quoted field, or without a line ending. */
  open = false
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #escaped: boolean[] = []

  /** The field's bytes as they stand, without enclosing quotes, with quotes inside still doubled. */
  bytes(source: Buffer, field: number): Buffer {
    return source.subarray(this.#starts[field], this.#ends[field])
  }

  /** The field's text. Bytes that aren't UTF-8 become U+FFFD; check beforehand. */
  text(source: Buffer, field: number): string {
    const text = source.toString('utf8', this.#starts[field], this.#ends[field])
    return this.#escaped[field] ? text.replaceAll('""', '"') : text
  }

  /**
   * Finds the end of the record that begins at `start`: the position behind its line ending. A record with broken
   * quoting ends with its first line, so that one stray quote costs a line and not its neighbours.
   *
   * @param final whether `source` ends where the file ends.
   * @param longest a quoted field must close within so many bytes of the record's start.
   * @returns -1 when the record goes on behind the end of `source`.
   */
  scan(source: Buffer, start: number, { final, longest }: { final: boolean; longest: number }): number {
    this.fields = 0
    this.flaw = undefined
    this.open = false
    const limit = Math.min(source.length, start + longest)
    let at = start
    for (;;) {
      if (source[at] === QUOTE) {
        const close = this.#closingQuote(source, at, limit)
        if (close < 0) {
          if (limit === source.length && !final) return -1
          this.open = limit === source.length
          return this.#broken('a quote that is never closed', source, start, final)
        }
        at = close + 1
      } else {
        at = this.#plain(source, at)
      }
      if (at >= source.length) {
        this.open = true
        return final ? at : -1
      }
      if (source[at] === COMMA) at++
      else if (source[at] === LF) return at + 1
      else if (at + 1 >= source.length && !final) return -1
      else if (source[at] === CR && source[at + 1] === LF) return at + 2
      else return this.#broken('text after a closing quote', source, start, final)
    }
  }

  /** Position of the quote that closes the field opened at `open`; -1 when there is none before `limit`. */
  #closingQuote(source: Buffer, open: number, limit: number): number {
    let escaped = false
    let at = open + 1
    for (;;) {
      const quote = source.indexOf(QUOTE, at)
      if (quote < 0 || quote >= limit) return -1
      if (source[quote + 1] !== QUOTE) {
        this.#add(open + 1, quote, escaped)
        return quote
      }
      escaped = true
      at = quote + 2
    }
  }

  /** Takes an unquoted field and returns the position of what ends it. */
  #plain(source: Buffer, start: number): number {
    const { length } = source
    let at = start
    let byte = source[at]
    while (at < length && byte !== COMMA && byte !== LF) byte = source[++at]
    const end = byte === LF && at > start && source[at - 1] === CR ? at - 1 : at
    this.#add(start, end, false)
    return at
  }

  #broken(flaw: CsvFlaw, source: Buffer, from: number, final: boolean): number {
    this.flaw = flaw
    const end = source.indexOf(LF, from)
    if (end < 0) return final ? source.length : -1
    return end + 1
  }

  #add(start: number, end: number, escaped: boolean): void {
    this.#starts[this.fields] = start
    this.#ends[this.fields] = end
    this.#escaped[this.fields] = escaped
    this.fields++
  }
}

/** Length of the blank line at a position (`\n`, `\r\n`); 0 when there is none. Blank lines are no records. */
export function blankLine(source: Buffer, at: number): number {
  if (source[at] === LF) return 1
  return source[at] === CR && source[at + 1] === LF ? 2 : 0
}
