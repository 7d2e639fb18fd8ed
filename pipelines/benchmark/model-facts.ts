import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { standInFor } from '@promptloom/search/stand-in'
import type { Report } from './report/report-schema.ts'

const STAND_IN = /stand-?in|surrogate|not CLIP/i

/** Stands where a model's digest would, for rows whose vectors no model has made. */
export const SYNTHETIC_VECTORS = 'synthetic vectors'

/**
 * How the report names the model: the directory's name, the digest that the embedded rows carry, and that it is a
 * stand-in, where its README says so or its weights are too few for what its configuration describes. The digest is
 * empty where nobody knows it, or where no model was at work.
 */
export async function modelFacts(
  directory: string | undefined,
  embedded: string | undefined,
): Promise<Report['model']> {
  if (embedded === SYNTHETIC_VECTORS) {
    const standIn = 'The rows are random unit vectors with a power-law spectrum, and stand in for those of any model.'
    return { name: SYNTHETIC_VECTORS, digest: '', standIn }
  }
  const digest = embedded ?? ''
  if (directory === undefined) return { name: 'unnamed', digest, standIn: null }
  const own = basename(directory)
  const name = own === 'model' ? basename(dirname(directory)) : own
  const readme = await readFile(join(directory, 'README.md'), 'utf8').catch(() => '')
  const sentence = readme.split(/\n\s*\n/).find((paragraph) => STAND_IN.test(paragraph))
  if (sentence) return { name, digest, standIn: firstSentence(sentence) }
  const described = await standInFor(directory).catch(() => undefined)
  return { name, digest, standIn: described ? `It stands in for ${described}.` : null }
}

function firstSentence(paragraph: string): string {
  const plain = paragraph
    .replace(/[*_`#>]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const sentences = plain.split(/(?<=[.!?]) /)
  return sentences.find((one) => STAND_IN.test(one)) ?? plain
}
