import { writeFile } from 'node:fs/promises'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from '@promptloom/dataset/picture-table'
import { PictureTarWriter } from '@promptloom/dataset/picture-tar'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { columnsFromRows } from '@promptloom/dataset/table-rows'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import type { Tombstones } from '../tombstones.ts'
import { type InboxLine, readBatch, readInboxPicture } from './inbox.ts'
import type { InboxRow } from './inbox-row.ts'
import type { FeedbackOptions, PictureRules } from './options.ts'

/** A picture that was decoded whole, as `fetch-images` finds it, and what is stored of it. */
export interface ExaminedPicture
  extends Omit<PictureRow, 'id' | 'outcome' | 'status' | 'sha256' | 'bytes' | 'duplicate_of' | 'offset' | 'length'> {
  readonly stored: Buffer
}

/** Decodes, checks and packs a picture by the rules that fetched ones are held to; a fault is a result. */
export type Examine = (
  bytes: Buffer,
  rules: PictureRules,
) => Promise<{ readonly picture: ExaminedPicture } | { readonly fault: string; readonly detail: string }>

/** One line of `<shard>.lineage.jsonl`: what became of a line of the inbox, and how the row came about. */
export interface LineageLine extends Partial<Pick<InboxRow, 'lineage' | 'created' | 'parents' | 'origin' | 'prompt'>> {
  readonly id: string
  readonly outcome: string
  readonly batch: string
  /** Why a picture can't be used. */
  readonly detail?: string
}

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg', png: 'png', webp: 'webp', gif: 'gif' }
/** Pictures that are decoded at the same time. */
const DECODED_TOGETHER = 4

interface Settled {
  readonly line: LineageLine
  readonly row?: PromptRow
  readonly picture?: { readonly row: PictureRow; readonly stored: Buffer }
}

interface Work {
  readonly examine: Examine
  /** Ids of rows that an earlier shard has. */
  readonly earlier: (id: string) => boolean
  /** Rows that the user had forgotten, put in again. */
  readonly tombstones: Tombstones
}

/**
 * Turns batches of the inbox into what `download` and `fetch-images` leave behind: `.parquet` (rows),
 * `.pictures.parquet` and `.tar` (pictures), and `.lineage.jsonl` (a line for each line of the inbox).
 */
export async function processRowShard(
  shard: Shard,
  context: ShardContext<FeedbackOptions>,
  { examine, earlier, tombstones }: Work,
): Promise<ShardResult> {
  const batches = Object.keys(shard.facts?.batches as Record<string, string>)
  const seen = new Set<string>()
  const settled: Omit<Settled, 'picture'>[] = []
  const pictures: PictureRow[] = []
  await using tar = await PictureTarWriter.create(context.write('tar'))
  for (const batch of batches) {
    const lines = await readBatch(context.workspace, batch)
    for (let from = 0; from < lines.length; from += DECODED_TOGETHER) {
      context.signal.throwIfAborted()
      const few = lines.slice(from, from + DECODED_TOGETHER).map((line) => ({ ...arrived(line), batch }))
      for (const { picture, ...one } of await Promise.all(few.map((one) => settle(one, context, examine)))) {
        if (picture) {
          const { row, stored } = picture
          pictures.push({ ...row, ...(await tar.add(row.id, EXTENSIONS[row.stored_format] ?? 'bin', stored)) })
        }
        settled.push(one)
      }
      context.progress(settled.length)
    }
  }
  await tar.finish()
  const rows = settled.flatMap(({ row }) => row ?? [])
  await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(rows))
  await writeTable(context.write('pictures.parquet'), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, pictures))
  const lines = settled.map(({ line }) => `${JSON.stringify(line)}\n`)
  await writeFile(context.write('lineage.jsonl'), lines.join(''))
  const outcomes: Record<string, number> = {}
  for (const { line } of settled) outcomes[line.outcome] = (outcomes[line.outcome] ?? 0) + 1
  return { outcomes, facts: { rows: rows.length, pictures: pictures.length } }

  function arrived(line: InboxLine): Pick<Arrived, 'line' | 'again'> {
    if (!('id' in line)) return { line, again: false }
    if (tombstones.hides(line)) return { line: { forgotten: line.id }, again: false }
    const again = seen.has(line.id) || earlier(line.id)
    seen.add(line.id)
    return { line, again }
  }
}

interface Arrived {
  readonly line: InboxLine
  readonly batch: string
  /** Whether the id was there before. */
  readonly again: boolean
}

async function settle(
  { line, batch, again }: Arrived,
  { workspace, options }: ShardContext<FeedbackOptions>,
  examine: Examine,
): Promise<Settled> {
  if (!('id' in line)) return { line: { id: line.forgotten, outcome: 'forgotten', batch } }
  const { id, prompt, origin, parents, lineage, created } = line
  const told = { id, batch, prompt, origin, parents, lineage, created }
  if (again) return { line: { ...told, outcome: 'duplicate' } }
  const row = rowOf(line)
  if (!line.picture) return { line: { ...told, outcome: 'ok' }, row }
  const { sha256 } = line.picture
  const bytes = await readInboxPicture(workspace, batch, sha256)
  const examined = await examine(bytes, options.pictures)
  if ('fault' in examined) return { line: { ...told, outcome: examined.fault, detail: examined.detail } }
  const { stored, ...facts } = examined.picture
  const picture = { ...emptyPictureRow(id, 'ok'), ...facts, sha256, bytes: bytes.length }
  const size = row.width > 0 ? {} : { width: facts.width, height: facts.height }
  return { line: { ...told, outcome: 'ok' }, row: { ...row, ...size }, picture: { row: picture, stored } }
}

function rowOf({ id, prompt, url, width, height, source_site, origin, parents }: InboxRow): PromptRow {
  return { id, prompt, url, width, height, source_site, origin, parents }
}
