import { openTable } from '@promptloom/dataset/table-reader'
import type { MapTask } from './map-task.ts'
import { sampler } from './sampler.ts'

/** Pictures of a collection as columns. */
export interface PictureVectors {
  readonly ids: string[]
  readonly prompts: string[]
  readonly sources: string[]
  /** Pixels. */
  readonly widths: number[]
  readonly heights: number[]
  /** `ids.length` × dimension values, row after row. */
  readonly vectors: Float32Array
}

/**
 * Reads the pictures of embedded tables, at most `most` of them: every one, or a random sample that stays the same. A picture
 * that came under several ids is read once.
 */
export async function readPictureVectors(
  { tables, dimension }: Pick<MapTask, 'tables' | 'dimension'>,
  most: number,
): Promise<PictureVectors> {
  const schema = {
    id: 'string',
    prompt: 'string',
    source_site: 'string',
    width: 'uint32',
    height: 'uint32',
    duplicate_of: 'string',
    image_vector: { vector: dimension },
  } as const
  const total = tables.reduce((sum, { rows }) => sum + rows, 0)
  const isChosen = sampler(total, most)
  const found = { ids: [], prompts: [], sources: [], widths: [], heights: [] } as Omit<PictureVectors, 'vectors'>
  const parts: Float32Array[] = []
  for (const { path } of tables) {
    using table = await openTable(path, schema)
    for await (const { columns, rows } of table.batches()) {
      for (let at = 0; at < rows; at++) {
        if (!isChosen() || columns.duplicate_of[at] !== '') continue
        found.ids.push(columns.id[at] as string)
        found.prompts.push(columns.prompt[at] as string)
        found.sources.push(columns.source_site[at] as string)
        found.widths.push(columns.width[at] as number)
        found.heights.push(columns.height[at] as number)
        parts.push(columns.image_vector.slice(at * dimension, (at + 1) * dimension))
      }
    }
  }
  const vectors = new Float32Array(parts.length * dimension)
  parts.forEach((part, at) => {
    vectors.set(part, at * dimension)
  })
  return { ...found, vectors }
}
