import type { Answer } from '@promptloom/search/answer'
import type { Browsed } from '@promptloom/search/browse'
import type { QuestionInput } from '@promptloom/search/question'
import type { CollectionStatus, RowView } from '@promptloom/search/row-view'
import { pathOf, request } from './request.ts'

/** A question with the pictures that its terms name by `upload`. */
export interface AskOptions {
  readonly uploads?: ReadonlyMap<string, Blob>
  readonly signal?: AbortSignal
}

/**
 * Asks a question.
 * @throws ApiFailure
 */
export function ask(question: QuestionInput, { uploads = new Map(), signal }: AskOptions = {}): Promise<Answer> {
  if (uploads.size === 0) return request('/api/search', { json: question, signal })
  const form = new FormData()
  form.set('question', JSON.stringify(question))
  for (const [name, picture] of uploads) form.set(name, picture)
  return request('/api/search', { form, signal })
}

/**
 * One row.
 * @throws ApiFailure, `not_found` where there is none
 */
export function readRow(id: string, signal?: AbortSignal): Promise<RowView> {
  return request(pathOf('api', 'rows', id), { signal })
}

/** What is served. */
export function readStatus(): Promise<CollectionStatus> {
  return request('/api/status')
}

/** Sizes in which thumbnails are asked for, so that the browser's cache meets few of them. */
const THUMBNAIL_SIZES = [128, 256, 384, 512, 768, 1024]

/** Address of a row's picture, its longer side at least `pixels` where the picture has that many. */
export function thumbnailOf(id: string, pixels: number): string {
  const size = THUMBNAIL_SIZES.find((each) => each >= pixels) ?? 1024
  return `${pathOf('api', 'rows', id, 'thumbnail')}?size=${size}`
}

/** Address of a row's picture as it was fetched. */
export function pictureOf(id: string): string {
  return pathOf('api', 'rows', id, 'picture')
}

/** Which rows to look around in. */
export interface BrowseRequest {
  readonly order: 'shuffled' | 'newest'
  readonly seed: number
  readonly k: number
  readonly page: number
}

/** A page of the collection itself. */
export function browse({ order, seed, k, page }: BrowseRequest): Promise<Browsed> {
  return request(`/api/browse?order=${order}&seed=${seed}&k=${k}&page=${page}`)
}
