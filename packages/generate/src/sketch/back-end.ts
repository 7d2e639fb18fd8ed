import type { BackEnd, BackEndDescription, PaintOptions, PaintRequest, Picture } from '../back-end.ts'
import { GeneratorError } from '../generator-error.ts'
import { checkPaintRequest, seedAt } from '../paint-request.ts'
import { paint, SKETCH_LABEL } from './paint.ts'

const LARGEST_SIDE = 2048
const DEFAULT_SIDE = 512

/** A picture of the offline painter, with what it made of the prompt. */
export interface SketchPicture extends Picture {
  /** Words and phrases that decided something in the picture. */
  readonly understood: readonly string[]
  /** Words that the painter does not know. */
  readonly unknown: readonly string[]
}

/** The offline painter as a back end: draws by itself, without weights, network or server. */
export class SketchBackEnd implements BackEnd {
  describe(): BackEndDescription {
    return { kind: 'sketch', label: SKETCH_LABEL, standIn: true }
  }

  /**
   * Paints PNG pictures, 512 × 512 unless said otherwise; sides from 16 to 2,048 pixels. Steps, sampler, guidance
   * scale and model mean nothing to it and are reported as null.
   *
   * @throws GeneratorError `generator_invalid` for a request that can't be painted
   * @throws the signal's reason after an abort
   */
  async generate(request: PaintRequest, options: PaintOptions = {}): Promise<readonly SketchPicture[]> {
    const {
      prompt,
      negativePrompt = '',
      width = DEFAULT_SIDE,
      height = DEFAULT_SIDE,
      ...rest
    } = checkPaintRequest(request)
    if (width > LARGEST_SIDE || height > LARGEST_SIDE) {
      const size = `${width} × ${height} pixels`
      throw new GeneratorError(
        'generator_invalid',
        `Sketches have sides of up to ${LARGEST_SIDE} pixels; ask for less than ${size}.`,
      )
    }
    const pictures: SketchPicture[] = []
    for (let position = 0; position < rest.count; position++) {
      options.signal?.throwIfAborted()
      const seed = seedAt(rest.seed, position)
      const { bytes, mediaType, understood, unknown } = await paint({ prompt, negativePrompt, seed, width, height })
      options.signal?.throwIfAborted()
      const parameters = { prompt, negativePrompt, seed, steps: null, sampler: null, cfg: null, model: null }
      const picture = { bytes, mediaType, width, height, parameters, understood, unknown }
      pictures.push(picture)
      options.onPicture?.(picture, position)
      options.onProgress?.({
        fraction: (position + 1) / rest.count,
        state: `picture ${position + 1} of ${rest.count} drawn`,
      })
    }
    options.signal?.throwIfAborted()
    return pictures
  }
}
