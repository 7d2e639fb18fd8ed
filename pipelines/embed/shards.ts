import type { Checkpoint, FileRef, Shard, StageContext } from '@promptloom/runner/stage'
import type { EmbedOptions } from './options.ts'
import type { PictureDuplicates } from './picture-duplicates.ts'

type Context = StageContext<EmbedOptions>
type Facts = NonNullable<Shard['facts']>

/** One text shard for each download shard that has rows. */
export function textShards(context: Context, facts: Facts): Shard[] {
  return context.upstream('download').flatMap((checkpoint) => {
    const table = promptTable(checkpoint)
    return table
      ? [{ name: `text-${checkpoint.shard}`, rows: checkpoint.outcomes.ok ?? 0, inputs: [table], facts }]
      : []
  })
}

/** One image shard for each shard of pictures; what is a duplicate there depends on all others. */
export function imageShards(context: Context, facts: Facts, duplicates: PictureDuplicates): Shard[] {
  const prompts = new Map(context.upstream('download').map((checkpoint) => [checkpoint.shard, promptTable(checkpoint)]))
  return context.upstream('fetch-images').flatMap((checkpoint) => {
    const { shard, outcomes, files } = checkpoint
    const [table, tar] = [pictureTable(checkpoint), files.find((file) => file.name === `${shard}.tar`)]
    const rows = (outcomes.ok ?? 0) + (outcomes.duplicate ?? 0)
    const own = prompts.get(shard)
    if (!table || !tar || !own || rows === 0) return []
    const inputs = [own, table, tar]
    return [{ name: `image-${shard}`, rows, inputs, facts: { ...facts, duplicates: duplicates.digestOf(table) } }]
  })
}

/** The tables of all picture shards, in name order. */
export function pictureTables(context: Context): FileRef[] {
  return context.upstream('fetch-images').flatMap((checkpoint) => pictureTable(checkpoint) ?? [])
}

/** The table of rows that a download shard committed; its first shard, the source itself, has none. */
export function promptTable({ shard, files }: Checkpoint): FileRef | undefined {
  return files.find((file) => file.name === `${shard}.parquet`)
}

function pictureTable({ shard, files }: Checkpoint): FileRef | undefined {
  return files.find((file) => file.name === `${shard}.parquet`)
}
