/** Programs whose pictures say how they were made, in a way that is read here. */
export type Tool =
  | 'automatic1111'
  | 'forge'
  | 'comfyui'
  | 'invokeai'
  | 'fooocus'
  | 'novelai'
  | 'swarmui'
  | 'draw-things'

/** One text found in a picture, under the name it had there. */
export interface EmbeddedText {
  /** PNG keyword (`parameters`), or the place for other formats (`exif:UserComment`, `xmp`, `stealth`). */
  readonly keyword: string
  readonly text: string
}

/** What a tool wrote about how it made a picture; null where it did not say. */
export interface Parameters {
  /** As the user wrote it, as far as the tool keeps that; may be empty. */
  readonly prompt: string
  readonly negativePrompt: string
  /** Decimal digits, perhaps with a minus sign: seeds go up to 2⁶⁴ − 1, past what a JavaScript number can hold. */
  readonly seed: string | null
  readonly steps: number | null
  readonly sampler: string | null
  readonly cfg: number | null
  readonly model: string | null
}

/** A picture's own account of how it was made. */
export interface GenerationMetadata extends Parameters {
  readonly kind: 'generation'
  readonly tool: Tool
  /** Pixels of the picture itself, whatever its parameters say (an upscaled picture is larger). */
  readonly width: number
  readonly height: number
  /** Everything that was found, for whoever wants more. */
  readonly raw: readonly EmbeddedText[]
}

/**
 * Why nothing is known about how a picture was made:
 * - `no_metadata`: a picture without such texts, or with texts of no known tool;
 * - `malformed_metadata`: a known tool's texts that can't be understood;
 * - `not_an_image`: no PNG, JPEG or WebP;
 * - `too_large`: past the limit on bytes.
 */
export type NoMetadataReason = 'no_metadata' | 'malformed_metadata' | 'not_an_image' | 'too_large'

/** The absence of metadata, as a value. */
export interface NoMetadata {
  readonly kind: 'none'
  readonly reason: NoMetadataReason
  /** One sentence for people. */
  readonly detail: string
}

/** Reads one tool's parameters from a picture's texts; null: not this tool's; throws: this tool's, but malformed. */
export type ToolReader = (texts: EmbeddedTexts) => { readonly tool: Tool; readonly parameters: Parameters } | null

/** A picture's texts by keyword. */
export class EmbeddedTexts {
  readonly all: readonly EmbeddedText[]

  constructor(all: readonly EmbeddedText[]) {
    this.all = all
  }

  /** The first text under any of the keywords, in the order of the keywords. */
  get(...keywords: readonly string[]): string | undefined {
    for (const keyword of keywords) {
      const found = this.all.find((entry) => entry.keyword === keyword)
      if (found !== undefined) return found.text
    }
    return undefined
  }
}
