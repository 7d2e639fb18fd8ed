import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { calibrationSummarySchema } from '../row-view.ts'
import { Span } from '../span.ts'

/** The four kinds of question that have a background of their own. */
export const CALIBRATED_ROUTES = ['text→prompts', 'text→pictures', 'picture→prompts', 'picture→pictures'] as const

const tableSchema = z.strictObject({
  rows: z.int().describe('Rows of the table when it was calibrated.'),
  dimension: z.int(),
  /** float32, little endian, row after row, as base64. */
  reference: z.base64(),
  /** Mean and directions, packed likewise, and how far reference rows lie outside on average. */
  span: z.strictObject({ vectors: z.base64(), typical: z.number() }).optional(),
})

const calibrationSchema = z.strictObject({
  version: z.literal(1),
  model: z.string(),
  tables: z.strictObject({ prompts: tableSchema.optional(), pictures: tableSchema.optional() }),
  routes: z.array(calibrationSummarySchema),
})

/** What calibration leaves behind: reference rows of each table, and a cut-off a route with its two rates. */
export type Calibration = z.output<typeof calibrationSchema>
/** One table's part. */
export type CalibratedTable = z.output<typeof tableSchema>

/** Where a workspace keeps the calibration for a model: cut-offs of one model say nothing of another's. */
export function calibrationPath(workspace: string, model: string): string {
  return join(workspace, 'calibration', `${createHash('sha256').update(model).digest('hex').slice(0, 16)}.json`)
}

/** The workspace's calibration for the model; undefined where there is none, or it is damaged or of another version. */
export async function readCalibration(workspace: string, model: string): Promise<Calibration | undefined> {
  const text = await readFile(calibrationPath(workspace, model), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = calibrationSchema.safeParse(parseJson(text))
  return parsed.success && parsed.data.model === model ? parsed.data : undefined
}

/** Writes it whole or not at all. */
export async function writeCalibration(workspace: string, calibration: Calibration): Promise<string> {
  const path = calibrationPath(workspace, calibration.model)
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, `${JSON.stringify(calibrationSchema.parse(calibration), null, 2)}\n`)
  await rename(temporary, path)
  return path
}

/** Vectors as the calibration keeps them. */
export function packReference(vectors: Float32Array): string {
  return Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength).toString('base64')
}

/** The vectors of `packReference`. */
export function unpackReference(reference: string): Float32Array {
  const bytes = Buffer.from(reference, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** What the table's rows span, where the calibration found it. */
export function spanOf({ span, dimension }: CalibratedTable): Span | undefined {
  return span && new Span({ vectors: unpackReference(span.vectors), typical: span.typical, dimension })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
