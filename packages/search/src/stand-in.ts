import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** The parts of config.json that say how many weights the towers have. */
const configSchema = z.looseObject({
  model_type: z.string().optional(),
  text_config: z
    .looseObject({ vocab_size: z.number(), hidden_size: z.number(), num_hidden_layers: z.number() })
    .optional(),
})

/** Bytes of a weight in the smallest usual form, 4 bits. */
const LEAST_BYTES = 0.5
const TEXT_GRAPHS = [
  'text_model.onnx',
  'text_model_fp16.onnx',
  'text_model_quantized.onnx',
  'text_model_int8.onnx',
  'text_model_q4.onnx',
]

/** How a README says that its model is a stand-in, and for what. */
const ADMITTED = /\bstand-?in for (?:the )?([^.,;:()\n]{1,60}?)(?=\s+(?:and|that|which)\b|\s*[.,;:()\n]|\s*$)/i

/**
 * What a model stands in for: told by its README, which says "a stand-in for …", or by its weight: its configuration
 * describes a transformer, while none of its text graphs is large enough to hold that transformer's weights in any
 * form. Undefined where nothing speaks against it.
 */
export async function standInFor(directory: string): Promise<string | undefined> {
  const readme = await readFile(join(directory, 'README.md'), 'utf8').catch(() => '')
  return ADMITTED.exec(readme.replace(/[*_`]/g, ''))?.[1] ?? byWeight(directory)
}

async function byWeight(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'config.json'), 'utf8').catch(() => '{}')
  const { data } = configSchema.safeParse(JSON.parse(text))
  if (!data?.text_config) return undefined
  const { vocab_size, hidden_size, num_hidden_layers } = data.text_config
  // Attention and the two layers after it: twelve squares of the width a layer.
  const weights = vocab_size * hidden_size + 12 * num_hidden_layers * hidden_size ** 2
  const sizes = await Promise.all(TEXT_GRAPHS.map((name) => stat(join(directory, 'onnx', name)).catch(() => undefined)))
  const largest = Math.max(0, ...sizes.map((info) => info?.size ?? 0))
  if (largest === 0 || largest >= weights * LEAST_BYTES) return undefined
  return `the ${data.model_type ?? 'model'} that its configuration describes (${hidden_size} wide, ${num_hidden_layers} layers)`
}
