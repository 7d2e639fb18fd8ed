import { describe, expect, it } from 'vitest'
import { chooseGraphs, type Precision } from './model-graphs.ts'

const NAMES = [
  'onnx/model.onnx',
  'onnx/text_model.onnx',
  'onnx/text_model.onnx_data',
  'onnx/text_model_fp16.onnx',
  'onnx/text_model_int8.onnx',
  'onnx/text_model_quantized.onnx',
  'onnx/text_model_q4.onnx',
  'onnx/vision_model.onnx',
  'onnx/vision_model_fp16.onnx',
  'onnx/vision_model_quantized.onnx',
]

const choose = (wanted: Precision, names: readonly string[] = NAMES, halfFirst = false) => {
  const { text, image, precision } = chooseGraphs('DIR', names, wanted, halfFirst)
  return [precision, text, image]
}

describe('choosing graphs', () => {
  it('takes separate towers of the wanted precision', () => {
    expect(choose('fp32')).toEqual(['fp32', 'onnx/text_model.onnx', 'onnx/vision_model.onnx'])
    expect(choose('fp16')).toEqual(['fp16', 'onnx/text_model_fp16.onnx', 'onnx/vision_model_fp16.onnx'])
    expect(choose('int8')).toEqual(['int8', 'onnx/text_model_quantized.onnx', 'onnx/vision_model_quantized.onnx'])
    expect(choose('q4')).toEqual(['q4', 'onnx/text_model_q4.onnx', undefined])
  })

  it('prefers half precision only where the device likes it', () => {
    expect(choose('auto')[0]).toBe('fp32')
    expect(choose('auto', NAMES, true)[0]).toBe('fp16')
    expect(choose('auto', ['onnx/text_model.onnx'], true)[0]).toBe('fp32')
    expect(choose('auto', ['onnx/text_model_fp16.onnx'])[0]).toBe('fp16')
  })

  it('never takes int8 or q4 by itself', () => {
    expect(() => choose('auto', ['onnx/text_model_quantized.onnx', 'onnx/text_model_q4.onnx'])).toThrow(
      /no fp32 or fp16 .*it has onnx\/text_model_quantized\.onnx/,
    )
  })

  it('takes a joint graph, and files at the root', () => {
    expect(choose('fp32', ['onnx/model.onnx'])).toEqual(['fp32', 'onnx/model.onnx', 'onnx/model.onnx'])
    expect(choose('fp32', ['model.onnx', 'vision_model.onnx'])).toEqual(['fp32', 'model.onnx', 'vision_model.onnx'])
    expect(choose('fp16', ['text_model_fp16.onnx'])).toEqual(['fp16', 'text_model_fp16.onnx', undefined])
  })

  it('counts weights that lie beside a graph as its own, and no other file', () => {
    expect(chooseGraphs('DIR', NAMES, 'fp32', false).files).toEqual([
      'onnx/text_model.onnx',
      'onnx/text_model.onnx_data',
      'onnx/vision_model.onnx',
    ])
    const split = [
      'onnx/model.onnx',
      'onnx/model.onnx_data',
      'onnx/model.onnx_data_1',
      'onnx/model.onnx.data',
      'onnx/model_fp16.onnx_data',
    ]
    expect(chooseGraphs('DIR', split, 'fp32', false).files).toEqual(split.slice(0, 4))
  })
})

describe('a directory without what is wanted', () => {
  it.each<[Precision, string[], string]>([
    [
      'auto',
      [],
      'The model directory DIR has no fp32 or fp16 text_model, vision_model or model: it has no ONNX file at all',
    ],
    [
      'fp16',
      ['onnx/model.onnx'],
      'The model directory DIR has no fp16 text_model, vision_model or model: it has onnx/model.onnx',
    ],
    [
      'int8',
      ['decoder.onnx', 'onnx/a.onnx_data'],
      'The model directory DIR has no int8 text_model, vision_model or model: it has decoder.onnx',
    ],
  ])('says what it has: %s of %j', (wanted, names, message) => {
    expect(() => choose(wanted, names)).toThrow(message)
  })

  it.each([
    ['auto', 'models/mine', 'run "promptloom model pull" to get a model, or give another directory'],
    [
      'fp16',
      'models/clip-vit-base-patch32',
      'run "promptloom model pull clip-vit-base-patch32 --precision fp16 --to models/clip-vit-base-patch32" to add it, or choose another precision',
    ],
    [
      'q4',
      '/data/mine',
      'run "promptloom model pull NAME --precision q4 --to /data/mine" to add it, or choose another precision',
    ],
  ] as const)('says how to get it: %s in %s', (wanted, path, next) => {
    expect(() => chooseGraphs(path, ['onnx/text_model_int8.onnx'], wanted, false)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: `The model directory ${path} has no ${wanted === 'auto' ? 'fp32 or fp16' : wanted} text_model, vision_model or model: it has onnx/text_model_int8.onnx; ${next}.`,
      }),
    )
  })

  it.each([
    ['_quantized', 'int8'],
    ['_int8', 'int8'],
    ['_uint8', 'int8'],
    ['_q4', 'q4'],
    ['_q4f16', 'q4'],
    ['_bnb4', 'q4'],
  ] as const)('finds weights that end with %s as %s', (suffix, precision) => {
    const name = `onnx/text_model${suffix}.onnx`
    expect(choose(precision, [name])).toEqual([precision, name, undefined])
    expect(() => choose('auto', [name])).toThrow(/has no fp32 or fp16/)
  })
})
