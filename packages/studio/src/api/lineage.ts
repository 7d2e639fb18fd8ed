import { z } from 'zod'
import { makerSchema } from './maker.ts'

/** One row of a lineage: where it comes from and what came of it. */
export const lineageNodeSchema = z
  .strictObject({
    id: z.string(),
    prompt: z.string(),
    origin: z.enum(['dataset', 'refined', 'generated']),
    hasPicture: z.boolean(),
    parents: z.array(z.string()).describe('Ids; each is a node too, unless it was forgotten or lies too far.'),
    asked: z.string().nullable().describe('The user’s own prompt.'),
    reason: z.string().nullable().describe('Why the refiner changed it so.'),
    refiner: makerSchema.nullable(),
    painter: makerSchema.nullable(),
    parameters: z.record(z.string(), z.unknown()).nullable().describe('What it was painted with.'),
    created: z.string().nullable(),
    forgotten: z.boolean(),
  })
  .meta({ id: 'LineageNode' })

/** Answer of `GET /api/rows/{id}/lineage`: the row, its ancestors and its descendants, as a graph. */
export const lineageSchema = z
  .strictObject({
    id: z.string(),
    nodes: z.array(lineageNodeSchema),
    rating: z.number().nullable().describe('Mean rating, 1 to 5; null where nobody has rated.'),
  })
  .meta({ id: 'Lineage' })

/** One row of a lineage. */
export type LineageNode = z.output<typeof lineageNodeSchema>
/** The row, its ancestors and its descendants. */
export type Lineage = z.output<typeof lineageSchema>
