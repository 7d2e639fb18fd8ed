import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { ModelDirectoryError } from './model-error.ts'
import { configSchema, preprocessorSchema, tokenizerConfigSchema } from './model-files.ts'
import { chooseGraphs, type Graphs, type Precision } from './model-graphs.ts'
import { type PictureRecipe, pictureRecipe } from './picture-recipe.ts'

/** What a model directory says of itself; nothing in it is assumed. */
export interface ModelDirectory {
  /** Absolute path. */
  readonly path: string
  /** `model_type` of config.json, e.g. `clip`. */
  readonly family: string
  readonly graphs: Graphs
  /** Length of the vectors according to config.json; the graphs' own outputs decide. */
  readonly projection: number | undefined
  readonly text: TextRecipe
  /** Undefined where the directory has no preprocessor_config.json: text only. */
  readonly picture: PictureRecipe | undefined
  /**
   * Files that decide the vectors, relative to the directory, sorted. fp16 weights count as the fp32 ones that they
   * were rounded from, so that what a GPU has embedded can be searched on a CPU.
   */
  readonly files: readonly string[]
}

/** How text becomes token ids for this model. */
export interface TextRecipe {
  /** Tokens that the text tower takes, begin and end included; CLIP: 77. */
  readonly contextLength: number
  /**
   * Whether the tower looks only backwards and pools at end-of-text, so that what is padded after it can't matter
   * (CLIP) and batches may be padded to their own longest text; if not, all are padded to the context length.
   */
  readonly causal: boolean
  /** Content of the padding token, as tokenizer_config.json names it. */
  readonly padToken: string | undefined
}

/** Which weights are wanted. */
export interface WeightsWish {
  /** Default `auto`. */
  readonly precision?: Precision
  /** Whether a GPU will run them; default false. */
  readonly gpu?: boolean
}

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json']

/**
 * Reads a model directory in the Hugging Face layout: config.json, tokenizer.json, tokenizer_config.json,
 * preprocessor_config.json (only for pictures) and `onnx/…`.
 * @throws ModelDirectoryError naming the first thing that is missing or unreadable.
 */
export async function readModelDirectory(directory: string, wish: WeightsWish = {}): Promise<ModelDirectory> {
  const path = resolve(directory)
  const info = await stat(path).catch(() => undefined)
  if (!info?.isDirectory()) throw new ModelDirectoryError(`There is no model directory ${directory}`)
  const config = await readJson(path, 'config.json', configSchema)
  const tokenizerConfig = await readJson(path, 'tokenizer_config.json', tokenizerConfigSchema)
  await requireFile(path, 'tokenizer.json')
  const hasPreprocessor = await exists(join(path, 'preprocessor_config.json'))
  const preprocessor = hasPreprocessor
    ? await readJson(path, 'preprocessor_config.json', preprocessorSchema)
    : undefined
  const names = await graphFiles(path)
  const precision = wish.precision ?? 'auto'
  const graphs = chooseGraphs(path, names, precision, wish.gpu === true)
  const identity = precision === 'int8' || precision === 'q4' ? graphs : chooseGraphs(path, names, 'auto', false)

  const limits = [config.text_config?.max_position_embeddings ?? config.max_position_embeddings]
  limits.push(tokenizerConfig.model_max_length)
  const known = limits.filter((limit) => limit !== undefined && limit < 1e6) as number[]
  if (known.length === 0) throw new ModelDirectoryError(`${join(directory, 'config.json')} names no context length`)
  return {
    path,
    family: config.model_type,
    graphs,
    projection: config.projection_dim ?? config.text_config?.projection_dim,
    text: {
      contextLength: Math.min(...known),
      causal: config.model_type === 'clip' || config.model_type === 'clip_text_model',
      padToken: tokenizerConfig.pad_token,
    },
    picture: preprocessor && pictureRecipe(preprocessor),
    files: [
      'config.json',
      ...TOKENIZER_FILES,
      ...(preprocessor ? ['preprocessor_config.json'] : []),
      ...identity.files,
    ].sort(),
  }
}

/** Paths of all ONNX files and their external data, relative to the model directory. */
async function graphFiles(path: string): Promise<string[]> {
  const inOnnx = await readdir(join(path, 'onnx'), { withFileTypes: true }).catch(() => [])
  const atRoot = await readdir(path, { withFileTypes: true })
  // Links count as files: a hub's cache is made of them.
  const files = (entries: typeof atRoot) => entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const names = [...files(inOnnx).map((name) => `onnx/${name}`), ...files(atRoot)]
  return names.filter((name) => /\.onnx(_data.*|\.data)?$/.test(name))
}

async function readJson<T>(path: string, name: string, schema: z.ZodType<T>): Promise<T> {
  await requireFile(path, name)
  const file = join(path, name)
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ModelDirectoryError(`${file} is not valid JSON`, { cause })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const what = issue?.path.length ? `has an unusable "${issue.path.join('.')}"` : "can't be used"
  throw new ModelDirectoryError(`${file} ${what}: ${issue?.message}`)
}

async function requireFile(path: string, name: string): Promise<void> {
  if (!(await exists(join(path, name)))) throw new ModelDirectoryError(`The model directory ${path} has no ${name}`)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  )
}
