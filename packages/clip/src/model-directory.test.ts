import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModelDirectory, type WeightsWish } from './model-directory.ts'

let folder: string
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-directory-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const CLIP = { model_type: 'clip', projection_dim: 512, text_config: { max_position_embeddings: 77 } }
const FILES: Record<string, unknown> = {
  'config.json': CLIP,
  'tokenizer.json': {},
  'tokenizer_config.json': { model_max_length: 77, pad_token: '<|endoftext|>' },
  'preprocessor_config.json': {},
  'onnx/text_model.onnx': '',
  'onnx/vision_model.onnx': '',
}

/** A directory of these files; undefined leaves one out, text is written as it is. */
async function directory(changes: Record<string, unknown> = {}): Promise<string> {
  const path = join(folder, String(made++))
  for (const [name, content] of Object.entries({ ...FILES, ...changes })) {
    if (content === undefined) continue
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return path
}
const read = async (changes: Record<string, unknown> = {}, wish?: WeightsWish) =>
  readModelDirectory(await directory(changes), wish)

describe('a model directory', () => {
  it('says everything of itself', async () => {
    const path = await directory()
    expect(await readModelDirectory(path)).toMatchObject({
      path,
      family: 'clip',
      graphs: { text: 'onnx/text_model.onnx', image: 'onnx/vision_model.onnx', precision: 'fp32' },
      projection: 512,
      text: { contextLength: 77, causal: true, padToken: '<|endoftext|>' },
      picture: { resize: { shortest: 224 }, width: 224, height: 224 },
      files: [
        'config.json',
        'onnx/text_model.onnx',
        'onnx/vision_model.onnx',
        'preprocessor_config.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ],
    })
  })

  it('without preprocessor_config.json is for text alone', async () => {
    const found = await read({ 'preprocessor_config.json': undefined, 'onnx/vision_model.onnx': undefined })
    expect(found.picture).toBeUndefined()
    expect(found.files).not.toContain('preprocessor_config.json')
    expect(found.graphs.image).toBeUndefined()
  })

  it.each([
    ['config.json of a joint model', { text_config: { max_position_embeddings: 64 } }, {}, 64],
    ['config.json of a text tower', { max_position_embeddings: 32 }, {}, 32],
    ['tokenizer_config.json alone', {}, { model_max_length: 48 }, 48],
    ['whichever is less', { max_position_embeddings: 77 }, { model_max_length: 64 }, 64],
    ['not from a tokenizer that knows no limit', { max_position_embeddings: 77 }, { model_max_length: 1e30 }, 77],
  ])('has its context length from %s', async (_, config, tokenizer, expected) => {
    const changes = { 'config.json': { model_type: 'clip', ...config }, 'tokenizer_config.json': tokenizer }
    expect((await read(changes)).text.contextLength).toBe(expected)
  })

  it.each([
    [{ projection_dim: 640 }, 640],
    [{ text_config: { projection_dim: 768 } }, 768],
    [{}, undefined],
  ])('has its dimension from %j', async (config, expected) => {
    const changes = { 'config.json': { model_type: 'clip', max_position_embeddings: 77, ...config } }
    expect((await read(changes)).projection).toBe(expected)
  })

  it.each([
    ['clip', true],
    ['clip_text_model', true],
    ['siglip', false],
    ['chinese_clip', false],
  ])('of the family %s may leave out padding: %s', async (family, causal) => {
    expect(await read({ 'config.json': { ...CLIP, model_type: family } })).toMatchObject({ family, text: { causal } })
  })

  it.each([
    ['<pad>', '<pad>'],
    [{ content: '!', lstrip: false }, '!'],
    [undefined, undefined],
  ])('names its padding token %j', async (pad_token, expected) => {
    const found = await read({ 'tokenizer_config.json': { model_max_length: 77, pad_token } })
    expect(found.text.padToken).toBe(expected)
  })

  it('keeps its identity where a GPU takes the rounded weights, and has another in int8', async () => {
    const more = {
      'onnx/text_model_fp16.onnx': '',
      'onnx/vision_model_fp16.onnx': '',
      'onnx/text_model_int8.onnx': '',
    }
    const [cpu, gpu, small] = [
      await read(more),
      await read(more, { gpu: true }),
      await read(more, { precision: 'int8' }),
    ]
    expect([cpu.graphs.precision, gpu.graphs.precision, small.graphs.precision]).toEqual(['fp32', 'fp16', 'int8'])
    expect(gpu.files).toEqual(cpu.files)
    expect(small.files).toContain('onnx/text_model_int8.onnx')
    expect(small.files).not.toContain('onnx/text_model.onnx')
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'no config.json',
      { 'config.json': undefined },
      /^The model directory DIR has no config\.json; run "promptloom model pull"/,
    ],
    ['no tokenizer.json', { 'tokenizer.json': undefined }, /^The model directory DIR has no tokenizer\.json;/],
    ['no tokenizer_config.json', { 'tokenizer_config.json': undefined }, /has no tokenizer_config\.json;/],
    ['broken JSON', { 'preprocessor_config.json': '{"size": ' }, /^DIR\/preprocessor_config\.json is not valid JSON;/],
    ['JSON that is no object', { 'config.json': '[]' }, /^DIR\/config\.json can't be used: .*expected object/],
    ['no family', { 'config.json': {} }, /^DIR\/config\.json has an unusable "model_type"/],
    [
      'a length below one',
      { 'config.json': { ...CLIP, text_config: { max_position_embeddings: 0 } } },
      /unusable "text_config\.max_position_embeddings"/,
    ],
    [
      'no context length',
      { 'config.json': { model_type: 'clip' }, 'tokenizer_config.json': {} },
      /config\.json names no context length;/,
    ],
    ['a crop of no size', { 'preprocessor_config.json': { crop_size: 0 } }, /unusable "crop_size"/],
    ['two means', { 'preprocessor_config.json': { image_mean: [0.5, 0.5] } }, /unusable "image_mean"/],
    [
      'no graphs',
      { 'onnx/text_model.onnx': undefined, 'onnx/vision_model.onnx': undefined },
      /has no fp32 or fp16 text_model, vision_model or model: it has no ONNX file at all;/,
    ],
  ])('with %s is refused in one sentence with the next step', async (_, changes, message) => {
    const path = await directory(changes)
    const error = await readModelDirectory(path).catch((caught: Error) => caught)
    expect(error).toMatchObject({ name: 'ModelDirectoryError', exitCode: 2 })
    const said = (error as Error).message.replaceAll(path, 'DIR')
    expect(said).toMatch(message)
    expect(said).toMatch(/; run "promptloom model pull" to get a model, or give another directory\.$/)
  })

  it('that is a file, or is not there, is named as it was given', async () => {
    const path = join(await directory(), 'config.json')
    for (const name of [path, './no/such/model']) {
      await expect(readModelDirectory(name)).rejects.toThrow(`There is no model directory ${name}; run`)
    }
  })
})
