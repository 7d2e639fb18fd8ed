import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byteTokenizer } from './byte-tokenizer.ts'
import type { WeightFormat } from './matrix-product.ts'
import { OnnxGraph } from './onnx-graph.ts'
import { addTextTower, addVisionTower, type TextShape, type VisionShape } from './towers.ts'
import type { TowerShape } from './transformer.ts'

/** What a model of random weights looks like. */
export interface SyntheticShape {
  readonly dimension: number
  readonly text: Omit<TextShape, 'vocabulary'>
  readonly vision: VisionShape
}

/** CLIP ViT-B/32's sizes, for measuring speed: 63 and 88 million weights. */
export const VIT_B_32: SyntheticShape = {
  dimension: 512,
  text: { width: 512, layers: 12, heads: 8, contextLength: 77 },
  vision: { width: 768, layers: 12, heads: 12, image: 224, patch: 32 },
}

/** A model that is made in milliseconds, for tests. */
export const TINY: SyntheticShape = {
  dimension: 32,
  text: { width: 32, layers: 2, heads: 2, contextLength: 77 },
  vision: { width: 32, layers: 2, heads: 2, image: 32, patch: 8 },
}

/** CLIP's image mean and deviation, by channel. */
const MEAN = [0.48145466, 0.4578275, 0.40821073]
const DEVIATION = [0.26862954, 0.26130258, 0.27577711]

/** What is made besides the sizes. */
export interface SyntheticOptions {
  /** Directory whose tokenizer is copied; default: a tokenizer of single bytes. */
  readonly tokenizerFrom?: string
  /** Default 1. Another seed gives another model. */
  readonly seed?: number
  /** Both towers in one file, `model.onnx`; default false. */
  readonly joint?: boolean
  /** Files of the same weights that are written, each in a format; default `['fp32']`. */
  readonly formats?: readonly WeightFormat[]
}

/** What Hugging Face exports add to a file's name. */
const SUFFIX: Readonly<Record<WeightFormat, string>> = { fp32: '', fp16: '_fp16', int8: '_quantized', q4: '_q4' }

/**
 * Writes a model directory in the Hugging Face layout with CLIP's interface and random weights. Its vectors mean
 * nothing: it serves tests and measurements of speed, and must be labelled wherever its output shows.
 */
export async function writeSyntheticModel(
  directory: string,
  shape: SyntheticShape,
  options: SyntheticOptions = {},
): Promise<void> {
  const { dimension, text, vision } = shape
  const seed = options.seed ?? 1
  await mkdir(join(directory, 'onnx'), { recursive: true })
  const vocabulary = await writeTokenizer(directory, text.contextLength, options.tokenizerFrom)
  await writeJson(directory, 'config.json', {
    model_type: 'clip',
    projection_dim: dimension,
    text_config: {
      ...towerConfig(text, dimension),
      max_position_embeddings: text.contextLength,
      vocab_size: vocabulary,
    },
    vision_config: { ...towerConfig(vision, dimension), image_size: vision.image, patch_size: vision.patch },
    promptloom: 'random weights; its vectors mean nothing',
  })
  await writeJson(directory, 'preprocessor_config.json', {
    ...{
      image_processor_type: 'CLIPImageProcessor',
      do_resize: true,
      size: { shortest_edge: vision.image },
      resample: 3,
    },
    ...{ do_center_crop: true, crop_size: { height: vision.image, width: vision.image } },
    ...{ do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, image_mean: MEAN, image_std: DEVIATION },
  })
  for (const format of options.formats ?? ['fp32']) {
    await writeGraphs(join(directory, 'onnx'), { ...shape, vocabulary, seed, format, joint: options.joint === true })
  }
}

interface GraphFiles extends SyntheticShape {
  readonly vocabulary: number
  readonly seed: number
  readonly format: WeightFormat
  readonly joint: boolean
}

async function writeGraphs(folder: string, files: GraphFiles): Promise<void> {
  const { dimension, text, vision, vocabulary, seed, format, joint } = files
  const float = format === 'fp16' ? 'float16' : 'float32'
  const textGraph = new OnnxGraph('text', float)
  const visionGraph = joint ? textGraph : new OnnxGraph('vision', float)
  addTextTower({ ...text, vocabulary }, { graph: textGraph, dimension, seed, format })
  addVisionTower(vision, { graph: visionGraph, dimension, seed: seed + 1, format })
  const path = (stem: string) => join(folder, `${stem}${SUFFIX[format]}.onnx`)
  await textGraph.save(path(joint ? 'model' : 'text_model'))
  if (!joint) await visionGraph.save(path('vision_model'))
}

function towerConfig({ width, layers, heads }: TowerShape, dimension: number) {
  const sizes = { hidden_size: width, intermediate_size: width * 4, projection_dim: dimension }
  return { ...sizes, num_hidden_layers: layers, num_attention_heads: heads }
}

/** Returns the number of tokens. */
async function writeTokenizer(directory: string, contextLength: number, from: string | undefined): Promise<number> {
  if (from === undefined) {
    const { tokenizer, config, vocabulary } = byteTokenizer(contextLength)
    await writeJson(directory, 'tokenizer.json', tokenizer)
    await writeJson(directory, 'tokenizer_config.json', config)
    return vocabulary
  }
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(from, name), join(directory, name))
  const { model, added_tokens } = JSON.parse(await readFile(join(from, 'tokenizer.json'), 'utf8'))
  const ids = [...Object.values<number>(model.vocab), ...added_tokens.map((token: { id: number }) => token.id)]
  return ids.reduce((most, id) => Math.max(most, id + 1), 0)
}

async function writeJson(directory: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(directory, name), JSON.stringify(value))
}
