import { z } from 'zod'

/** Who refines or who paints, told wherever its work shows. */
export const makerSchema = z
  .strictObject({
    kind: z.string().describe('Stable short name, e.g. `llm`, `offline`, `automatic1111`, `sketch`.'),
    label: z.string().describe('One line for people.'),
    standIn: z.boolean().describe('It merely stands in for a model; everything it made is labelled so.'),
  })
  .meta({ id: 'Maker' })

/** Answer of `GET /api/makers`. */
export const makersSchema = z
  .strictObject({ refiner: makerSchema, painter: makerSchema })
  .meta({ id: 'Makers', description: 'Who refines and who paints.' })

/** Who refines or who paints. */
export type Maker = z.output<typeof makerSchema>
/** Who refines and who paints. */
export type Makers = z.output<typeof makersSchema>
