/** What every error of this package shares: one sentence, a stable name of its kind, and the program's exit code. */
export abstract class SearchError extends Error {
  /** 2: the user's mistake, 1: a failure. */
  abstract readonly exitCode: 1 | 2
  /** Stable name of the kind, as the HTTP API gives it. */
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

/** The question is not one that can be answered. */
export class QuestionError extends SearchError {
  readonly exitCode = 2
  readonly code = 'bad_question'
}

/** A picture cannot be had, is no picture, or breaks one of the safety limits. */
export class PictureRefusedError extends SearchError {
  readonly exitCode = 2
  readonly code = 'picture_refused'
}

/** No row has the id that was named. */
export class RowNotFoundError extends SearchError {
  readonly exitCode = 2
  readonly code = 'not_found'
}

/** The collection was embedded by another model than the one that would embed the question. */
export class ModelMismatchError extends SearchError {
  readonly exitCode = 2
  readonly code = 'model_mismatch'
}

/** The collection has nothing to search in yet, or lacks a part that the question needs. */
export class NotSearchableError extends SearchError {
  readonly exitCode = 2
  readonly code = 'not_searchable'
}
