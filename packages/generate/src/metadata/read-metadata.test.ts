import { describe, expect, test } from 'vitest'
import {
  exifBlock,
  jpegWith,
  plainPicture,
  pngWith,
  pngWithTexts,
  textChunk,
  unicodeComment,
  webpWith,
} from './picture-writer.double.ts'
import { readMetadata } from './read-metadata.ts'

const USER_COMMENT = 0x9286

const INFOTEXT = [
  'a fox in the snow, (sharp focus:1.2),',
  'by Émile 狐',
  'Negative prompt: blurry,',
  'lowres',
  'Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 4294967295, Size: 512x768, ' +
    'Model hash: abc123, Model: dreamshaper_8, Lora hashes: "one: 1a, two: 2b", Version: v1.10.1',
].join('\n')

const FROM_INFOTEXT = {
  kind: 'generation',
  tool: 'automatic1111',
  prompt: 'a fox in the snow, (sharp focus:1.2),\nby Émile 狐',
  negativePrompt: 'blurry,\nlowres',
  seed: '4294967295',
  steps: 20,
  sampler: 'DPM++ 2M Karras',
  cfg: 6.5,
  model: 'dreamshaper_8',
  width: 16,
  height: 12,
}

describe('AUTOMATIC1111 and Forge', () => {
  test.each([
    ['PNG', () => pngWithTexts({ parameters: INFOTEXT })],
    ['PNG, compressed', () => pngWith([textChunk('parameters', INFOTEXT, 'iTXt-deflated')])],
    ['PNG, behind the pixels', () => pngWith([textChunk('parameters', INFOTEXT, 'iTXt')], 'after')],
    ['JPEG, as piexif writes it', () => jpegWith(exifBlock([], [[USER_COMMENT, unicodeComment(INFOTEXT)]], false))],
    [
      'JPEG, big-endian text in a little-endian block',
      () => jpegWith(exifBlock([], [[USER_COMMENT, unicodeComment(INFOTEXT)]])),
    ],
    ['JPEG, little-endian text', () => jpegWith(exifBlock([], [[USER_COMMENT, unicodeComment(INFOTEXT, 'le')]]))],
    [
      'JPEG, with a byte order mark',
      () => jpegWith(exifBlock([], [[USER_COMMENT, unicodeComment(`\uFEFF${INFOTEXT}`)]])),
    ],
    ['JPEG, UTF-8', () => jpegWith(exifBlock([], [[USER_COMMENT, Buffer.from(`ASCII\0\0\0${INFOTEXT}`)]]))],
    ['WebP', () => webpWith(exifBlock([], [[USER_COMMENT, unicodeComment(INFOTEXT)]], false))],
  ])('%s', async (_, write) => {
    expect(await readMetadata(await write())).toMatchObject(FROM_INFOTEXT)
  })

  test('keep accents in tEXt, whether Latin-1 or UTF-8', async () => {
    const text = 'café\nSteps: 1, Sampler: Euler a, Seed: 1'
    const latin = await pngWith([textChunk('parameters', text, 'tEXt')])
    const utf8 = await pngWith([textChunk('parameters', Buffer.from(text).toString('latin1'), 'tEXt')])
    expect(await readMetadata(latin)).toMatchObject({ prompt: 'café', sampler: 'Euler a' })
    expect(await readMetadata(utf8)).toMatchObject({ prompt: 'café' })
  })

  test('are told apart by version, and from ComfyUI nodes that write the same', async () => {
    const forge = INFOTEXT.replace('v1.10.1', 'f2.0.1v1.10.1-previous-224-g1')
    expect(await readMetadata(await pngWithTexts({ parameters: forge }))).toMatchObject({ tool: 'forge' })
    const comfy = await pngWithTexts({ parameters: INFOTEXT, workflow: '{}' })
    expect(await readMetadata(comfy)).toMatchObject({ tool: 'comfyui', prompt: FROM_INFOTEXT.prompt })
  })

  test('give everything that was found', async () => {
    const result = await readMetadata(await pngWithTexts({ Author: 'me', parameters: INFOTEXT }))
    expect(result).toMatchObject({
      raw: [
        { keyword: 'Author', text: 'me' },
        { keyword: 'parameters', text: INFOTEXT },
      ],
    })
  })
})

