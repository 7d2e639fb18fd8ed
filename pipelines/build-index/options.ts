import { storeConfig } from '@promptloom/store/config'
import { DEFAULT_HNSW } from '@promptloom/store/hnsw-index'
import { z } from 'zod'

const hnsw = z
  .strictObject({
    quantization: z
      .enum(['f32', 'f16', 'bf16', 'i8'])
      .default(DEFAULT_HNSW.quantization)
      .describe(
        `How components are stored in the graph; answers are always ranked by the table's float32 vectors. i8 takes half the memory and half the time of bf16. Default ${DEFAULT_HNSW.quantization}.`,
      ),
    connections: z
      .int()
      .min(4)
      .max(128)
      .default(DEFAULT_HNSW.connections)
      .describe(`Links a node (HNSW's M). More: better recall, longer build. Default ${DEFAULT_HNSW.connections}.`),
    candidates: z
      .int()
      .min(16)
      .max(1024)
      .default(DEFAULT_HNSW.candidates)
      .describe(
        `Candidates looked at while a node is added (HNSW's ef_construction). More: better recall, longer build. Default ${DEFAULT_HNSW.candidates}.`,
      ),
  })
  .prefault({})
  .describe('The graph that ClickHouse and the embedded engine build. MyScale chooses for itself.')

/** Options of the build-index stage. */
export const buildIndexOptions = z.strictObject({
  store: storeConfig
    .optional()
    .describe("Where the tables are. Default: the embedded engine in the workspace's folder store/."),
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
