import { PROMPT_SCHEMA } from './prompt-table.ts'

/** Columns of an embedded text shard, those of the text table in their order; vectors have `dimension` components. */
export function textSchema(dimension: number) {
  return { ...PROMPT_SCHEMA, model: 'string', truncated: 'boolean', prompt_vector: { vector: dimension } } as const
}

/** Columns of an embedded picture shard, those of the image table in their order. */
export function imageSchema(dimension: number) {
  return {
    ...PROMPT_SCHEMA,
    model: 'string',
    sha256: 'string',
    duplicate_of: 'string',
    image_vector: { vector: dimension },
  } as const
}
