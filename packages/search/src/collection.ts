import type { PictureLibrary } from '@promptloom/dataset/picture-library'
import type { Store } from '@promptloom/store/store'
import type { TableKind } from '@promptloom/store/table-kind'
import type { VectorTable } from '@promptloom/store/vector-table'
import { Background } from './background.ts'
import { type Calibration, spanOf, unpackReference } from './calibration/calibration-file.ts'
import type { ForgottenRows } from './forgotten.ts'
import type { Preferences } from './rerank.ts'
import { ModelMismatchError, NotSearchableError } from './search-error.ts'
import { sampleVectors } from './table-facts.ts'

/** Rows of a table that questions are measured against. */
export const REFERENCE_ROWS = 1_000

/** What search needs of a model; `@promptloom/clip`'s fits. */
export interface Encoder {
  /** Digest of the files that decide its vectors. */
  readonly digest: string
  /** Name to show, e.g. the directory's. */
  readonly name: string
  /** What the model is a stand-in for, where it is one. */
  readonly standIn?: string | undefined
  readonly dimension: number
  /** Unit vectors, in order, and whether each text was longer than the model reads. */
  embedTexts(texts: readonly string[], signal?: AbortSignal): Promise<readonly EmbeddedText[]>
  /** Unit vectors of pictures' bytes, in order; undefined for models of text alone. */
  embedPictures?(pictures: readonly Uint8Array[], signal?: AbortSignal): Promise<readonly Float32Array[]>
}

/** One text as a vector. */
export interface EmbeddedText {
  readonly vector: Float32Array
  readonly overlong: boolean
}

/** What a collection is put together from. */
export interface CollectionParts {
  readonly store: Store
  readonly encoder: Encoder
  /** Local pictures by row id. */
  readonly pictures?: PictureLibrary | undefined
  readonly calibration?: Calibration | undefined
  /** Fetches a picture by its address; without it, addresses are refused. */
  readonly fetchPicture?: ((url: string, signal?: AbortSignal) => Promise<Uint8Array>) | undefined
  /** Ids of rows whose rating is at least this; without it, the rating filter is refused. */
  readonly ratedAtLeast?: ((rating: number) => Promise<readonly string[]>) | undefined
  /** What users think of rows, by id, -1 to 1; without it, nothing is re-ranked by ratings. */
  readonly ratings?: (() => Promise<Preferences>) | undefined
  /** Rows that the user had forgotten and that the tables may still hold, asked for with each question. */
  readonly forgotten?: (() => Promise<ForgottenRows | undefined>) | undefined
}

/** One table, ready to be searched. */
export interface SearchedTable {
  readonly table: VectorTable
  readonly background: Background
  /** Rows when the collection was opened. */
  readonly rows: number
}

/** A store, a model and pictures that belong together. */
export interface Collection extends CollectionParts {
  /** Undefined where there is no such table, or it is empty. */
  readonly tables: { readonly prompts: SearchedTable | undefined; readonly pictures: SearchedTable | undefined }
}

/**
 * Puts a collection together for searching.
 * @throws ModelMismatchError when a table was embedded by another model; NotSearchableError when both are empty.
 */
export async function openCollection(parts: CollectionParts): Promise<Collection> {
  const prompts = await openTable(parts, 'text')
  const pictures = await openTable(parts, 'image')
  if (!prompts && !pictures) {
    throw new NotSearchableError('The collection is empty; bring it up to date with "promptloom run" first.')
  }
  return { ...parts, tables: { prompts, pictures } }
}

async function openTable(parts: CollectionParts, kind: TableKind): Promise<SearchedTable | undefined> {
  const { store, encoder, calibration } = parts
  const table = store.table(kind)
  const { models, rows } = await table.holding()
  if (rows === 0) return undefined
  const others = models.filter((digest) => digest !== encoder.digest)
  if (others.length > 0) {
    throw new ModelMismatchError(
      `The table ${table.name} was embedded by model ${short(others[0])}, but ${encoder.name} is ${short(encoder.digest)}; ` +
        'vectors of two models cannot be compared. Search with the model of the run, or run the pipeline with this one.',
    )
  }
  const kept = calibration?.tables[kind === 'text' ? 'prompts' : 'pictures']
  if (kept?.dimension === encoder.dimension) {
    return { table, rows, background: new Background(unpackReference(kept.reference), kept.dimension, spanOf(kept)) }
  }
  const vectors = await sampleVectors(store, table, REFERENCE_ROWS)
  return { table, rows, background: new Background(vectors, encoder.dimension) }
}

function short(digest = ''): string {
  return digest.slice(0, 12)
}
