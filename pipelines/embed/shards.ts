import type { Checkpoint, FileRef, Shard, StageContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'
import type { PictureDuplicates } from './picture-duplicates.ts'

type Context = StageContext<EmbedOptions>
type Facts = NonNullable<Shard['facts']>

/** One text shard for each shard of rows, of the collection and of the feedback. */
export function textShards(context: Context, facts: Facts): Shard[] {
  return rowSources(context).flatMap(({ name, rows, prompts }) =>
    prompts ? [{ name: `text-${name}`, rows, inputs: [prompts], facts }] : [],
  )
}

/** One image shard for each shard of pictures; what is a duplicate there depends on all others. */
export function imageShards(context: Context, facts: Facts, duplicates: PictureDuplicates): Shard[] {
  return rowSources(context).flatMap(({ name, prompts, pictures }) => {
    if (!prompts || !pictures?.table || !pictures.tar || pictures.rows === 0) return []
    const { table, tar, rows } = pictures
    const inputs = [prompts, table, tar]
    return [{ name: `image-${name}`, rows, inputs, facts: { ...facts, duplicates: duplicates.digestOf(table) } }]
  })
}

/** The tables of all picture shards, those of the collection first. */
export function pictureTables(context: Context): FileRef[] {
  return rowSources(context).flatMap(({ pictures }) => pictures?.table ?? [])
}

/** The tables of all rows, those of the collection first. */
export function promptTables(context: Context): FileRef[] {
  return rowSources(context).flatMap(({ prompts }) => prompts ?? [])
}

/** Rows that come in together, with their pictures. */
interface RowSource {
  readonly name: string
  readonly rows: number
  readonly prompts: FileRef | undefined
  readonly pictures?: { readonly rows: number; readonly table: FileRef | undefined; readonly tar: FileRef | undefined }
}

function rowSources(context: Context): RowSource[] {
  const fetched = new Map(context.upstream('fetch-images').map((checkpoint) => [checkpoint.shard, checkpoint]))
  const collection = context.upstream('download').map((checkpoint) => {
    const { shard, outcomes } = checkpoint
    const pictures = fetched.get(shard)
    return {
      name: shard,
      rows: outcomes.ok ?? 0,
      prompts: fileOf(checkpoint, 'parquet'),
      ...(pictures ? { pictures: picturesOf(pictures) } : {}),
    }
  })
  const feedback = context.upstream('feedback').map((checkpoint) => ({
    name: `feedback-${checkpoint.shard}`,
    rows: Number(checkpoint.facts.rows ?? 0),
    prompts: fileOf(checkpoint, 'parquet'),
    pictures: {
      rows: Number(checkpoint.facts.pictures ?? 0),
      table: fileOf(checkpoint, 'pictures.parquet'),
      tar: fileOf(checkpoint, 'tar'),
    },
  }))
  return [...collection, ...feedback]
}

function picturesOf(checkpoint: Checkpoint): NonNullable<RowSource['pictures']> {
  const { ok = 0, duplicate = 0 } = checkpoint.outcomes
  return { rows: ok + duplicate, table: fileOf(checkpoint, 'parquet'), tar: fileOf(checkpoint, 'tar') }
}

/** A file that a shard committed; a shard without rows has none. */
function fileOf({ shard, files }: Checkpoint, ending: string): FileRef | undefined {
  return files.find((file) => file.name === `${shard}.${ending}`)
}
