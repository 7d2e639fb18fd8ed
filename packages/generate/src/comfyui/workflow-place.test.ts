import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PaintRequest } from '../back-end.ts'
import type { JsonObject } from '../metadata/tool-json.ts'
import { textToImage } from './text-to-image.double.ts'
import { fillWorkflow, parseWorkflow } from './workflow.ts'

type Nodes = Record<string, { class_type: string; inputs: Record<string, unknown>; _meta?: { title: string } }>

const filled = (json: JsonObject, request: Partial<PaintRequest> = {}, seed = 42) =>
  fillWorkflow({ name: 'mine.json', json }, { prompt: 'a fox', ...request }, seed)
const nodes = (json: JsonObject, request: Partial<PaintRequest> = {}) => filled(json, request).graph as unknown as Nodes
const titled = (title: string, inputs: Record<string, unknown>, class_type = 'Primitive') => ({
  class_type,
  inputs,
  _meta: { title },
})

describe('a value is set where its sampler takes it from', () => {
  test.each<[Partial<PaintRequest>, string, string, unknown]>([
    [{}, '6', 'text', 'a fox'],
    [{ negativePrompt: 'blurry' }, '7', 'text', 'blurry'],
    [{}, '3', 'seed', 42],
    [{ steps: 12 }, '3', 'steps', 12],
    [{ cfg: 4.5 }, '3', 'cfg', 4.5],
    [{ sampler: 'dpmpp_2m' }, '3', 'sampler_name', 'dpmpp_2m'],
    [{ width: 768 }, '5', 'width', 768],
    [{ height: 1024 }, '5', 'height', 1024],
    [{ model: 'dream.safetensors' }, '4', 'ckpt_name', 'dream.safetensors'],
  ])('%j: node %s, input %s is %j', (request, id, input, value) => {
    expect(nodes(textToImage(), request)[id]?.inputs[input]).toBe(value)
  })

  test('and nothing else is changed', () => {
    const before = textToImage() as unknown as Nodes
    const after = nodes(textToImage())
    for (const [id, { inputs }] of Object.entries(before)) {
      for (const [input, value] of Object.entries(inputs)) {
        if ((id === '6' && input === 'text') || (id === '3' && input === 'seed')) continue
        expect([id, input, after[id]?.inputs[input]]).toEqual([id, input, value])
      }
    }
  })

  test('whatever the request, the workflow itself stays as it was', () => {
    const request = fc.record(
      { negativePrompt: fc.string(), steps: fc.nat(), cfg: fc.nat(), width: fc.nat(), sampler: fc.string() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.string(), request, fc.nat(), (prompt, more, seed) => {
        const json = textToImage()
        const { parameters } = filled(json, { prompt, ...more } as Partial<PaintRequest>, seed)
        expect(json).toEqual(textToImage())
        expect(parameters).toMatchObject({ prompt, seed })
      }),
    )
  })
})

describe('a node’s title', () => {
  test.each<[string, Partial<PaintRequest>, Record<string, unknown>, string, unknown]>([
    ['prompt', {}, { value: 'x' }, 'value', 'a fox'],
    ['Positive Prompt', {}, { text: 'x' }, 'text', 'a fox'],
    [' POSITIVE ', {}, { string: 'x' }, 'string', 'a fox'],
    ['negative prompt', { negativePrompt: 'blurry' }, { text: 'x' }, 'text', 'blurry'],
    ['negative', { negativePrompt: 'blurry' }, { value: 'x' }, 'value', 'blurry'],
    ['seed', {}, { noise_seed: 1 }, 'noise_seed', 42],
    ['seed', {}, { int: 1 }, 'int', 42],
    ['steps', { steps: 9 }, { value: 1 }, 'value', 9],
    ['cfg', { cfg: 9 }, { float: 1 }, 'float', 9],
    ['sampler', { sampler: 'ddim' }, { string: 'x' }, 'string', 'ddim'],
    ['checkpoint', { model: 'm' }, { ckpt_name: 'x' }, 'ckpt_name', 'm'],
    ['model', { model: 'm' }, { unet_name: 'x' }, 'unet_name', 'm'],
    ['size', { width: 640 }, { width: 1, height: 1 }, 'width', 640],
    ['width', { width: 640 }, { value: 1 }, 'value', 640],
  ])('%j names its value: %j', (title, request, inputs, input, expected) => {
    const json = textToImage({ 20: titled(title, inputs) })
    expect(nodes(json, request)['20']?.inputs[input]).toBe(expected)
  })

  test('counts before the sampler’s own', () => {
    const after = nodes(textToImage({ 20: titled('steps', { value: 1 }) }), { steps: 9 })
    expect(after['20']?.inputs.value).toBe(9)
    expect(after['3']?.inputs.steps).toBe(20)
  })

  test('of a node that holds no such value gives it no place', () => {
    const json = textToImage({ 20: titled('steps', { model: ['4', 0] }) })
    expect(() => filled(json, { steps: 9 })).toThrow(
      'The workflow mine.json has no place for the steps; write {{steps}} into it, or give a node the title "steps".',
    )
  })

  test('that two nodes have is refused, and both are named', () => {
    const json = textToImage({ 20: titled('seed', { value: 1 }), 21: titled('seed', { value: 2 }) })
    expect(() => filled(json)).toThrow(
      'The workflow mine.json takes the seed from 2 nodes (20, 21); give one of them alone the title "seed".',
    )
  })

  test('that names something else is none', () => {
    const after = nodes(textToImage({ 20: titled('my steps', { value: 1 }) }), { steps: 9 })
    expect(after['20']?.inputs.value).toBe(1)
    expect(after['3']?.inputs.steps).toBe(9)
  })
})