describe('InvokeAI', () => {
  const metadata = {
    app_version: '4.2.0',
    positive_prompt: 'landscape',
    negative_prompt: 'low quality',
    width: 768,
    height: 432,
    seed: 356120443,
    cfg_scale: 7.5,
    steps: 50,
    scheduler: 'dpmpp_2m_sde_k',
    model: { key: 'k', name: 'amixx', base: 'sd-1', type: 'main' },
  }
  const expected = {
    tool: 'invokeai',
    prompt: 'landscape',
    negativePrompt: 'low quality',
    seed: '356120443',
    steps: 50,
    sampler: 'dpmpp_2m_sde_k',
    cfg: 7.5,
    model: 'amixx',
  }

  test('4, and 3 with the model by its older name', async () => {
    expect(await readMetadata(await pngWithTexts({ invokeai_metadata: JSON.stringify(metadata) }))).toMatchObject(
      expected,
    )
    const older = { ...metadata, model: { model_name: 'amixx', base_model: 'sd-1' } }
    expect(await readMetadata(await pngWithTexts({ invokeai_metadata: JSON.stringify(older) }))).toMatchObject(expected)
  })

  test('2, with negative words in brackets', async () => {
    const image = { seed: 7, steps: 30, sampler: 'k_euler', cfg_scale: 7, width: 512, height: 512 }
    const write = (prompt: unknown) =>
      pngWithTexts({ 'sd-metadata': JSON.stringify({ model_weights: 'sd-1.5', image: { ...image, prompt } }) })
    const read = { tool: 'invokeai', seed: '7', sampler: 'k_euler', model: 'sd-1.5' }
    expect(await readMetadata(await write('a fox [blurry] in snow [lowres]'))).toMatchObject({
      ...read,
      prompt: 'a fox in snow',
      negativePrompt: 'blurry, lowres',
    })
    expect(await readMetadata(await write([{ prompt: 'a fox', weight: 1 }]))).toMatchObject({ prompt: 'a fox' })
  })

  test('1, as a command line', async () => {
    const Dream = '"a "red" fox [blurry]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms'
    expect(await readMetadata(await pngWithTexts({ Dream }))).toMatchObject({
      tool: 'invokeai',
      prompt: 'a "red" fox',
      negativePrompt: 'blurry',
      seed: '42',
      steps: 50,
      cfg: 7.5,
      sampler: 'k_lms',
    })
  })
})

describe('Fooocus', () => {
  const own = JSON.stringify({
    base_model: 'juggernautXL',
    full_prompt: ['cinematic still a fox', 'award winning'],
    guidance_scale: 4,
    negative_prompt: '',
    prompt: 'a fox',
    sampler: 'dpmpp_2m_sde_gpu',
    seed: '3310398023843513408',
    steps: 30,
  })
  const expected = {
    tool: 'fooocus',
    prompt: 'a fox',
    negativePrompt: '',
    seed: '3310398023843513408',
    steps: 30,
    sampler: 'dpmpp_2m_sde_gpu',
    cfg: 4,
    model: 'juggernautXL',
  }
  const infotext =
    'cinematic still a fox, award winning\nNegative prompt: anime\nSteps: 30, Sampler: DPM++ 2M SDE Karras, ' +
    'Seed: 1, Size: 896x1152, CFG scale: 4, Model: jug, Raw prompt: "a fox, red", Raw negative prompt: , Version: Fooocus v2.5.5'

  test('its own scheme in PNG', async () => {
    expect(await readMetadata(await pngWithTexts({ parameters: own, fooocus_scheme: 'fooocus' }))).toMatchObject(
      expected,
    )
  })

  test('its own scheme in WebP and JPEG, where it writes into the main directory', async () => {
    const exif = exifBlock([
      [0x0131, 'Fooocus v2.5.5'],
      [0x927c, 'fooocus'],
      [USER_COMMENT, own],
    ])
    expect(await readMetadata(await webpWith(exif))).toMatchObject(expected)
    expect(await readMetadata(await jpegWith(exif))).toMatchObject(expected)
  })

  test("its infotext, with the user's own words", async () => {
    expect(await readMetadata(await pngWithTexts({ parameters: infotext, fooocus_scheme: 'a1111' }))).toMatchObject({
      tool: 'fooocus',
      prompt: 'a fox, red',
      negativePrompt: '',
      sampler: 'DPM++ 2M SDE Karras',
    })
  })
})

