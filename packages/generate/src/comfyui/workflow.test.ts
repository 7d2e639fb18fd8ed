import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PaintRequest } from '../back-end.ts'
import { field, type JsonObject } from '../metadata/tool-json.ts'
import { textToImage } from './text-to-image.double.ts'
import { fillWorkflow, parseWorkflow, readWorkflow } from './workflow.ts'

const FULL: PaintRequest = {
  prompt: 'a fox',
  negativePrompt: 'blurry',
  width: 640,
  height: 448,
  steps: 30,
  sampler: 'dpmpp_2m',
  cfg: 5.5,
  model: 'xl.safetensors',
}

const fill = (json: JsonObject, request: PaintRequest, seed = 99) =>
  fillWorkflow({ name: 'mine.json', json }, request, seed)

const inputs = (graph: JsonObject, id: string) => field(graph, id, 'inputs')

const node = (class_type: string, values: JsonObject, title?: string) => ({
  class_type,
  inputs: values,
  ...(title === undefined ? {} : { _meta: { title } }),
})

describe('a workflow as it is', () => {
  test('takes every value where the saved picture gets it from', () => {
    const { graph, parameters } = fill(textToImage(), FULL)
    expect(inputs(graph, '3')).toMatchObject({
      seed: 99,
      steps: 30,
      cfg: 5.5,
      sampler_name: 'dpmpp_2m',
      scheduler: 'normal',
    })
    expect(inputs(graph, '4')).toEqual({ ckpt_name: 'xl.safetensors' })
    expect(inputs(graph, '5')).toEqual({ width: 640, height: 448, batch_size: 1 })
    expect(inputs(graph, '6')).toMatchObject({ text: 'a fox' })
    expect(inputs(graph, '7')).toMatchObject({ text: 'blurry' })
    expect(parameters).toEqual({
      prompt: 'a fox',
      negativePrompt: 'blurry',
      seed: 99,
      steps: 30,
      sampler: 'dpmpp_2m',
      cfg: 5.5,
      model: 'xl.safetensors',
    })
  })

  test('keeps what the request leaves open, and tells it', () => {
    const json = textToImage()
    const before = structuredClone(json)
    const { graph, parameters } = fill(json, { prompt: 'a fox' })
    expect(inputs(graph, '7')).toMatchObject({ text: 'lowres' })
    expect(parameters).toEqual({
      prompt: 'a fox',
      negativePrompt: 'lowres',
      seed: 99,
      steps: 20,
      sampler: 'euler',
      cfg: 8,
      model: 'base.safetensors',
    })
    expect(json).toEqual(before)
  })

  test('with both texts of an SDXL node sets both', () => {
    const json = textToImage({ 6: node('CLIPTextEncodeSDXL', { text_g: 'a', text_l: 'b', clip: ['4', 1] }) })
    expect(inputs(fill(json, { prompt: 'a fox' }).graph, '6')).toMatchObject({ text_g: 'a fox', text_l: 'a fox' })
  })

  test('takes titled nodes before those it would find', () => {
    const json = textToImage({
      6: node('CLIPTextEncode', { text: ['20', 0], clip: ['4', 1] }),
      20: node('StringConcat', { string: ['21', 0], suffix: ['22', 0] }),
      21: node('PrimitiveString', { value: 'x' }, ' Prompt '),
      22: node('PrimitiveString', { value: 'best quality' }),
      23: node('PrimitiveInt', { value: 1 }, 'Steps'),
    })
    const { graph } = fill(json, { prompt: 'a fox', steps: 7 })
    expect(inputs(graph, '21')).toEqual({ value: 'a fox' })
    expect(inputs(graph, '22')).toEqual({ value: 'best quality' })
    expect(inputs(graph, '23')).toEqual({ value: 7 })
    expect(inputs(graph, '3')).toMatchObject({ steps: 20 })
  })

  test('with several nodes of words does not guess', () => {
    const json = textToImage({
      3: node('KSampler', { positive: ['20', 0], negative: ['7', 0], latent_image: ['5', 0], seed: 1 }),
      20: node('ConditioningCombine', { conditioning_1: ['6', 0], conditioning_2: ['21', 0] }),
      21: node('CLIPTextEncode', { text: 'snow' }),
    })
    expect(() => fill(json, { prompt: 'a fox' })).toThrow(
      /prompt from 2 nodes \(6, 21\); give one of them alone the title "prompt"/,
    )
  })

  test.each([
    [
      'the negative prompt',
      { negativePrompt: 'blurry' },
      { 7: node('ConditioningZeroOut', { conditioning: ['6', 0] }) },
      'negative prompt',
    ],
    ['the size', { width: 640 }, { 5: node('VAEEncode', { pixels: ['30', 0] }) }, 'width'],
    ['the model', { model: 'x' }, { 4: node('CustomLoader', { which: 1 }) }, 'model'],
  ])('without a place for %s says so rather than ignore it', (_, part, changes, name) => {
    const filled = () => fill(textToImage(changes as JsonObject), { prompt: 'a fox', ...part })
    expect(filled).toThrow(expect.objectContaining({ outcome: 'generator_invalid', exitCode: 2 }))
    expect(filled).toThrow(`no place for the ${name}`)
  })

  test('without a place for a seed can still paint, unless one is wanted', () => {
    const json = textToImage({
      3: node('MySampler', { positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] }),
    })
    expect(fill(json, { prompt: 'a fox' }).parameters.seed).toBeNull()
    expect(() => fill(json, { prompt: 'a fox', seed: 5 }, 5)).toThrow('no place for the seed')
  })

  test('without a sampler has no place for the prompt', () => {
    expect(() => fill({ 1: node('Note', { text: 'x' }) }, { prompt: 'a fox' })).toThrow(
      'The workflow mine.json has no place for the prompt; write {{prompt}} into it, or give a node the title "prompt".',
    )
  })
})

