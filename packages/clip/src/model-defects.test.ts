import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openModel } from './model.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'

const NEXT = /; run "promptloom model pull" to get (a model|one), or give another directory\.$/

let root: string
let whole: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'promptloom-defects-'))
  whole = join(root, 'whole')
  await writeSyntheticModel(whole, TINY)
})
afterAll(() => rm(root, { recursive: true, force: true }))

type Damage = (directory: string) => Promise<unknown>
type Json = { [key: string]: unknown }

const graph = (tower: 'text' | 'vision') => join('onnx', `${tower}_model.onnx`)
const write = (name: string, content: string): Damage => {
  return (directory) => writeFile(join(directory, name), content)
}
const edit = (name: string, change: (content: Json) => void): Damage => {
  return async (directory) => {
    const path = join(directory, name)
    const content = JSON.parse(await readFile(path, 'utf8'))
    change(content)
    await writeFile(path, JSON.stringify(content))
  }
}

/** What a user gets who embeds a text and a picture with a copy of the whole model that was damaged. */
async function used(name: string, damage: Damage) {
  const directory = join(root, name.replaceAll(/\W/g, '-'))
  await cp(whole, directory, { recursive: true })
  await damage(directory)
  const picture = sharp({ create: { width: 50, height: 40, channels: 3, background: 'teal' } }).png()
  const embed = async () => {
    await using model = await openModel(directory, { device: 'cpu', workers: 1 })
    await model.text.embed(['a cat'])
    await model.image?.open()
    await model.image?.embed([() => picture.toBuffer()])
    return 'fine'
  }
  const outcome = await embed().catch((error: Error & { exitCode?: number }) => error)
  if (!(outcome instanceof Error)) return outcome
  return { exitCode: outcome.exitCode, message: outcome.message.replaceAll(directory, 'DIR') }
}

const beyond = (by: number) =>
  edit('tokenizer.json', ({ model, added_tokens, post_processor }) => {
    const tokenizer = { model, added_tokens, post_processor } as unknown as {
      model: { vocab: Record<string, number> }
      added_tokens: { id: number }[]
      post_processor: Record<'sep' | 'cls', [string, number]>
    }
    for (const token of Object.keys(tokenizer.model.vocab)) (tokenizer.model.vocab[token] as number) += by
    for (const token of tokenizer.added_tokens) token.id += by
    for (const frame of ['sep', 'cls'] as const) tokenizer.post_processor[frame][1] += by
  })
const set =
  (...path: string[]) =>
  (value: unknown) =>
  (content: Json) => {
    const last = path.at(-1) as string
    const parent = path.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, content)
    Object.assign(parent, { [last]: value })
  }

describe('a model directory', () => {
  it('that is whole is used', async () => {
    expect(await used('fine', async () => undefined)).toBe('fine')
  })

  it.each<[string, Damage, string]>([
    [
      'an empty graph',
      write(graph('text'), ''),
      "DIR/onnx/text_model.onnx can't be opened as an ONNX graph (ModelProto",
    ],
    [
      'a graph that was cut off',
      (at) => truncate(join(at, graph('vision')), 30_000),
      "vision_model.onnx can't be opened",
    ],
    [
      'a page in place of a graph',
      write(graph('vision'), '<html>'),
      "vision_model.onnx can't be opened as an ONNX graph",
    ],
    ['no text tower', (at) => rm(join(at, graph('text'))), 'The model directory DIR has no text_model'],
    [
      'a folder in place of a graph',
      async (at) => {
        await rm(join(at, graph('text')))
        await mkdir(join(at, graph('text')))
      },
      'The model directory DIR has no text_model',
    ],
    [
      'a link to what is gone',
      async (at) => {
        await rm(join(at, graph('text')))
        await symlink('/nowhere/blob', join(at, graph('text')))
      },
      "DIR/onnx/text_model.onnx can't be read (ENOENT)",
    ],
    [
      'towers whose names are swapped',
      async (at) => {
        await rename(join(at, graph('text')), join(at, 'other'))
        await rename(join(at, graph('vision')), join(at, graph('text')))
        await rename(join(at, 'other'), join(at, graph('vision')))
      },
      'The text graph has the outputs image_embeds, and no text_embeds',
    ],
    [
      "another model's picture tower",
      async (at) => {
        await writeSyntheticModel(`${at}-other`, { ...TINY, dimension: 48 })
        await cp(join(`${at}-other`, graph('vision')), join(at, graph('vision')))
      },
      'The picture tower gives vectors of 48 components and the text tower of 32: they are of two models',
    ],
    ['no tokenizer', write('tokenizer.json', '{}'), "The tokenizer DIR/tokenizer.json can't be used (Tokenizer must"],
    [
      'a tokenizer without words',
      edit('tokenizer.json', set('model')({ type: 'BPE', vocab: {}, merges: [] })),
      'The tokenizer DIR/tokenizer.json can\'t be used (it has no token for "a")',
    ],
    [
      'a tokenizer that ends no text',
      edit('tokenizer.json', set('post_processor')(null)),
      "The tokenizer DIR/tokenizer.json can't be used (it ends no text with an end-of-text token)",
    ],
    [
      'a padding token that nobody knows',
      edit('tokenizer_config.json', set('pad_token')('<nope>')),
      "DIR/tokenizer.json can't be used (it lacks the padding token <nope> of tokenizer_config.json)",
    ],
    [
      "another model's tokenizer",
      beyond(5000),
      "The text graph can't take inputs made by tokenizer.json and config.json (Gather: indices element out of",
    ],
    [
      'a context length that the tower lacks',
      async (at) => {
        await edit('config.json', set('text_config', 'max_position_embeddings')(200))(at)
        await edit('tokenizer_config.json', set('model_max_length')(200))(at)
      },
      "The text graph can't take inputs made by tokenizer.json and config.json (Add: ",
    ],
    [
      'pictures of another size',
      edit('preprocessor_config.json', (content) => Object.assign(content, { size: 48, crop_size: 48 })),
      "The image graph can't take inputs made by preprocessor_config.json (Got invalid dimensions for input: pixel_values",
    ],
    [
      'an unknown filter',
      edit('preprocessor_config.json', set('resample')(99)),
      'DIR/preprocessor_config.json has an unusable "resample": must be 0, 1, 2 or 3',
    ],
    ['a configuration of nothing', write('config.json', 'null'), "DIR/config.json can't be used: Invalid input"],
  ])('with %s is refused in one sentence, with the next step', async (name, damage, message) => {
    const outcome = await used(name, damage)
    expect(outcome).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) })
    expect((outcome as { message: string }).message).toMatch(NEXT)
    expect((outcome as { message: string }).message).not.toMatch(/\n|onnxruntime_src/)
  })
})
