import type { Calibration } from '../calibration/calibration-file.ts'
import { sampled } from '../calibration/known-pairs.ts'
import type { Collection } from '../collection.ts'

/** A row that questions are made of. */
export interface EvaluatedRow {
  readonly id: string
  readonly prompt: string
}

/** Pairs that a calibration asks of each kind unless told otherwise. */
const USUAL_PAIRS = 200

/**
 * How many rows of the order in which known pairs are drawn may have taken part in the calibration: half of its pairs
 * set the cut-off, the other half gave the rates.
 */
export function calibratedPairs(calibration: Calibration | undefined): number {
  return Math.max(USUAL_PAIRS, ...(calibration?.routes ?? []).map(({ missPairs }) => 2 * missPairs + 2))
}

/**
 * Rows to make questions of, with a picture where the collection has any; the same ones each time, none of which took
 * part in the calibration, as far as the table goes.
 */
export async function evaluatedRows(collection: Collection, count: number): Promise<EvaluatedRow[]> {
  const { tables, calibration } = collection
  // Rows with a picture serve for every kind of question.
  const searched = tables.pictures ?? tables.prompts
  if (!searched) return []
  const skip = Math.min(calibratedPairs(calibration), Math.max(0, searched.rows - count))
  const rows = await sampled(collection, searched, { drawn: { count, skip }, columns: ['prompt'] })
  return rows.map(({ id, prompt }) => ({ id: String(id), prompt: String(prompt ?? '') }))
}
