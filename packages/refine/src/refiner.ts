/** A prompt of the collection that lies near the user's own; data to every refiner, never an instruction. */
export interface Neighbour {
  readonly id: string
  readonly prompt: string
  /** Cosine similarity to what was searched for; higher is nearer. */
  readonly similarity: number
}

/** What to improve. */
export interface RefineRequest {
  /** The user's own prompt; not empty. */
  readonly prompt: string
  /** Nearest first; may be empty. */
  readonly neighbours: readonly Neighbour[]
  /** Variants wanted, 1 to 50; default 3. */
  readonly variants?: number
  /** Integer; the same request and seed give the same variants as far as the refiner can promise it. */
  readonly seed?: number
}

/** One improved prompt, with why it should be better and whose ideas it uses. */
export interface Variant {
  readonly prompt: string
  readonly reason: string
  /** Ids of the request's neighbours that this variant draws on: the parents in its lineage. */
  readonly neighbours: readonly string[]
}

/** What the work cost. */
export interface Usage {
  /** Answers paid for: 1, or 2 where an answer had to be repaired. */
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** In the currency of the configured price; null where no price is configured. */
  readonly cost: number | null
  /** True where the server did not report its tokens and they were guessed from the length of the texts. */
  readonly estimated: boolean
}

/** Who refines, told wherever its variants are shown. */
export interface RefinerDescription {
  readonly kind: 'llm' | 'offline'
  /** One line for people, e.g. `gpt-4o-mini at https://api.openai.com/v1`. */
  readonly label: string
}

/** What a refiner found. */
export interface RefineResult {
  readonly refiner: RefinerDescription
  /** All different; the offline refiner may find fewer than were wanted. */
  readonly variants: readonly Variant[]
  /** Null where nothing is ever paid. */
  readonly usage: Usage | null
  /** True where the first answer was malformed and the second, asked for with the reasons, was not. */
  readonly repaired: boolean
}

/** What one call to a language model uses at most. */
export interface WorstCase {
  /** Input and output together; the input is guessed from the length of the texts. */
  readonly tokens: number
  /** In the currency of the configured price; null where no price is configured. */
  readonly cost: number | null
}

/**
 * Where calls that are paid are written down before they are made, so that one that a kill cuts off is known of. A
 * call that is noted and neither turned down nor part of what `refine` returns or throws as `usage` may be billed.
 */
export interface CallRecord {
  /** The call waits for this. */
  asked(worst: WorstCase): Promise<void>
  /** The call noted last did not reach the server, or was turned down there before any work was done. */
  turnedDown(): Promise<void>
}

/** How one request is run. */
export interface RefineOptions {
  /** Aborting ends the call at once with `signal.reason`. */
  readonly signal?: AbortSignal
  /**
   * Told of each variant as soon as it is complete, for a page that shows them one by one. A preview: the result is
   * what counts, and a repaired answer is told anew from position 0.
   */
  readonly onVariant?: (variant: Variant, position: number) => void
  /** Told of every call that is paid; the offline refiner makes none. */
  readonly calls?: CallRecord
  /**
   * Given the same again, the same question is sent with the same `Idempotency-Key`: a server that honours the header
   * (OpenAI-compatible servers need not, and most do not) answers as before and bills once. Default: no header.
   */
  readonly idempotencyKey?: string
}

/** Something that improves prompts: a language model behind an endpoint, or the offline refiner. */
export interface Refiner {
  describe(): RefinerDescription
  /**
   * Improves one prompt.
   *
   * @throws RefineInputError when the request can't be used
   * @throws RefineError with the outcome that the request ended in
   * @throws the signal's reason after an abort
   */
  refine(request: RefineRequest, options?: RefineOptions): Promise<RefineResult>
}
