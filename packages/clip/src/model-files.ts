import { z } from 'zod'

/** A special token as tokenizer_config.json writes it: its text, or an object that has it. */
const specialToken = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])

const textConfig = z.looseObject({
  max_position_embeddings: z.number().int().positive().optional(),
  projection_dim: z.number().int().positive().optional(),
})

/** What is read of config.json: of a joint model, or of a text tower alone. */
export const configSchema = z.looseObject({
  model_type: z.string(),
  projection_dim: z.number().int().positive().optional(),
  max_position_embeddings: z.number().int().positive().optional(),
  text_config: textConfig.optional(),
})

/** What is read of tokenizer_config.json. */
export const tokenizerConfigSchema = z.looseObject({
  model_max_length: z.number().positive().optional(),
  pad_token: specialToken.optional(),
})

const pixels = z.number().int().positive()
/** Older preprocessor files give sizes as one number. */
const shortEdge = z.union([
  pixels,
  z.looseObject({ shortest_edge: pixels }),
  z.looseObject({ height: pixels, width: pixels }),
])
const rectangle = z.union([pixels, z.looseObject({ height: pixels, width: pixels })])
const threeNumbers = z.tuple([z.number(), z.number(), z.number()])
const positive = z.number().positive()

/** What is read of preprocessor_config.json; defaults are those of the reference's image processor. */
export const preprocessorSchema = z.looseObject({
  do_resize: z.boolean().default(true),
  size: shortEdge.optional(),
  /** PIL's resampling filters by number: 0 nearest, 1 lanczos, 2 bilinear, 3 bicubic, 4 box, 5 hamming. */
  resample: z
    .union(
      [z.literal(0), z.literal(1), z.literal(2), z.literal(3)],
      'must be 0, 1, 2 or 3: other filters are not supported',
    )
    .default(3),
  do_center_crop: z.boolean().default(false),
  crop_size: rectangle.optional(),
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: threeNumbers.optional(),
  image_std: z.tuple([positive, positive, positive]).optional(),
})

/** A parsed preprocessor_config.json. */
export type PreprocessorConfig = z.infer<typeof preprocessorSchema>
