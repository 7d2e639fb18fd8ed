import { describe, expect, test } from 'vitest'
import { exifBlock, pngWithTexts, webpWith } from './picture-writer.double.ts'
import { readMetadata } from './read-metadata.ts'

type Nodes = Record<string, { class_type: string; inputs: Record<string, unknown>; _meta?: { title: string } }>

const BASIC: Nodes = {
  3: {
    class_type: 'KSampler',
    inputs: {
      seed: 156680208700286,
      steps: 20,
      cfg: 8,
      sampler_name: 'dpmpp_2m',
      scheduler: 'karras',
      denoise: 1,
      model: ['10', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
  },
  4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base.safetensors' } },
  5: { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
  6: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['10', 1] } },
  7: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['10', 1] } },
  8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  9: { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] } },
  10: { class_type: 'LoraLoader', inputs: { lora_name: 'x', model: ['4', 0], clip: ['4', 1] } },
}

const EXPECTED = {
  kind: 'generation',
  tool: 'comfyui',
  prompt: 'a fox',
  negativePrompt: 'blurry',
  seed: '156680208700286',
  steps: 20,
  sampler: 'dpmpp_2m karras',
  cfg: 8,
  model: 'sd_xl_base.safetensors',
}

const read = async (nodes: object | string) =>
  readMetadata(
    await pngWithTexts({ prompt: typeof nodes === 'string' ? nodes : JSON.stringify(nodes), workflow: '{}' }),
  )

const basic = (changes: Nodes): Nodes => ({ ...BASIC, ...changes })

const sampler = (changes: Record<string, unknown>) => ({
  class_type: 'KSampler',
  inputs: { ...BASIC[3]?.inputs, ...changes },
})

describe('a graph', () => {
  test('in PNG', async () => {
    expect(await read(BASIC)).toMatchObject(EXPECTED)
  })

  test('in WebP, as strings of EXIF', async () => {
    const exif = exifBlock([
      [0x0110, `prompt:${JSON.stringify(BASIC)}`],
      [0x010f, 'workflow:{}'],
    ])
    expect(await readMetadata(await webpWith(exif))).toMatchObject(EXPECTED)
  })

  test('with a seed of 64 bits keeps its last digits', async () => {
    const text = JSON.stringify(BASIC).replace('156680208700286', '18446744073709551615')
    expect(await read(text)).toMatchObject({ seed: '18446744073709551615' })
  })

  test("with Python's NaN is read all the same", async () => {
    const text = JSON.stringify(BASIC).replace('"inputs":{"width"', '"is_changed":[NaN,-Infinity],"inputs":{"width"')
    expect(text).toContain('NaN')
    expect(await read(text)).toMatchObject(EXPECTED)
  })

  test('with digits and NaN in its texts keeps them', async () => {
    const text = 'NaN "1234567890123456789", -12345678901234567890 \\'
    expect(await read(basic({ 6: { class_type: 'CLIPTextEncode', inputs: { text } } }))).toMatchObject({ prompt: text })
  })

  test('with values that come from other nodes', async () => {
    const nodes = basic({
      3: sampler({ seed: ['20', 0], steps: ['21', 0], cfg: ['22', 0] }),
      6: { class_type: 'CLIPTextEncode', inputs: { text: ['23', 0], clip: ['10', 1] } },
      20: { class_type: 'Seed (rgthree)', inputs: { seed: 77 } },
      21: { class_type: 'PrimitiveInt', inputs: { value: 33 } },
      22: { class_type: 'PrimitiveFloat', inputs: { value: 4.5 } },
      23: { class_type: 'PrimitiveString', inputs: { value: 'a fox from afar' } },
    })
    expect(await read(nodes)).toMatchObject({ seed: '77', steps: 33, cfg: 4.5, prompt: 'a fox from afar' })
  })

  test('with both sides through one ControlNet keeps them apart', async () => {
    const nodes = basic({
      3: sampler({ positive: ['30', 0], negative: ['30', 1] }),
      30: {
        class_type: 'ControlNetApplyAdvanced',
        inputs: { positive: ['6', 0], negative: ['7', 0], control_net: ['31', 0], image: ['32', 0] },
      },
    })
    expect(await read(nodes)).toMatchObject({ prompt: 'a fox', negativePrompt: 'blurry' })
  })

  test('with combined prompts joins them, and SDXL pairs once', async () => {
    const nodes = basic({
      3: sampler({ positive: ['40', 0], negative: ['43', 0] }),
      40: { class_type: 'ConditioningCombine', inputs: { conditioning_1: ['41', 0], conditioning_2: ['42', 0] } },
      41: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox' } },
      42: { class_type: 'CLIPTextEncode', inputs: { text: 'snow' } },
      43: { class_type: 'CLIPTextEncodeSDXL', inputs: { text_g: 'blurry', text_l: 'blurry', width: 1 } },
    })
    expect(await read(nodes)).toMatchObject({ prompt: 'a fox, snow', negativePrompt: 'blurry' })
  })

  test('that paints and refines tells how it painted', async () => {
    const nodes = basic({
      8: { class_type: 'VAEDecode', inputs: { samples: ['50', 0] } },
      50: sampler({ seed: 5, denoise: 0.4, latent_image: ['51', 0] }),
      51: { class_type: 'LatentUpscale', inputs: { samples: ['3', 0] } },
    })
    expect(await read(nodes)).toMatchObject({ seed: '156680208700286' })
  })

  test('of Flux, with guider, noise and sigmas as nodes', async () => {
    const nodes: Nodes = {
      1: { class_type: 'SaveImage', inputs: { images: ['2', 0] } },
      2: { class_type: 'VAEDecode', inputs: { samples: ['3', 0] } },
      3: {
        class_type: 'SamplerCustomAdvanced',
        inputs: { noise: ['4', 0], guider: ['5', 0], sampler: ['6', 0], sigmas: ['7', 0], latent_image: ['8', 0] },
      },
      4: { class_type: 'RandomNoise', inputs: { noise_seed: 11 } },
      5: { class_type: 'BasicGuider', inputs: { model: ['9', 0], conditioning: ['10', 0] } },
      6: { class_type: 'KSamplerSelect', inputs: { sampler_name: 'euler' } },
      7: { class_type: 'BasicScheduler', inputs: { scheduler: 'simple', steps: 28, denoise: 1, model: ['9', 0] } },
      8: { class_type: 'EmptySD3LatentImage', inputs: { width: 1024, height: 1024, batch_size: 1 } },
      9: { class_type: 'UNETLoader', inputs: { unet_name: 'flux1-dev' } },
      10: { class_type: 'FluxGuidance', inputs: { guidance: 3.5, conditioning: ['11', 0] } },
      11: { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['12', 0] } },
    }
    expect(await read(nodes)).toMatchObject({
      prompt: 'a fox',
      negativePrompt: '',
      seed: '11',
      steps: 28,
      sampler: 'euler simple',
      cfg: null,
      model: 'flux1-dev',
    })
  })

  test('whose negative side was zeroed has no negative prompt', async () => {
    const nodes = basic({
      3: sampler({ negative: ['60', 0] }),
      60: { class_type: 'ConditioningZeroOut', inputs: { conditioning: ['6', 0] } },
    })
    expect(await read(nodes)).toMatchObject({ prompt: 'a fox', negativePrompt: '' })
  })
})

