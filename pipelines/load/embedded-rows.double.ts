import { writeTable } from '@promptloom/dataset/table-writer'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { z } from 'zod'

/** Which shards an embed stage that needs no model leaves: rows by shard name. */
export interface EmbeddedRows {
  readonly shards: Readonly<Record<string, number>>
  readonly model?: string
  readonly dimension?: number
  /** Another salt, other vectors. */
  readonly salt?: number
}

/** Stands in for embed: the same files, names and facts, with vectors that are a function of row and salt. */
export function embeddedRows(options: EmbeddedRows): BoundStage {
  const { model = 'model-a', dimension = 8, salt = 0 } = options
  const stage: Stage<unknown> = {
    name: 'embed',
    version: 1,
    options: z.unknown(),
    outcomes: { ok: 'ok' },
    plan: async () =>
      Object.entries(options.shards).map(([name, rows]) => ({ name, rows, facts: { model, dimension, salt } })),
    async process(shard, context) {
      const kind = shard.name.startsWith('image-') ? 'image' : 'text'
      const own = kind === 'text' ? { truncated: 'boolean' } : { sha256: 'string', duplicate_of: 'string' }
      const schema = { ...ROW, ...own, [`${kind === 'text' ? 'prompt' : 'image'}_vector`]: { vector: dimension } }
      const rows = Array.from({ length: shard.rows }, (_, row) => row)
      const place = Object.keys(options.shards).indexOf(shard.name)
      const ids = rows.map((row) => `${shard.name}-${row}`)
      const columns = {
        ...rowColumns(ids),
        model: ids.map(() => model),
        ...(kind === 'text' ? { truncated: ids.map(() => false) } : { sha256: ids, duplicate_of: ids.map(() => '') }),
        [`${kind === 'text' ? 'prompt' : 'image'}_vector`]: Float32Array.from(
          { length: rows.length * dimension },
          (_, index) => Math.sin((index + 1 + 7919 * place) * (salt + 1)),
        ),
      }
      await writeTable(context.write('parquet'), schema as never, columns as never)
      return { outcomes: { ok: shard.rows }, facts: { model, dimension } }
    },
  }
  return { stage, options: {} }
}

const ROW = {
  id: 'string',
  prompt: 'string',
  url: 'string',
  width: 'uint32',
  height: 'uint32',
  source_site: 'string',
  origin: 'string',
  parents: 'strings',
  model: 'string',
} as const

function rowColumns(ids: readonly string[]) {
  return {
    id: ids,
    prompt: ids.map((id) => `prompt of ${id}`),
    url: ids.map(() => ''),
    width: Uint32Array.from(ids, () => 512),
    height: Uint32Array.from(ids, () => 768),
    source_site: ids.map(() => 'site'),
    origin: ids.map(() => 'dataset'),
    parents: ids.map(() => []),
  }
}
