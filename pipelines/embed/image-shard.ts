import { PictureError } from '@promptloom/clip/picture'
import { openPictureShard, type PictureShard } from '@promptloom/dataset/picture-shard'
import type { PictureRow } from '@promptloom/dataset/picture-table'
import { PROMPT_SCHEMA, promptColumns, promptRows } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readTable } from '@promptloom/dataset/table-reader'
import { imageSchema } from '@promptloom/dataset/vector-schema'
import type { Checkpoint, Shard, ShardContext, ShardResult } from '@promptloom/runner/stage'
import { type KnownVectors, knownVectors, originOf, picturesOrigin } from './carry-over.ts'
import { type Embedder, openEmbedder } from './embedder.ts'
import type { EmbedOptions } from './options.ts'
import { PictureBytes } from './picture-bytes.ts'
import { openPictureDuplicates, type PictureDuplicates } from './picture-duplicates.ts'
import { pictureTables } from './shards.ts'
import type { Content } from './vector-cache.ts'
import { flatVectors, writeInSlices } from './vector-table.ts'

interface Picture {
  readonly row: PromptRow
  readonly picture: PictureRow
}

type Context = ShardContext<EmbedOptions>

/**
 * Embeds the pictures of one shard; rows keep their order, and equal bytes are embedded once.
 * @param last the shard's last commit under the same options: pictures that it has are not embedded again.
 */
export async function embedImageShard(shard: Shard, context: Context, last?: Checkpoint): Promise<ShardResult> {
  const embedder = await context.time('open', () => openEmbedder(context))
  const { model } = embedder
  const [prompts, table, tar] = await Promise.all((shard.inputs ?? []).map((file) => context.read(file)))
  const rows = promptRows((await readTable(prompts as string, PROMPT_SCHEMA)).columns)
  await using shelf = await openPictureShard(table as string, tar as string)
  const pictures = pair(shard, rows, shelf)
  const duplicates = await openPictureDuplicates(context, pictureTables(context))
  const origin = { ...originOf(embedder), pictures: picturesOrigin(shard, context) }
  const known = await context.time('carry over', () => knownVectors('image', { last, origin }, context))
  const { vectors, computed } = await embedPictures(pictures, { embedder, duplicates, known, shelf, context })

  const kept = pictures.flatMap((one, at) => (vectors[at] ? [{ ...one, vector: vectors[at] as Float32Array }] : []))
  const duplicateOf = ({ row, picture }: Picture) => {
    const first = duplicates.firstOf(picture.sha256)
    return first === undefined || first === row.id ? '' : first
  }
  const columns = (from: number, to: number) => {
    const slice = kept.slice(from, to)
    return {
      ...promptColumns(slice.map((one) => one.row)),
      model: slice.map(() => model.digest),
      sha256: slice.map((one) => one.picture.sha256),
      duplicate_of: slice.map(duplicateOf),
      image_vector: flatVectors(
        slice.map((one) => one.vector),
        model.dimension,
      ),
    }
  }
  const path = context.write('parquet')
  await context.time('write', () => writeInSlices(path, imageSchema(model.dimension), { rows: kept.length, columns }))
  const duplicate = kept.filter((one) => duplicateOf(one) !== '').length
  return {
    outcomes: { ok: kept.length - duplicate, duplicate, undecodable: pictures.length - kept.length },
    facts: { model: model.digest, dimension: model.dimension, embedded: computed, ...origin },
  }
}

/** Rows that have a picture, by id; an id that is missing means that the two files don't belong together. */
function pair(shard: Shard, rows: readonly PromptRow[], shelf: PictureShard): Picture[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return shelf.rows
    .filter((picture) => picture.length > 0)
    .map((picture) => {
      const row = byId.get(picture.id)
      if (!row) throw new Error(`${shard.name}: there is a picture of the row ${picture.id}, but no such row.`)
      return { row, picture }
    })
}

interface Sources {
  readonly embedder: Embedder
  readonly duplicates: PictureDuplicates
  readonly known: KnownVectors
  readonly shelf: PictureShard
  readonly context: Context
}

/** One vector a picture, undefined where it can't be decoded; kept where another shard has the same bytes. */
async function embedPictures(pictures: readonly Picture[], sources: Sources) {
  const { embedder, duplicates, known, shelf, context } = sources
  const { model, cache } = embedder
  const image = model.image
  if (!image) throw new Error('The model has no picture tower.')
  await context.time('open', () =>
    context.open('picture tower', async () => {
      await image.open()
      return { [Symbol.asyncDispose]: async () => undefined }
    }),
  )
  const stored = new PictureBytes(async (picture) => (await shelf.read(picture)) as Buffer)
  const keyOf = (bytes: Uint8Array) => embedder.keyOf('image', bytes)
  const contents: Content[] = []
  for (const { picture } of pictures) {
    const { sha256 } = picture
    const keep = duplicates.firstOf(sha256) !== undefined
    const vector = known.get(sha256)
    const wanted = (key: string) => !vector && !cache.has(key)
    // What is stored depends on more than the original: only its own bytes are safe to be found by.
    const key = keep ? await stored.key(picture, { keyOf, wanted }) : sha256
    contents.push({ keep, key, known: vector })
  }
  let done = 0
  const progress = (count: number) => {
    done += count
    context.progress(Math.min(done, pictures.length))
  }
  return context.time('inference', () =>
    cache.resolve(contents, async (missing) => {
      const sources = missing.map((at) => () => stored.take((pictures[at] as Picture).picture))
      const results = await image.embed(sources, { steady: true, signal: context.signal, progress })
      return results.map((result) => (result instanceof PictureError ? undefined : result))
    }),
  )
}
