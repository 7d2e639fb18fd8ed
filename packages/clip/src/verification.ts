import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Golden } from './golden.ts'
import type { Model } from './model.ts'
import { sha256OfFile } from './model-digest.ts'
import type { ModelSource } from './model-source.ts'
import { decodePicture } from './picture.ts'
import type { PictureRecipe } from './picture-recipe.ts'

/** The result of one check of a model. */
export interface Check {
  readonly name: string
  /** `skipped` where what it compares with isn't at hand, or doesn't concern this model. */
  readonly result: 'passed' | 'failed' | 'skipped'
  /** What was found, in words and figures. */
  readonly detail: string
}

/** What a model is compared with, as far as it is at hand. */
export interface VerifyOptions {
  readonly golden?: Golden | undefined
  /** Photos with what they show, e.g. `cat`. */
  readonly photos?: readonly { readonly shows: string; readonly bytes: Uint8Array }[]
  /** What promptloom-source.json says, if the directory has one. */
  readonly source?: ModelSource | undefined
}

/** Largest difference to the golden tensor that only the reference's own kernel passes. */
export const TENSOR_TOLERANCE = 0.04
/** Rounding of 8-bit pixels moves logits by some tenths; another model is off by whole numbers. */
const LOGIT_TOLERANCE = 0.5

const TEXTS = ['a photo of a cat', 'a photo of a dog', 'a diagram', 'a castle on a hill, oil painting, '.repeat(20)]

/** Proves an open model: files, tokens, pixels, vectors. Nothing is thrown for a check that fails. */
export async function verifyModel(model: Model, directory: string, options: VerifyOptions = {}): Promise<Check[]> {
  const { golden, photos = [], source } = options
  return [
    await checkFiles(directory, source),
    await checkTokens(model, golden),
    await checkPixels(model.image?.recipe, golden),
    await checkNorms(model),
    await checkBatches(model),
    await checkPublished(model, { golden, source }),
    await checkPhotos(model, photos),
  ]
}

async function checkFiles(directory: string, source: ModelSource | undefined): Promise<Check> {
  const name = 'files'
  if (!source) return { name, result: 'skipped', detail: 'not pulled from a hub, so nothing says what they should be' }
  for (const file of source.files) {
    const path = join(directory, file.name)
    const size = await stat(path).then(
      (info) => info.size,
      () => undefined,
    )
    if (size === undefined) return failed(name, `${file.name} is missing`)
    if (size !== file.bytes) return failed(name, `${file.name} has ${size} bytes, not ${file.bytes}`)
    if ((await sha256OfFile(path)) !== file.sha256) return failed(name, `${file.name} has other bytes than the hub's`)
  }
  return passed(
    name,
    `${source.files.length} files as ${source.repository} has them at ${source.revision.slice(0, 12)}`,
  )
}

async function checkTokens({ text }: Model, golden: Golden | undefined): Promise<Check> {
  const name = 'tokens'
  if (!golden) return { name, result: 'skipped', detail: 'no golden values given' }
  const texts = golden.tokens.map(([one]) => one)
  const got = (await text.tokenize(texts)).map(({ sequences }) => Array.from(sequences[0] ?? []))
  const wrong = golden.tokens.findIndex(([, ids], at) => got[at]?.join() !== ids.join())
  if (wrong < 0) return passed(name, `${texts.length} texts have CLIP's own token ids`)
  return failed(
    name,
    `"${texts[wrong]}" has the ids ${got[wrong]?.join(' ')}, not ${golden.tokens[wrong]?.[1].join(' ')}`,
  )
}

async function checkPixels(recipe: PictureRecipe | undefined, golden: Golden | undefined): Promise<Check> {
  const name = 'preprocessing'
  if (!recipe) return { name, result: 'skipped', detail: 'the model has no picture tower' }
  if (!golden) return { name, result: 'skipped', detail: 'no golden values given' }
  const area = recipe.width * recipe.height
  if (area * 3 !== golden.tensor.length) {
    return {
      name,
      result: 'skipped',
      detail: `the golden tensor is of another size than ${recipe.width} × ${recipe.height}`,
    }
  }
  const worst = largestDifference(await decodePicture(golden.picture, recipe), golden.tensor, recipe)
  const detail = `largest difference to the golden tensor ${worst.toFixed(4)} (at most ${TENSOR_TOLERANCE})`
  return worst <= TENSOR_TOLERANCE ? passed(name, detail) : failed(name, detail)
}