describe('NovelAI', () => {
  const comment = { prompt: '1girl, {fox}', uc: 'lowres', seed: 99, steps: 28, scale: 5, sampler: 'k_euler_ancestral' }
  const texts = (json: object) => ({
    Title: 'NovelAI generated image',
    Description: '1girl, {fox}',
    Software: 'NovelAI',
    Source: 'NovelAI Diffusion V4.5 4BDE2A90',
    Comment: JSON.stringify(json),
  })

  test('texts', async () => {
    expect(await readMetadata(await pngWithTexts(texts(comment)))).toMatchObject({
      tool: 'novelai',
      prompt: '1girl, {fox}',
      negativePrompt: 'lowres',
      seed: '99',
      steps: 28,
      cfg: 5,
      sampler: 'k_euler_ancestral',
      model: 'NovelAI Diffusion V4.5 4BDE2A90',
    })
  })

  test('version 4, with prompts of the characters', async () => {
    const v4 = {
      ...comment,
      v4_prompt: {
        caption: { base_caption: 'a forest', char_captions: [{ char_caption: 'fox' }, { char_caption: 'owl' }] },
      },
      v4_negative_prompt: { caption: { base_caption: 'blurry', char_captions: [{ char_caption: '' }] } },
    }
    expect(await readMetadata(await pngWithTexts(texts(v4)))).toMatchObject({
      prompt: 'a forest | fox | owl',
      negativePrompt: 'blurry',
    })
  })
})

describe('SwarmUI', () => {
  const parameters = JSON.stringify(
    {
      sui_image_params: {
        prompt: 'a fox',
        negativeprompt: 'blurry',
        model: 'Flux/flux1-dev-fp8',
        seed: 2042464333,
        steps: 25,
        cfgscale: 1.5,
        sampler: 'euler',
        swarm_version: '0.9.1.1',
      },
      sui_extra_data: { date: '2024-08-07' },
    },
    null,
    2,
  )

  test.each([
    ['PNG', () => pngWith([textChunk('parameters', parameters, 'iTXt')])],
    ['JPEG', () => jpegWith(exifBlock([], [[USER_COMMENT, unicodeComment(parameters, 'le')]]))],
  ])('%s', async (_, write) => {
    expect(await readMetadata(await write())).toMatchObject({
      tool: 'swarmui',
      prompt: 'a fox',
      negativePrompt: 'blurry',
      seed: '2042464333',
      steps: 25,
      cfg: 1.5,
      sampler: 'euler',
      model: 'Flux/flux1-dev-fp8',
    })
  })
})

test('Draw Things', async () => {
  const json =
    '{"c":"a fox &amp; an owl","uc":"blurry","seed":5,"steps":8,"scale":4.5,"sampler":"Euler A","model":"m.ckpt"}'
  const xmp =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description><xmp:CreatorTool>Draw Things</xmp:CreatorTool>' +
    `<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">${json.replaceAll('"', '&quot;')}</rdf:li></rdf:Alt>` +
    '</exif:UserComment></rdf:Description></rdf:RDF></x:xmpmeta>'
  expect(await readMetadata(await pngWith([textChunk('XML:com.adobe.xmp', xmp, 'iTXt')]))).toMatchObject({
    tool: 'draw-things',
    prompt: 'a fox & an owl',
    negativePrompt: 'blurry',
    seed: '5',
    steps: 8,
    cfg: 4.5,
    sampler: 'Euler A',
    model: 'm.ckpt',
  })
})

describe('pictures that say nothing', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('%s', async (format) => {
    expect(await readMetadata(await plainPicture(format))).toMatchObject({ kind: 'none', reason: 'no_metadata' })
  })

  test('or nothing that is known', async () => {
    const file = await pngWithTexts({ Software: 'Paint', Comment: 'Steps: many', parameters: 'just words' })
    expect(await readMetadata(file)).toMatchObject({ kind: 'none', reason: 'no_metadata' })
  })
})
