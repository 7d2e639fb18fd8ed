import { z } from 'zod'

/** One cluster of the map. */
export const mapClusterSchema = z
  .strictObject({
    size: z.int().describe('Points.'),
    words: z.array(z.string()).describe('What its prompts say more often than those of the others; telling first.'),
    x: z.number().describe('Its middle, in the coordinates of the points.'),
    y: z.number(),
  })
  .meta({ id: 'MapCluster' })

/** How far a map is while it is made. */
export const mapProgressSchema = z.strictObject({
  fraction: z.number().describe('From 0 to 1.'),
  state: z.string().describe('What goes on, in words.'),
})

/** Answer of `GET /api/map`. */
export const mapSchema = z
  .discriminatedUnion('state', [
    z.strictObject({ state: z.literal('empty'), note: z.string().describe('Why there is nothing to show.') }),
    z.strictObject({ state: z.literal('working'), progress: mapProgressSchema }),
    z.strictObject({ state: z.literal('failed'), note: z.string() }),
    z.strictObject({
      state: z.literal('ready'),
      fingerprint: z
        .string()
        .describe('Changes when the pictures do; the points are at `/api/map/{fingerprint}/points`.'),
      points: z.int(),
      pictures: z.int().describe('Pictures of the collection; more than points where the map is of a sample.'),
      projected: z.int().describe('Points that the projection was computed from; the others lie by their neighbours.'),
      sources: z.array(z.string()).describe('Values of `source_site`; a point’s source is its place in this list.'),
      clusters: z.array(mapClusterSchema).describe('A point’s cluster is its place in this list.'),
      seconds: z.number().describe('That it took.'),
      made: z.string(),
      stale: z.boolean().describe('Pictures have come or gone since; `POST /api/map` makes a new one.'),
      updating: mapProgressSchema.nullable().describe('How far the next map is, where one is being made.'),
    }),
  ])
  .meta({ id: 'Map', description: 'The state of the map of the pictures.' })

/** The state of the map of the pictures. */
export type MapState = z.output<typeof mapSchema>
/** A map that is there. */
export type ReadyMap = Extract<MapState, { state: 'ready' }>
/** One cluster of the map. */
export type MapCluster = z.output<typeof mapClusterSchema>