describe('a hostile graph', () => {
  test('with cycles ends', async () => {
    const nodes = basic({
      3: sampler({ latent_image: ['8', 0], positive: ['70', 0] }),
      8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], again: ['8', 0] } },
      70: { class_type: 'ConditioningConcat', inputs: { conditioning_to: ['70', 0], conditioning_from: ['6', 0] } },
    })
    expect(await read(nodes)).toMatchObject({ prompt: 'a fox' })
  })

  test('of thousands of nodes all linked to one another ends soon', async () => {
    const links = (at: number) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`i${n}`, [String((at * 7 + n * 131) % 3000), 0]]))
    const nodes = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [at, { class_type: 'SaveImage', inputs: links(at) }]),
    )
    expect(await read(nodes)).toMatchObject({ kind: 'none', reason: 'malformed_metadata' })
  })

  test.each([
    ['no JSON', '{"3": '],
    ['another shape', '{"3": [], "4": null, "5": {"class_type": 1, "inputs": 2}}'],
    ['deep nesting', `{"3":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['deep nesting without end', `{"3":${'{"a":'.repeat(500_000)}`],
    ['a string without end', `{"3":"${'\\"'.repeat(500_000)}`],
    ['links to nowhere', JSON.stringify({ 3: { class_type: 'SaveImage', inputs: { images: ['99', 0] } } })],
  ])('%s is malformed', async (_, text) => {
    expect(await read(text)).toMatchObject({ kind: 'none', reason: 'malformed_metadata' })
  })

  test('can not reach the prototype of anything', async () => {
    const text = JSON.stringify(BASIC).replace(/^\{/, '{"__proto__":{"class_type":"x","inputs":{"polluted":1}},')
    const nodes = text.replace(
      '"text":"a fox"',
      '"text":"a fox","__proto__":{"text":"evil"},"constructor":["__proto__",0]',
    )
    expect(await read(nodes)).toMatchObject({ prompt: 'a fox' })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(({} as Record<string, unknown>).text).toBeUndefined()
  })

  test('with a link named like a property of objects finds no node', async () => {
    expect(await read(basic({ 3: sampler({ positive: ['constructor', 0] }) }))).toMatchObject({ prompt: '' })
  })
})
