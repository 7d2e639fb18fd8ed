/** Where a row comes from: the collection as downloaded, a prompt that was improved, or a picture painted here. */
export type Origin = 'dataset' | 'refined' | 'generated'

/**
 * One prompt with its picture's address: the contract between `download` (and `feedback`) and everything after it.
 * Stored as Parquet columns of the same names, in this order.
 */
export interface PromptRow {
  /** Unique in the collection; for the Kaggle set a UUID. */
  readonly id: string
  /** The prompt as its author wrote it; never empty. */
  readonly prompt: string
  /** Address of the picture; empty where there is none. */
  readonly url: string
  /** Pixels; 0 where unknown. */
  readonly width: number
  readonly height: number
  readonly source_site: string
  readonly origin: Origin
  /** Ids of the rows that this one was made from; empty for the dataset's own. */
  readonly parents: readonly string[]
}
