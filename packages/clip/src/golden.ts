import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { ClipError } from './model-error.ts'
import { readNpy } from './npy.ts'

/** A folder holds no golden values. Exit code 2. */
export class GoldenError extends ClipError {
  readonly exitCode = 2
}

const published = z.object({
  token_ids: z.record(z.string(), z.array(z.number().int())),
  onnx_clip: z.object({
    image: z.string(),
    texts: z.array(z.string()),
    vit_b_32: z.object({
      image_first5: z.array(z.number()),
      text0_first5: z.array(z.number()),
      logits: z.array(z.array(z.number())),
    }),
  }),
})

/** What OpenAI's CLIP ViT-B/32 is published to give for a picture and two texts. */
export interface Golden {
  /** Token ids by text, of CLIP's own vocabulary. */
  readonly tokens: readonly (readonly [text: string, ids: readonly number[]])[]
  /** The encoded picture, and its tensor of `3 × 224 × 224` values. */
  readonly picture: Uint8Array
  readonly tensor: Float32Array
  readonly texts: readonly string[]
  /** The first values of the picture's and the first text's vectors, before scaling. */
  readonly imageStart: readonly number[]
  readonly textStart: readonly number[]
  /** 100 times the cosine between the picture and each text. */
  readonly logits: readonly number[]
}

/**
 * Reads golden values from a folder with real-clip-golden.json, expected_preprocessed_image.npy and the picture.
 * @throws GoldenError when it is not such a folder.
 */
export async function readGolden(folder: string): Promise<Golden> {
  try {
    const json = published.parse(JSON.parse(await readFile(join(folder, 'real-clip-golden.json'), 'utf8')))
    const { image, texts, vit_b_32: model } = json.onnx_clip
    return {
      tokens: Object.entries(json.token_ids),
      picture: await readFile(join(folder, basename(image))),
      tensor: readNpy(await readFile(join(folder, 'expected_preprocessed_image.npy'))).values,
      texts,
      imageStart: model.image_first5,
      textStart: model.text0_first5,
      logits: model.logits[0] ?? [],
    }
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]
    const files = 'real-clip-golden.json, expected_preprocessed_image.npy and the picture that it names'
    throw new GoldenError(`${folder} holds no golden values (${reason}); give a folder with ${files}.`, { cause })
  }
}
