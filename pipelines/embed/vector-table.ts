import { PROMPT_SCHEMA } from '@promptloom/dataset/prompt-table'

/** Columns of an embedded text shard, those of the text table in their order. */
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

/** Vectors one after the other in one array, as a table takes them. */
export function flatVectors(vectors: readonly Float32Array[], dimension: number): Float32Array {
  const flat = new Float32Array(vectors.length * dimension)
  vectors.forEach((vector, row) => {
    flat.set(vector, row * dimension)
  })
  return flat
}
