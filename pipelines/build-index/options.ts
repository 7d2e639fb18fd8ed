import { storeConfig } from '@promptloom/store/config'
import { GRAPHS } from '@promptloom/store/hnsw-index'
import type { HnswParameters } from '@promptloom/store/vector-index'
import { z } from 'zod'

const hnsw = z
  .strictObject({
    quantization: z
      .enum(['f32', 'f16', 'bf16', 'i8'])
      .optional()
      .describe(
        "How components are stored in the graph; answers are always ranked by the table's float32 vectors. i8 takes half the memory and half the time of bf16. Default: the preset's, i8.",
      ),
    connections: z
      .int()
      .min(4)
      .max(128)
      .optional()
      .describe("Links a node (HNSW's M). More: better recall, longer build. Default: the preset's, 24 or 16."),
    candidates: z
      .int()
      .min(16)
      .max(1024)
      .optional()
      .describe(
        "Candidates looked at while a node is added (HNSW's ef_construction). More: better recall, longer build. Default: the preset's, 96 or 64.",
      ),
  })
  .prefault({})
  .describe('The graph that ClickHouse and the embedded engine build, where the preset is not to your liking.')

/** Options of the build-index stage. */
export const buildIndexOptions = z.strictObject({
  store: storeConfig
    .optional()
    .describe("Where the tables are. Default: the embedded engine in the workspace's folder store/."),
  preset: z
    .enum(['default', 'fast'])
    .default('default')
    .describe(
      'The graph that ClickHouse and the embedded engine build; MyScale chooses for itself. default: recall@10 of 0.99 with the default search. fast: built in about two thirds of the time, up to 0.01 less. Default: default.',
    ),
  hnsw,
  looseRows: z
    .int()
    .min(0)
    .default(5000)
    .describe(
      'Rows that may stay outside the graph, where they are searched exactly at once; beyond that the graph is extended. Default 5000 (about 3 ms a search).',
    ),
  timeout: z
    .number()
    .positive()
    .default(6)
    .describe('Hours after which a build counts as stuck. Default 6; ten million rows take about four.'),
})

/** Parsed options of the build-index stage. */
export type BuildIndexOptions = z.infer<typeof buildIndexOptions>

/** The graph that the options ask for: the preset's, but for what is said otherwise. */
export function graphOf({ preset, hnsw }: Pick<BuildIndexOptions, 'preset' | 'hnsw'>): HnswParameters {
  const { quantization, connections, candidates } = GRAPHS[preset]
  return {
    quantization: hnsw.quantization ?? quantization,
    connections: hnsw.connections ?? connections,
    candidates: hnsw.candidates ?? candidates,
  }
}
