/** Who paints, told wherever its pictures are shown and kept with every picture. */
export interface BackEndDescription {
  /** Stable short name kept in a picture's lineage, e.g. `automatic1111`, `comfyui`, `openai-images`, `sketch`. */
  readonly kind: string
  /** One line for people, e.g. `AUTOMATIC1111 at http://127.0.0.1:7860`. */
  readonly label: string
  /** True where it merely stands in for a painting model; its pictures must be labelled so wherever they show. */
  readonly standIn: boolean
}

/** What to paint. Everything but the prompt is left to the back end's own default where it is absent. */
export interface PaintRequest {
  readonly prompt: string
  readonly negativePrompt?: string
  /** Pixels. */
  readonly width?: number
  readonly height?: number
  /** Pictures wanted; default 1. */
  readonly count?: number
  /** Integer from 0 to 2³² − 1; the picture at position i is painted with `seed + i`, modulo 2³². Default: random. */
  readonly seed?: number
  /** Denoising steps. */
  readonly steps?: number
  /** The back end's own name of the sampler, e.g. `Euler a` (AUTOMATIC1111) or `euler_ancestral` (ComfyUI). */
  readonly sampler?: string
  /** Classifier-free guidance scale. */
  readonly cfg?: number
  /** The back end's own name of the model or checkpoint. */
  readonly model?: string
}

/**
 * The parameters that a picture was really painted with, as far as the back end told; null where it has no such
 * parameter or did not say. Never the request's values repeated on trust where the back end reports its own.
 */
export interface PaintParameters {
  readonly prompt: string
  readonly negativePrompt: string
  readonly seed: number | null
  readonly steps: number | null
  readonly sampler: string | null
  readonly cfg: number | null
  readonly model: string | null
}

/** One painted picture. */
export interface Picture {
  /** The encoded picture, as the back end made it. */
  readonly bytes: Uint8Array
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp'
  /** Pixels, measured on the bytes. */
  readonly width: number
  readonly height: number
  readonly parameters: PaintParameters
}

/** How far a job is. */
export interface Progress {
  /** From 0 to 1 over the whole request; null while the job waits or the back end does not tell. */
  readonly fraction: number | null
  /** What goes on, in the back end's words where it has any, e.g. `queued` or `step 12 of 20`. */
  readonly state: string
}

/** How one request is run. */
export interface PaintOptions {
  /** Aborting stops the work on the server too, then the call throws `signal.reason`. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /**
   * Told of every picture as soon as it is there, with its position in the request, so that pictures already paid
   * for are not lost when a later one fails.
   */
  readonly onPicture?: (picture: Picture, position: number) => void
  /**
   * Given the same again for the same request, what a killed program had asked for is taken up where the server allows
   * it: ComfyUI's job is looked for in its queue and history, an images API is sent an `Idempotency-Key`, which not
   * every server honours. Default: always asked anew.
   */
  readonly idempotencyKey?: string
}

/** Something that turns a prompt into pictures: AUTOMATIC1111, ComfyUI, an images API, or the offline painter. */
export interface BackEnd {
  describe(): BackEndDescription
  /**
   * Paints `request.count` pictures, in the order of their seeds.
   *
   * @throws GeneratorError with the outcome that the request ended in
   * @throws the signal's reason after an abort
   */
  generate(request: PaintRequest, options?: PaintOptions): Promise<readonly Picture[]>
}