describe('a workflow with placeholders', () => {
  const json: JsonObject = {
    1: node('Anything', {
      words: 'masterpiece, {{prompt}}, by {{ model = nobody }}',
      not: '{{negative_prompt}}',
      seed: '{{seed}}',
      steps: '{{steps=25}}',
      cfg: '{{cfg=4.5}}',
      list: [['{{sampler=euler}}'], 1],
      size: '{{width=512}}x{{height=512}}',
    }),
  }

  test('has them filled, as numbers where nothing else is in the string', () => {
    const { graph, parameters } = fill(json, { ...FULL, prompt: 'a {{seed}} fox' })
    expect(inputs(graph, '1')).toEqual({
      words: 'masterpiece, a {{seed}} fox, by xl.safetensors',
      not: 'blurry',
      seed: 99,
      steps: 30,
      cfg: 5.5,
      list: [['dpmpp_2m'], 1],
      size: '640x448',
    })
    expect(parameters).toMatchObject({ prompt: 'a {{seed}} fox', seed: 99, steps: 30 })
  })

  test('has their defaults where the request leaves them open', () => {
    const { graph } = fill(json, { prompt: 'a fox' })
    expect(inputs(graph, '1')).toMatchObject({
      words: 'masterpiece, a fox, by  nobody ',
      not: '',
      steps: 25,
      cfg: 4.5,
      size: '512x512',
    })
  })

  test('needs a value where there is no default', () => {
    const open = { 1: node('A', { a: '{{prompt}}', b: '{{steps}}' }) }
    expect(() => fill(open, { prompt: 'x' })).toThrow(
      'needs the steps; give one, or write a default into it: {{steps=…}}',
    )
  })

  test('refuses misspelt ones, and values that have none', () => {
    expect(() => fill({ 1: node('A', { a: '{{prompt}} {{sead}}' }) }, { prompt: 'x' })).toThrow(
      /unknown placeholder \{\{sead\}\}/,
    )
    expect(() => fill({ 1: node('A', { a: '{{prompt}}' }) }, { prompt: 'x', cfg: 3 })).toThrow('no place for the cfg')
  })

  test('is told from emphasis in double braces', () => {
    const braces = textToImage({ 6: node('CLIPTextEncode', { text: '{{fox}}' }) })
    expect(inputs(fill(braces, { prompt: 'an owl' }).graph, '6')).toMatchObject({ text: 'an owl' })
  })
})

describe('a workflow file', () => {
  test('is read', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'workflow-')), 'api.json')
    await writeFile(path, JSON.stringify(textToImage()))
    expect(await readWorkflow(path)).toEqual({ name: path, json: textToImage() })
    await expect(readWorkflow(`${path}.gone`)).rejects.toThrow(/api\.json\.gone can't be read/)
  })

  test.each([
    ['no JSON', '{', 'is no JSON'],
    ["the page's own format", '{"nodes":[],"links":[]}', 'export it with "Export (API)" instead'],
    ['a list', '[]', 'has no nodes'],
    ['without nodes', '{"a":{"inputs":{}}}', 'has no nodes'],
  ])('that is %s is turned down by name', (_, text, message) => {
    expect(() => parseWorkflow(text, 'mine.json')).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => parseWorkflow(text, 'mine.json')).toThrow(message)
  })
})
