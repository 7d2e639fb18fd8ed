import { z } from 'zod'

const pixels = z.int().min(0).max(100_000)
const names = z.array(z.string().min(1).max(200)).min(1).max(50)
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/**
 * Conditions on rows. Every condition that is given must hold; a list holds when one of its entries does. Conditions
 * are met before the nearest rows are counted out, so a search comes up short only when fewer than k rows meet them.
 */
export const filtersSchema = z
  .strictObject({
    minWidth: pixels.optional().describe('Least width in pixels. Rows of unknown size do not match.'),
    maxWidth: pixels.optional().describe('Greatest width in pixels. Rows of unknown size do not match.'),
    minHeight: pixels.optional().describe('Least height in pixels. Rows of unknown size do not match.'),
    maxHeight: pixels.optional().describe('Greatest height in pixels. Rows of unknown size do not match.'),
    orientation: z
      .enum(['landscape', 'portrait', 'square'])
      .optional()
      .describe('Wider than high, higher than wide, or both the same. Rows of unknown size do not match.'),
    sources: names.optional().describe('Values of `source_site`, of which the row has one.'),
    origins: z
      .array(z.enum(['dataset', 'refined', 'generated']))
      .min(1)
      .max(3)
      .optional()
      .describe('Where the row comes from.'),
    runs: names.optional().describe('Runs that brought the row into the collection.'),
    since: date.optional().describe('Came into the collection on or after this date or time (ISO 8601).'),
    until: date.optional().describe('Came into the collection before this date or time (ISO 8601).'),
    minRating: z.number().min(1).max(5).optional().describe('Least rating; rows without one do not match.'),
    hasPicture: z.boolean().optional().describe('Whether the picture was fetched and embedded.'),
  })
  .refine(({ minWidth = 0, maxWidth = Infinity }) => minWidth <= maxWidth, 'minWidth is greater than maxWidth')
  .refine(({ minHeight = 0, maxHeight = Infinity }) => minHeight <= maxHeight, 'minHeight is greater than maxHeight')
  .meta({ id: 'Filters', description: 'Conditions on rows; every one that is given must hold.' })

/** Conditions on rows, parsed. */
export type Filters = z.output<typeof filtersSchema>
