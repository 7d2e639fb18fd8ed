import { openPictureShard, type PictureShard } from '@promptloom/dataset/picture-shard'
import { PICTURE_SCHEMA, type PictureRow } from '@promptloom/dataset/picture-table'
import { type PicturePlace, PictureTarWriter } from '@promptloom/dataset/picture-tar'
import type { PromptRow } from '@promptloom/dataset/row'
import { columnsFromRows } from '@promptloom/dataset/table-rows'
import { writeTable } from '@promptloom/dataset/table-writer'
import type { Checkpoint, ShardContext } from '@promptloom/runner/stage'
import { FETCH_LOG, type FetchFacts, readFetchLog, writeFetchLog } from './fetch-log.ts'
import type { Finding } from './finding.ts'
import type { Spool } from './spool.ts'

/** Findings of one origin: what the spool holds, or what the last commit did. */
export interface FindingSource {
  /** The finding of a row, or undefined when it has to be fetched. */
  find(id: string): Finding | undefined
  /** The stored picture of a finding of this source. */
  picture(finding: Finding): Promise<Buffer>
}

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg', png: 'png', webp: 'webp', gif: 'gif' }

/** What the spool holds. */
export function spoolSource(spool: Spool): FindingSource {
  return {
    find: (id) => spool.get(id)?.finding,
    picture: async ({ row }) => {
      const spooled = spool.get(row.id)
      if (!spooled?.length) throw new Error(`The spool has no picture of ${row.id}, which is ${row.outcome}.`)
      return spool.picture(spooled)
    },
  }
}

/** The rows of the last commit that are not to be done again, and their pictures. */
export async function previousSource(
  { files }: Checkpoint,
  redo: ReadonlySet<string>,
  context: Pick<ShardContext<unknown>, 'read'>,
): Promise<FindingSource & AsyncDisposable> {
  const path = (ending: string) => {
    const file = files.find(({ name, shard }) => name === `${shard}.${ending}`)
    if (file === undefined) throw new Error(`The last commit has no ${ending} file.`)
    return context.read(file)
  }
  const shard: PictureShard = await openPictureShard(await path('parquet'), await path('tar'))
  const facts = new Map((await readFetchLog(await path(FETCH_LOG))).map((fetch) => [fetch.id, fetch]))
  const rows = new Map(shard.rows.filter((row) => !redo.has(row.outcome)).map((row) => [row.id, row]))
  return {
    find: (id) => {
      const row = rows.get(id)
      return row && { row, fetch: facts.get(id) as FetchFacts }
    },
    picture: async ({ row }) => (await shard.read(row)) as Buffer,
    [Symbol.asyncDispose]: () => shard[Symbol.asyncDispose](),
  }
}

/** Paths of the files of one shard. */
export interface ShardFiles {
  readonly table: string
  readonly tar: string
  readonly fetches: string
}

/**
 * Writes a shard's files out of its rows' findings, in the order of the rows. Of rows with the same original bytes
 * the first is `ok` and the others are its `duplicate`s, whichever came first over the network, so that neither
 * speed, nor a kill, nor a later retry of some rows changes a byte.
 */
export async function assemble(
  rows: readonly PromptRow[],
  sources: readonly FindingSource[],
  files: ShardFiles,
): Promise<Finding[]> {
  await using tar = await PictureTarWriter.create(files.tar)
  const kept = new Map<string, PictureRow>()
  const findings: Finding[] = []
  for (const { id } of rows) {
    const { finding, source } = found(id, sources)
    const first = hasPicture(finding.row) ? kept.get(finding.row.sha256) : undefined
    let row = finding.row
    if (first) row = duplicate(row, first)
    else if (hasPicture(row)) {
      const place = await tar.add(id, EXTENSIONS[row.stored_format] ?? 'bin', await source.picture(finding))
      row = original(row, place)
      kept.set(row.sha256, row)
    }
    findings.push({ row, fetch: finding.fetch })
  }
  await tar.finish()
  const pictures = findings.map((one) => one.row)
  await writeTable(files.table, PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, pictures))
  await writeFetchLog(
    files.fetches,
    findings.map((one) => one.fetch),
  )
  return findings
}

function found(id: string, sources: readonly FindingSource[]): { finding: Finding; source: FindingSource } {
  for (const source of sources) {
    const finding = source.find(id)
    if (finding) return { finding, source }
  }
  throw new Error(`Row ${id} ended in no outcome.`)
}

function hasPicture(row: PictureRow): boolean {
  return row.outcome === 'ok' || row.outcome === 'duplicate'
}

function original(row: PictureRow, place: PicturePlace): PictureRow {
  return { ...row, outcome: 'ok', duplicate_of: '', ...place }
}

function duplicate(row: PictureRow, first: PictureRow): PictureRow {
  return { ...row, outcome: 'duplicate', duplicate_of: first.id, offset: first.offset, length: first.length }
}