describe('a value without a place', () => {
  const without = (id: string, input: string) => {
    const json = textToImage() as unknown as Nodes
    delete json[id]?.inputs[input]
    return json as unknown as JsonObject
  }

  test.each<[string, string, Partial<PaintRequest>, string]>([
    ['3', 'steps', { steps: 9 }, 'steps'],
    ['3', 'cfg', { cfg: 9 }, 'cfg'],
    ['3', 'sampler_name', { sampler: 'x' }, 'sampler'],
    ['4', 'ckpt_name', { model: 'x' }, 'model'],
    ['5', 'width', { width: 64 }, 'width'],
    ['7', 'text', { negativePrompt: 'x' }, 'negative prompt'],
    ['6', 'text', {}, 'prompt'],
  ])('in node %s, input %s is told, when it is asked for: %j', (id, input, request, name) => {
    expect(() => filled(without(id, input), request)).toThrow(`has no place for the ${name}; write {{`)
    expect(() => filled(without(id, input), request)).toThrow(
      expect.objectContaining({ outcome: 'generator_invalid', exitCode: 2 }),
    )
  })

  test.each(['steps', 'cfg', 'sampler_name'])('%s does not matter while nobody asks for it', (input) => {
    expect(() => filled(without('3', input))).not.toThrow()
  })

  test('is none where an empty negative prompt is asked for', () => {
    expect(() => filled(without('7', 'text'), { negativePrompt: '' })).not.toThrow()
  })
})

describe('the parameters that are told', () => {
  test('are the workflow’s own where the request leaves them open', () => {
    expect(filled(textToImage()).parameters).toEqual({
      prompt: 'a fox',
      negativePrompt: 'lowres',
      seed: 42,
      steps: 20,
      sampler: 'euler',
      cfg: 8,
      model: 'base.safetensors',
    })
  })

  test('are the request’s where it names them', () => {
    const request = { negativePrompt: 'blurry', steps: 9, sampler: 'ddim', cfg: 3, model: 'dream' }
    expect(filled(textToImage(), request).parameters).toMatchObject(request)
  })
})

describe('a workflow file', () => {
  test.each<[string, RegExp]>([
    ['', /^The workflow mine\.json is no JSON; export it again\.$/],
    ['{', /is no JSON/],
    ['[]', /has no nodes; export it with "Export \(API\)"\.$/],
    ['{}', /has no nodes/],
    ['"text"', /has no nodes/],
    ['null', /has no nodes/],
    ['{"nodes": [], "links": []}', /is in the format of ComfyUI's page; export it with "Export \(API\)" instead\.$/],
    ['{"3": {"class_type": "KSampler"}}', /has no nodes/],
  ])('%s is turned down', (text, message) => {
    expect(() => parseWorkflow(text, 'mine.json')).toThrow(message)
    expect(() => parseWorkflow(text, 'mine.json')).toThrow(
      expect.objectContaining({ outcome: 'generator_invalid', exitCode: 2 }),
    )
  })

  test('comes through as it is', () => {
    expect(parseWorkflow(JSON.stringify(textToImage()), 'mine.json')).toEqual({
      name: 'mine.json',
      json: JSON.parse(JSON.stringify(textToImage())),
    })
  })
})