/** Compares pixels, `height × width × 3`, with a tensor of `3 × height × width`. */
export function largestDifference(pixels: Uint8Array, tensor: Float32Array, recipe: PictureRecipe): number {
  const area = recipe.width * recipe.height
  let worst = 0
  for (let at = 0; at < pixels.length; at++) {
    const channel = at % 3
    const value = (pixels[at] as number) * (recipe.scale[channel] as number) + (recipe.shift[channel] as number)
    worst = Math.max(worst, Math.abs(value - (tensor[channel * area + Math.floor(at / 3)] as number)))
  }
  return worst
}

async function checkNorms({ text, dimension }: Model): Promise<Check> {
  const vectors = await text.embed(TEXTS)
  const worst = Math.max(...vectors.map((vector) => Math.abs(Math.sqrt(dot(vector, vector)) - 1)))
  const detail = `${dimension} components, length 1 within ${worst.toExponential(1)}`
  const fits = vectors.every((vector) => vector.length === dimension)
  return worst < 1e-5 && fits ? passed('unit length', detail) : failed('unit length', detail)
}

async function checkBatches({ text, precision }: Model): Promise<Check> {
  const name = 'batch = single'
  const together = await text.embed(TEXTS)
  const alone: Float32Array[] = []
  for (const one of TEXTS) alone.push(...(await text.embed([one])))
  const distance = Math.max(...together.map((vector, at) => 1 - dot(vector, alone[at] as Float32Array)))
  const same = together.every((vector, at) => vector.every((value, place) => value === alone[at]?.[place]))
  if (same) return passed(name, 'the same bytes, alone and in a batch')
  const detail = `1 - cosine up to ${distance.toExponential(1)} between alone and in a batch`
  return distance < (precision === 'int8' || precision === 'q4' ? 1e-2 : 1e-4)
    ? passed(name, detail)
    : failed(name, detail)
}

async function checkPublished(model: Model, { golden, source }: VerifyOptions): Promise<Check> {
  const name = 'published values'
  if (!golden || !model.image) return { name, result: 'skipped', detail: 'no golden values given, or no picture tower' }
  const [image] = await model.image.embed([async () => golden.picture])
  if (!(image instanceof Float32Array)) return failed(name, 'the golden picture could not be decoded')
  const texts = await model.text.embed(golden.texts)
  const logits = texts.map((vector) => 100 * dot(image, vector))
  const off = Math.max(...golden.logits.map((logit, at) => Math.abs(logit - (logits[at] ?? 0))))
  const starts = [along(image, golden.imageStart), along(texts[0] as Float32Array, golden.textStart)]
  const detail = `logits ${logits.map((one) => one.toFixed(2)).join(' ')} (published ${golden.logits.map((one) => one.toFixed(2)).join(' ')}), first components along the published ones: ${starts.map((one) => one.toFixed(4)).join(' ')}`
  if (off <= LOGIT_TOLERANCE && Math.min(...starts) > 0.999) return passed(name, `this is OpenAI's ViT-B/32: ${detail}`)
  if (source?.repository.endsWith('clip-vit-base-patch32')) return failed(name, detail)
  return { name, result: 'skipped', detail: `this is not OpenAI's ViT-B/32: ${detail}` }
}

/** Cosine between the first components of a vector and published ones, which are not scaled to unit length. */
function along(vector: Float32Array, start: readonly number[]): number {
  const own = Float32Array.from(start, (_, at) => vector[at] as number)
  const published = Float32Array.from(start)
  return dot(own, published) / Math.sqrt(dot(own, own) * dot(published, published))
}

/** Each photo among the captions of all: a model that mixes up channels or tokens is right by chance only. */
async function checkPhotos({ text, image }: Model, photos: NonNullable<VerifyOptions['photos']>): Promise<Check> {
  const name = 'texts and pictures'
  if (!image || photos.length === 0) return { name, result: 'skipped', detail: 'no photos given, or no picture tower' }
  const captions = [...new Set(photos.map((photo) => photo.shows))]
  const texts = await text.embed(captions.map((caption) => `a photo of ${caption}`))
  const vectors = await image.embed(photos.map((photo) => async () => photo.bytes))
  const right = vectors.filter((vector, at) => {
    if (!(vector instanceof Float32Array)) return false
    const scores = texts.map((one) => dot(vector, one))
    return captions[scores.indexOf(Math.max(...scores))] === photos[at]?.shows
  }).length
  const detail = `${right} of ${photos.length} photos are nearest to their own caption of ${captions.length}`
  return right * 2 >= photos.length ? passed(name, detail) : failed(name, detail)
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)
}

function passed(name: string, detail: string): Check {
  return { name, result: 'passed', detail }
}

function failed(name: string, detail: string): Check {
  return { name, result: 'failed', detail }
}
