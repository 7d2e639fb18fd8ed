import { isUtf8 } from 'node:buffer'
import type { CsvPosition } from '@promptloom/dataset/csv-file'
import type { CsvBinding, CsvNames } from '@promptloom/dataset/csv-header'
import type { CsvRecord } from '@promptloom/dataset/csv-record'
import type { PromptRow } from '@promptloom/dataset/row'
import { z } from 'zod'
import type { DownloadOptions } from './options.ts'

/** Every outcome of a row, and how it counts. A row with several faults ends in the first of them. */
export const OUTCOMES = {
  ok: 'ok',
  malformed: 'final',
  missing_id: 'final',
  empty_prompt: 'final',
  bad_size: 'final',
  duplicate_id: 'final',
  /** The user had it forgotten: see `promptloom forget`. */
  forgotten: 'final',
} as const

/** Name of an outcome. */
export type Outcome = keyof typeof OUTCOMES

/** Columns that are looked for in the file. */
export type ColumnName = keyof DownloadOptions['columns']

/** What a record turned out to be: a usable row, or why it isn't one. */
export type Verdict = { readonly row: PromptRow } | { readonly outcome: Outcome; readonly reason: string }

/** Sides longer than this are a mistake: the largest pictures that diffusion models paint stay far below. */
const LONGEST_SIDE = 65_535

/** Decides about records of one file. It looks at the record alone, so that every pass comes to the same verdict. */
export class RowJudge {
  readonly #binding: CsvBinding<ColumnName>
  readonly #schema: ReturnType<typeof rowSchema>

  constructor(binding: CsvBinding<ColumnName>, options: Pick<DownloadOptions, 'columns' | 'badSize'>) {
    this.#binding = binding
    this.#schema = rowSchema(options.columns, options.badSize)
  }

  /** The verdict on one record; duplicates are seen only by who sees all rows. */
  judge({ record, source, from, to }: CsvPosition): Verdict {
    const { header } = this.#binding
    if (record.flaw) return { outcome: 'malformed', reason: record.flaw }
    if (record.fields !== header.length) {
      return { outcome: 'malformed', reason: `${record.fields} fields where the header has ${header.length}` }
    }
    if (!isUtf8(source.subarray(from, to))) return { outcome: 'malformed', reason: 'bytes that are not UTF-8' }
    const parsed = this.#schema.safeParse({
      id: this.#text(record, source, 'id'),
      prompt: this.#text(record, source, 'prompt'),
      url: this.#text(record, source, 'url'),
      width: this.#text(record, source, 'width'),
      height: this.#text(record, source, 'height'),
      source_site: this.#text(record, source, 'source_site'),
    })
    if (parsed.success) return { row: complete(parsed.data) }
    return worst(parsed.error.issues)
  }

  #text(record: CsvRecord, source: Buffer, name: ColumnName): string {
    const field = this.#binding.field[name]
    return field < 0 ? '' : record.text(source, field)
  }
}

type Parsed = z.output<ReturnType<typeof rowSchema>>

const NO_PARENTS: readonly string[] = []

function complete({ id, prompt, url, width, height, source_site }: Parsed): PromptRow {
  // Half a size is of no use to anybody.
  const known = width > 0 && height > 0
  const [w, h] = known ? [width, height] : [0, 0]
  return { id, prompt, url, width: w, height: h, source_site, origin: 'dataset', parents: NO_PARENTS }
}

/** Texts stay exactly as they are; only whether they are blank is looked at. */
function rowSchema(columns: CsvNames<ColumnName>, badSize: DownloadOptions['badSize']) {
  const side = (column: string | null) => (column === null ? z.string().transform(() => 0) : sideSchema(badSize))
  return z.object({
    id: z.string().regex(/\S/, 'the id is empty'),
    prompt: z.string().regex(/\S/, 'the prompt is empty'),
    url: z.string(),
    width: side(columns.width),
    height: side(columns.height),
    source_site: z.string(),
  })
}

function sideSchema(badSize: DownloadOptions['badSize']) {
  return z.string().transform((text, context) => {
    // pandas writes whole numbers as 512.0 in a column that has gaps.
    const digits = /^\s*(\d{1,6})(\.0+)?\s*$/.exec(text)?.[1]
    const side = digits === undefined ? 0 : Number(digits)
    if (side > 0 && side <= LONGEST_SIDE) return side
    if (badSize === 'reject') context.addIssue({ code: 'custom', message: sideReason(text) })
    return 0
  })
}

function sideReason(text: string): string {
  if (text.trim() === '') return 'is missing'
  return `is ${JSON.stringify(text.slice(0, 40))}, not a whole number from 1 to ${LONGEST_SIDE}`
}

function worst(issues: readonly z.core.$ZodIssue[]): Verdict {
  const of = (name: ColumnName) => issues.find((issue) => issue.path[0] === name)?.message
  const id = of('id')
  if (id) return { outcome: 'missing_id', reason: id }
  const prompt = of('prompt')
  if (prompt) return { outcome: 'empty_prompt', reason: prompt }
  const sizes = (['width', 'height'] as const).filter((side) => of(side)).map((side) => `the ${side} ${of(side)}`)
  return { outcome: 'bad_size', reason: sizes.join('; ') }
}
