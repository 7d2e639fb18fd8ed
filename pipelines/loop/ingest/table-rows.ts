import { type CsvPosition, scanCsv } from '@promptloom/dataset/csv-file'
import { bindHeader, type CsvBinding } from '@promptloom/dataset/csv-header'
import { refinedRow } from './refined-row.ts'
import type { Verdict } from './verdict.ts'

/** Columns of a table of improved prompts. */
const REQUIRED = { original_prompt: 'original_prompt', enhanced_prompt: 'enhanced_prompt' } as const
const OPTIONAL = ['id', 'similarity'] as const
type Column = keyof typeof REQUIRED | (typeof OPTIONAL)[number]

/** Rows whose verdicts are in memory at a time. */
const SLICE = 1_000

/** The verdict on one row of a table; rows are counted from 1, without the header. */
export interface TableRow {
  readonly number: number
  readonly verdict: Verdict
}

/**
 * The rows of a CSV file with the columns `original_prompt` and `enhanced_prompt`, and perhaps `id` (of the original
 * prompt's row, the parent) and `similarity`. The file is gone through twice, so that memory stays flat.
 *
 * @throws DatasetError when a column is missing or the file is no CSV
 */
export async function* tableRows(path: string, file: string): AsyncGenerator<TableRow> {
  const { binding, slices } = await layout(path)
  let number = 0
  for (const slice of slices) {
    const rows: TableRow[] = []
    await scanCsv(path, (position) => rows.push({ number: ++number, verdict: judge(position, binding, file) }), slice)
    yield* rows
  }
}

interface Layout {
  readonly binding: CsvBinding<Column>
  readonly slices: readonly { readonly start: number; readonly end: number }[]
}

async function layout(path: string): Promise<Layout> {
  let binding: CsvBinding<Column> | undefined
  const slices: { start: number; end: number }[] = []
  let rows = 0
  await scanCsv(path, (position) => {
    if (!binding) {
      binding = bind(position, path)
      return
    }
    const last = slices.at(-1)
    if (rows++ % SLICE === 0 || !last) slices.push({ start: position.start, end: position.end })
    else last.end = position.end
  })
  return { binding: binding ?? bindHeader(NOTHING, { ...REQUIRED, id: null, similarity: null }, path), slices }
}

/** The first record of a file that has none. */
const NOTHING = { record: { fields: 0 }, source: Buffer.alloc(0), from: 0, to: 0 } as unknown as CsvPosition

function bind(position: CsvPosition, path: string): CsvBinding<Column> {
  const { record, source } = position
  const names = new Set(Array.from({ length: record.fields }, (_, field) => record.text(source, field).trim()))
  const optional = Object.fromEntries(OPTIONAL.map((name) => [name, names.has(name) ? name : null]))
  return bindHeader<Column>(position, { ...REQUIRED, ...optional } as Record<Column, string | null>, path)
}

function judge({ record, source }: CsvPosition, { header, field }: CsvBinding<Column>, file: string): Verdict {
  if (record.flaw) return { outcome: 'malformed', reason: record.flaw }
  if (record.fields !== header.length) {
    return { outcome: 'malformed', reason: `${record.fields} fields where the header has ${header.length}` }
  }
  const text = (name: Column) => (field[name] < 0 ? '' : record.text(source, field[name]).trim())
  const [id, similarity] = [text('id'), text('similarity')]
  if (id.length > 500) return { outcome: 'malformed', reason: 'the id has more than 500 characters' }
  const scores =
    similarity !== '' && Number.isFinite(Number(similarity)) ? { similarity: Number(similarity) } : undefined
  return refinedRow(
    {
      ...{ prompt: text('enhanced_prompt'), asked: text('original_prompt'), parents: id === '' ? [] : [id] },
      ...(scores ? { scores } : {}),
    },
    file,
  )
}
