import { createHash } from 'node:crypto'
import { PICTURE_SCHEMA } from '@promptloom/dataset/picture-table'
import { readTable } from '@promptloom/dataset/table-reader'
import type { FileRef, StageContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'
import { Repeats } from './repeats.ts'

/** Pictures whose bytes occur more than once in the whole collection. */
export interface PictureDuplicates {
  /** Id of the first row, in the order of shards and rows, that has these bytes; undefined where only one has. */
  firstOf(sha256: string): string | undefined
  /** Stands for what `firstOf` says about the rows of one shard. */
  digestOf(table: FileRef): string
}

/** Looks through the picture tables, once a run as long as they stay the same. */
export async function openPictureDuplicates(
  context: StageContext<EmbedOptions>,
  tables: readonly FileRef[],
): Promise<PictureDuplicates> {
  const state = createHash('sha256')
    .update(tables.map((table) => table.sha256).join())
    .digest('hex')
  const opened = await context.open(`picture duplicates ${state}`, async () => {
    const duplicates = await findDuplicates(context, tables)
    return { duplicates, [Symbol.asyncDispose]: async () => undefined }
  })
  return opened.duplicates
}

async function findDuplicates(
  { read, signal }: StageContext<EmbedOptions>,
  tables: readonly FileRef[],
): Promise<PictureDuplicates> {
  const { id, sha256, length } = PICTURE_SCHEMA
  const pictures = async (table: FileRef) => {
    signal.throwIfAborted()
    const { columns } = await readTable(await read(table), { id, sha256, length })
    return columns.id.map((row, at) => ({ id: row, sha256: columns.length[at] ? (columns.sha256[at] as string) : '' }))
  }
  const parts: BigUint64Array[] = []
  for (const table of tables) {
    const present = (await pictures(table)).filter((picture) => picture.sha256)
    parts.push(BigUint64Array.from(present, (picture) => hashOf(picture.sha256)))
  }
  const repeats = await Repeats.among(parts)
  const first = new Map<string, string>()
  const digests = new Map<string, string>()
  for (const table of tables) {
    const digest = createHash('sha256')
    for (const picture of repeats.size > 0 ? await pictures(table) : []) {
      if (!picture.sha256 || !repeats.has(hashOf(picture.sha256))) continue
      const known = first.get(picture.sha256)
      if (known === undefined) first.set(picture.sha256, picture.id)
      else digest.update(`${picture.id}\0${known}\n`)
    }
    digests.set(table.name, digest.digest('hex'))
  }
  return { firstOf: (bytes) => first.get(bytes), digestOf: (table) => digests.get(table.name) ?? '' }
}

/** The first 64 bits of a digest in hex. */
function hashOf(sha256: string): bigint {
  return BigInt(`0x${sha256.slice(0, 16)}`)
}
