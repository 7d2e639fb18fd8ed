import { createHash } from 'node:crypto'
import { readTable } from '@promptloom/dataset/table-reader'
import { textSchema } from '@promptloom/dataset/vector-schema'
import { DamagedFileError } from '@promptloom/runner/errors'
import type { Checkpoint, Json, Shard, ShardContext, StageContext } from '@promptloom/runner/stage'
import type { Embedder } from './embedder.ts'
import type { EmbedOptions } from './options.ts'

/** Vectors that a shard has already, by prompt or by the digest of the picture's original. */
export type KnownVectors = ReadonlyMap<string, Float32Array>

/** The shard's last commit, made under the same options, and what its vectors must have come from to be used again. */
export interface Earlier {
  readonly last: Checkpoint | undefined
  /** Facts that the last commit must share. */
  readonly origin: Readonly<Record<string, Json>>
}

const NONE: KnownVectors = new Map()

/**
 * Vectors of the texts or pictures that a shard had at its last commit; none where they were made otherwise or the
 * file can't be read any more. Memory: the vectors of one shard.
 */
export async function knownVectors(
  kind: 'text' | 'image',
  { last, origin }: Earlier,
  context: Pick<ShardContext<EmbedOptions>, 'read'>,
): Promise<KnownVectors> {
  const file = last?.files.find(({ name, shard }) => name === `${shard}.parquet`)
  if (!last || !file || !Object.entries(origin).every(([name, value]) => last.facts[name] === value)) return NONE
  const dimension = Number(last.facts.dimension)
  try {
    const path = await context.read(file)
    const { contents, vectors } = kind === 'text' ? await texts(path, dimension) : await pictures(path, dimension)
    const row = (at: number) => vectors.subarray(at * dimension, (at + 1) * dimension)
    return new Map(contents.map((content, at) => [content, row(at)]))
  } catch (error) {
    if (error instanceof DamagedFileError) return NONE
    throw error
  }
}

/** Where an embedder's vectors come from, beside model and options: devices and precisions round differently. */
export function originOf({ model }: Embedder): Earlier['origin'] {
  return { device: model.device.device, precision: model.precision }
}

/**
 * What made stored pictures out of originals: of two shards that agree in it, equal originals are stored as equal
 * bytes. Empty where the shard's pictures are nobody's.
 */
export function picturesOrigin(shard: Shard, context: Pick<StageContext<EmbedOptions>, 'upstream'>): string {
  const tar = shard.inputs?.find(({ name }) => name.endsWith('.tar'))
  const source = tar && context.upstream(tar.stage).find((checkpoint) => checkpoint.shard === tar.shard)
  const parts = Object.entries(source?.parts ?? {}).filter(([name]) => /^(stage version$|option )/.test(name))
  return createHash('sha256')
    .update(JSON.stringify([tar?.stage, ...parts.sort()]))
    .digest('hex')
}

async function texts(path: string, dimension: number) {
  const { prompt, prompt_vector } = textSchema(dimension)
  const { columns } = await readTable(path, { prompt, prompt_vector })
  return { contents: columns.prompt, vectors: columns.prompt_vector }
}

async function pictures(path: string, dimension: number) {
  const schema = { sha256: 'string', image_vector: { vector: dimension } } as const
  const { columns } = await readTable(path, schema)
  return { contents: columns.sha256, vectors: columns.image_vector }
}
