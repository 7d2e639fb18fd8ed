import { createHash } from 'node:crypto'
import { z } from 'zod'

const text = z.string().max(20_000)
const id = z.string().min(1).max(500)

/** Who refined or painted, as it is kept with a row. */
export const rowMaker = z.strictObject({
  kind: z.string().min(1).max(100).describe('Stable short name, e.g. llm, offline, automatic1111, sketch.'),
  label: z.string().max(500).describe('One line for people.'),
  standIn: z.boolean().describe('It merely stands in for a model; what it made is labelled so.'),
})

/** How a row came about: everything that is known beside the columns that every row has. */
export const lineageSchema = z.strictObject({
  asked: text.optional().describe("The user's own prompt, before it was improved."),
  reason: text.optional().describe('Why the refiner changed it so.'),
  refiner: rowMaker.optional(),
  painter: rowMaker.optional(),
  neighbours: z
    .array(z.strictObject({ id, similarity: z.number() }))
    .max(1_000)
    .optional()
    .describe('What the refiner was shown, with cosine similarity.'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('Seed, steps, sampler, guidance, model, …'),
  scores: z.record(z.string(), z.number()).optional(),
  tool: z.string().max(200).optional().describe('The program that wrote an ingested file.'),
  file: text.optional().describe('Name of the ingested file.'),
})

/** One row that waits in the inbox: a prompt row, its picture if it has one, and how it came about. */
export const inboxRowSchema = z.strictObject({
  id,
  prompt: text.min(1),
  url: z.string().max(4_000).default(''),
  width: z.int().min(0).max(4_294_967_295).default(0),
  height: z.int().min(0).max(4_294_967_295).default(0),
  source_site: z.string().max(200).default(''),
  origin: z.enum(['refined', 'generated']),
  parents: z.array(id).max(1_000).default([]),
  /** The original picture, a file of that name (its SHA-256) in the batch's folder. */
  picture: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  lineage: lineageSchema.default({}),
  /** When it was put there, ISO 8601. */
  created: z.iso.datetime(),
})

/** Who refined or painted. */
export type RowMaker = z.output<typeof rowMaker>
/** How a row came about. */
export type RowLineage = z.output<typeof lineageSchema>
/** One row that waits in the inbox. */
export type InboxRow = z.output<typeof inboxRowSchema>
/** A row as it is put in; what has a default may be left out, and the picture comes as bytes beside it. */
export type NewRow = Omit<z.input<typeof inboxRowSchema>, 'picture' | 'created'>

/** What a line says of a row that was forgotten: it keeps its place, so that no other row moves. */
export const forgottenLineSchema = z.strictObject({ forgotten: id })

/** Id of an improved prompt: the same prompt from the same parents is the same row. */
export function refinedId(prompt: string, parents: readonly string[]): string {
  return `r-${digest(JSON.stringify([prompt, [...parents].sort()])).slice(0, 16)}`
}

/** Id of a picture's row: the same bytes are the same row. */
export function generatedId(picture: Uint8Array): string {
  return `g-${digest(picture).slice(0, 16)}`
}

/** SHA-256 in lower-case hex. */
export function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
