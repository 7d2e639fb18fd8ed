import type { Collection, Encoder } from './collection.ts'
import type { Modality, TermVector } from './combination.ts'
import type { Term } from './question.ts'
import { NotSearchableError, PictureRefusedError, QuestionError, RowNotFoundError } from './search-error.ts'
import { rowsById } from './table-facts.ts'
import { unit } from './vector.ts'

/** What comes along with a question. */
export interface AskOptions {
  /** Bytes of uploaded pictures, by the name that a term's `upload` gives. */
  readonly uploads?: ReadonlyMap<string, Uint8Array>
  readonly signal?: AbortSignal
}

/** A question's terms as vectors. */
export interface TermVectors {
  /** In the order of the terms. */
  readonly vectors: readonly TermVector[]
  /** Ids of rows that terms name: they are no answer to their own question. */
  readonly ids: readonly string[]
  readonly warnings: readonly string[]
}

interface Found {
  readonly vector: Float32Array
  readonly modality: Modality
  readonly warning?: string
}

/**
 * Turns terms into vectors; texts are embedded together.
 * @throws QuestionError, PictureRefusedError or RowNotFoundError for the first term that cannot be used.
 */
export async function termVectors(
  collection: Collection,
  terms: readonly Term[],
  options: AskOptions = {},
): Promise<TermVectors> {
  const texts = terms.flatMap((term) => ('text' in term ? [term.text] : []))
  const embedded = texts.length > 0 ? await collection.encoder.embedTexts(texts, options.signal) : []
  let next = 0
  const found: Found[] = []
  for (const term of terms) {
    if ('text' in term) found.push(textVector(term.text, embedded[next++]))
    else if ('id' in term) found.push(await rowVector(collection, term))
    else found.push(await pictureVector(collection, await pictureBytes(collection, term, options), options))
  }
  return {
    vectors: found.map(({ vector, modality }, at) => ({ vector, modality, weight: terms[at]?.weight ?? 1 })),
    ids: terms.flatMap((term) => ('id' in term ? [term.id] : [])),
    warnings: found.flatMap(({ warning }) => warning ?? []),
  }
}

function textVector(text: string, embedded: Awaited<ReturnType<Encoder['embedTexts']>>[number] | undefined): Found {
  const vector = embedded && unit(embedded.vector)
  if (!vector) throw new QuestionError(`The model makes nothing of "${excerpt(text)}"; use other words.`)
  if (!embedded.overlong) return { vector, modality: 'text' }
  return {
    vector,
    modality: 'text',
    warning: `"${excerpt(text)}" is longer than the model reads; its end was left out.`,
  }
}

async function rowVector(collection: Collection, { id, use }: Extract<Term, { id: string }>): Promise<Found> {
  const sides = { picture: ['pictures'], prompt: ['prompts'], auto: ['pictures', 'prompts'] } as const
  for (const side of sides[use]) {
    const table = collection.tables[side]?.table
    if (!table) continue
    const column = table.shape.vector
    const [row] = await rowsById(collection.store, table, { ids: [id], columns: [column] })
    const vector = row && unit(row[column] as number[])
    if (vector) return { vector, modality: side === 'prompts' ? 'text' : 'picture' }
  }
  const what = use === 'auto' ? 'row' : `${use} of a row`
  throw new RowNotFoundError(`There is no ${what} with the id "${excerpt(id)}" in the collection.`)
}

async function pictureBytes(
  { fetchPicture }: Collection,
  term: Extract<Term, { url: string } | { upload: string }>,
  { uploads, signal }: AskOptions,
): Promise<Uint8Array> {
  if ('upload' in term) {
    const bytes = uploads?.get(term.upload)
    if (bytes) return bytes
    throw new QuestionError(`A term names the upload "${excerpt(term.upload)}", but no picture came under that name.`)
  }
  if (fetchPicture) return fetchPicture(term.url, signal)
  throw new PictureRefusedError('Pictures by address are not allowed here; send the picture itself.')
}

async function pictureVector({ encoder }: Collection, bytes: Uint8Array, { signal }: AskOptions): Promise<Found> {
  if (!encoder.embedPictures) {
    throw new NotSearchableError(`The model ${encoder.name} reads text alone; it cannot be asked with a picture.`)
  }
  const [embedded] = await encoder.embedPictures([bytes], signal)
  const vector = embedded && unit(embedded)
  if (vector) return { vector, modality: 'picture' }
  throw new PictureRefusedError('The model makes nothing of this picture.')
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
