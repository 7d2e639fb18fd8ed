import { describe, expect, test } from 'vitest'
import { readAutomatic1111 } from './automatic1111.ts'
import { readComfyUi } from './comfyui.ts'
import { readDrawThings } from './draw-things.ts'
import { readFooocus } from './fooocus.ts'
import { EmbeddedTexts, type ToolReader } from './generation.ts'
import { readInvokeAi } from './invokeai.ts'
import { readNovelAi } from './novelai.ts'
import { readSwarmUi } from './swarmui.ts'

const READERS: readonly (readonly [string, ToolReader])[] = [
  ['AUTOMATIC1111', readAutomatic1111],
  ['ComfyUI', readComfyUi],
  ['Draw Things', readDrawThings],
  ['Fooocus', readFooocus],
  ['InvokeAI', readInvokeAi],
  ['NovelAI', readNovelAi],
  ['SwarmUI', readSwarmUi],
]

const INFOTEXT = 'a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, Seed: 42'
const textsOf = (texts: Readonly<Record<string, string>>) =>
  new EmbeddedTexts(Object.entries(texts).map(([keyword, text]) => ({ keyword, text })))
const asked = (reader: ToolReader, texts: Readonly<Record<string, string>>) => reader(textsOf(texts))

describe('every reader', () => {
  test.each(READERS)('of %s has nothing to say about a picture without texts', (_, reader) => {
    expect(asked(reader, {})).toBeNull()
  })

  test.each(READERS)('of %s passes over what a photo editor wrote', (_, reader) => {
    const texts = { Software: 'GIMP 2.10', Comment: 'Created with GIMP', 'exif:UserComment': 'holiday', Title: 'Fox' }
    expect(asked(reader, texts)).toBeNull()
  })

  test.each(READERS)('of %s passes over empty texts under its own keywords', (_, reader) => {
    expect(asked(reader, { parameters: '', prompt: '', Comment: '', 'exif:UserComment': '' })).toBeNull()
  })
})

describe('AUTOMATIC1111', () => {
  test.each<[Record<string, string>, string, string]>([
    [{ parameters: INFOTEXT }, 'automatic1111', 'PNG'],
    [{ 'exif:UserComment': INFOTEXT }, 'automatic1111', 'JPEG and WebP'],
    [{ 'exif:ImageDescription': INFOTEXT }, 'automatic1111', 'where some extensions write'],
    [{ parameters: `${INFOTEXT}, Version: f2.0.1v1.10.1` }, 'forge', 'Forge counts its versions with an f'],
    [{ parameters: `${INFOTEXT}, Version: v1.10.1` }, 'automatic1111', 'a version of its own'],
    [{ parameters: `${INFOTEXT}, Version: ComfyUI` }, 'comfyui', 'a node of ComfyUI that says so'],
    [{ parameters: INFOTEXT, workflow: '{}' }, 'comfyui', 'a node of ComfyUI that does not'],
    [{ parameters: INFOTEXT, prompt: '{}' }, 'comfyui', 'the same with its graph'],
  ])('%o is of %s: %s', (texts, tool) => {
    expect(asked(readAutomatic1111, texts)).toMatchObject({
      tool,
      parameters: { prompt: 'a fox', negativePrompt: 'blurry', seed: '42' },
    })
  })

  test('takes the first place that holds an infotext, not the first that holds anything', () => {
    expect(asked(readAutomatic1111, { parameters: 'just words', 'exif:UserComment': INFOTEXT })).toMatchObject({
      parameters: { prompt: 'a fox' },
    })
  })
})

describe('Fooocus', () => {
  const own = JSON.stringify({ prompt: 'a fox', negative_prompt: 'blurry', seed: 7, steps: 30, guidance_scale: 4 })
  const log = `a fox, cinematic\nSteps: 30, Sampler: DPM++ 2M, Seed: 7, Raw prompt: a fox`

  test.each<[Record<string, string>, string | null, string]>([
    [{ parameters: own, fooocus_scheme: 'fooocus' }, 'a fox', 'its scheme, named'],
    [{ 'exif:UserComment': own, 'exif:MakerNote': 'fooocus' }, 'a fox', 'named in EXIF'],
    [{ 'exif:UserComment': own, 'exif:Software': 'Fooocus v2.5.5' }, 'a fox', 'known by its software'],
    [{ parameters: own }, null, 'JSON of anybody'],
    [{ parameters: own, fooocus_scheme: 'a1111' }, null, 'the other scheme is no JSON'],
    [{ parameters: log, fooocus_scheme: 'a1111' }, 'a fox', 'the infotext of its other scheme'],
    [{ parameters: `${log}, Version: Fooocus v2.5.5` }, 'a fox', 'known by its version'],
    [{ parameters: log }, null, 'an infotext of anybody'],
    [{ parameters: 'just words', fooocus_scheme: 'a1111' }, null, 'no infotext'],
  ])('%o: %s (%s)', (texts, prompt) => {
    expect(asked(readFooocus, texts)?.parameters.prompt ?? null).toBe(prompt)
  })

  test('without the words as typed gives the expanded ones', () => {
    const texts = { parameters: INFOTEXT, fooocus_scheme: 'a1111' }
    expect(asked(readFooocus, texts)).toMatchObject({ parameters: { prompt: 'a fox', negativePrompt: 'blurry' } })
  })

  test('whose JSON is broken is malformed', () => {
    expect(() => asked(readFooocus, { parameters: '{"prompt"', fooocus_scheme: 'fooocus' })).toThrow(SyntaxError)
  })
})

describe('InvokeAI', () => {
  test('reads its newest account where a picture holds several', () => {
    const texts = {
      Dream: '"old" -s 1',
      'sd-metadata': JSON.stringify({ image: { prompt: 'older' } }),
      invokeai_metadata: JSON.stringify({ positive_prompt: 'newest' }),
    }
    expect(asked(readInvokeAi, texts)?.parameters.prompt).toBe('newest')
  })

  test.each<[unknown, string | null, string]>([
    [{ name: 'new', model_name: 'old' }, 'new', 'version 4'],
    [{ model_name: 'old' }, 'old', 'version 3'],
    ['plain', 'plain', 'a name by itself'],
    [{}, null, 'no name'],
    [5, null, 'a number'],
  ])('model %j is %j: %s', (model, expected) => {
    expect(asked(readInvokeAi, { invokeai_metadata: JSON.stringify({ model }) })?.parameters.model).toBe(expected)
  })

  test.each<[string, string, string, string]>([
    ['a fox', 'a fox', '', 'no brackets'],
    ['a fox [blurry]', 'a fox', 'blurry', 'one pair'],
    ['[blurry] a fox [lowres] runs', 'a fox runs', 'blurry, lowres', 'several'],
    ['[]', '', '', 'an empty pair'],
    ['a fox [blurry', 'a fox [blurry', '', 'one that is not closed'],
    ['a [[deep]] fox', 'a [ ] fox', 'deep', 'the inner of two'],
  ])('an old prompt %j is %j without %j: %s', (prompt, positive, negativePrompt) => {
    const texts = { 'sd-metadata': JSON.stringify({ image: { prompt } }) }
    expect(asked(readInvokeAi, texts)).toMatchObject({ parameters: { prompt: positive, negativePrompt } })
  })

  test.each<[string, object]>([
    ['"a fox" -s 50 -S 42 -C 7.5 -A k_lms', { steps: 50, seed: '42', cfg: 7.5, sampler: 'k_lms' }],
    ['"a fox" -s50 -S42', { steps: 50, seed: '42', cfg: null, sampler: null }],
    ['"a fox"', { prompt: 'a fox', steps: null, seed: null }],
    ['"a -s 3 fox" -s 50', { prompt: 'a -s 3 fox', steps: 50 }],
    ['"a fox" -s many', { steps: null }],
  ])('the command line %j gives %j', (Dream, expected) => {
    expect(asked(readInvokeAi, { Dream })?.parameters).toMatchObject(expected)
  })

  test.each(['a fox -s 50', '"a fox', ''])('the command line %j is malformed', (Dream) => {
    expect(() => asked(readInvokeAi, { Dream })).toThrow(/starts with the prompt in quotes/)
  })

  test('joins the parts of a weighted prompt', () => {
    const prompt = [{ prompt: 'a fox', weight: 1 }, { prompt: 'in snow', weight: 0.5 }, { weight: 2 }]
    const texts = { 'sd-metadata': JSON.stringify({ image: { prompt } }) }
    expect(asked(readInvokeAi, texts)?.parameters.prompt).toBe('a fox in snow')
  })
})

describe('NovelAI', () => {
  const Comment = JSON.stringify({ prompt: 'from the comment', uc: 'lowres', seed: 1 })

  test.each<[Record<string, string>, string | null, string]>([
    [{ Software: 'NovelAI', Comment }, 'from the comment', 'known by its software'],
    [{ Source: 'NovelAI Diffusion V4', Comment }, 'from the comment', 'known by its source'],
    [{ Comment }, null, 'a comment of anybody'],
    [{ Software: 'NovelAI' }, null, 'no comment'],
    [
      { Software: 'NovelAI', Description: 'described', Comment: '{}' },
      'described',
      'the description where the comment says nothing',
    ],
    [{ Software: 'NovelAI', Comment: '{}' }, '', 'neither'],
  ])('%o: %j (%s)', (texts, prompt) => {
    expect(asked(readNovelAi, texts)?.parameters.prompt ?? null).toBe(prompt)
  })

  test.each<[unknown, string]>([
    [{ caption: { base_caption: 'a forest', char_captions: [] } }, 'a forest'],
    [
      { caption: { base_caption: 'a forest', char_captions: [{ char_caption: 'fox' }, { char_caption: ' ' }] } },
      'a forest | fox',
    ],
    [{ caption: { base_caption: '', char_captions: [{ char_caption: 'fox' }] } }, ' | fox'],
    [{ caption: { base_caption: 'a forest', char_captions: 'none' } }, 'a forest'],
    [{ caption: {} }, 'from the comment'],
    [null, 'from the comment'],
  ])('version 4 with %j reads %j', (v4_prompt, prompt) => {
    const texts = { Software: 'NovelAI', Comment: JSON.stringify({ prompt: 'from the comment', v4_prompt }) }
    expect(asked(readNovelAi, texts)?.parameters.prompt).toBe(prompt)
  })
})

describe('SwarmUI', () => {
  const json = (sui_image_params: unknown) => JSON.stringify({ sui_image_params })

  test.each([
    ['[]', 'an array'],
    ['"x"', 'a text'],
    ['null', 'nothing'],
  ])('with parameters that are %s is malformed: %s', (value) => {
    expect(() => asked(readSwarmUi, { parameters: `{"sui_image_params": ${value}}` })).toThrow('is not an object')
  })

  test('is found in EXIF where PNG’s text is somebody else’s', () => {
    const texts = { parameters: 'words', 'exif:UserComment': json({ prompt: 'a fox' }) }
    expect(asked(readSwarmUi, texts)?.parameters.prompt).toBe('a fox')
  })

  test('that says nothing gives nulls, and no prompt', () => {
    expect(asked(readSwarmUi, { parameters: json({}) })?.parameters).toEqual({
      prompt: '',
      negativePrompt: '',
      seed: null,
      steps: null,
      sampler: null,
      cfg: null,
      model: null,
    })
  })
})

describe('Draw Things', () => {
  const xmp = (comment: string, creator = 'Draw Things') =>
    `<x><xmp:CreatorTool>${creator}</xmp:CreatorTool><exif:UserComment><rdf:Alt>${comment}</rdf:Alt></exif:UserComment></x>`
  const item = (json: string) => `<rdf:li xml:lang="x-default">${json}</rdf:li>`

  test.each<[string, string | undefined, string]>([
    ['{"c":"a &quot;red&quot; fox"}', undefined, 'JSON’s own quotes would have to be escaped'],
    ['{&quot;c&quot;:&quot;a fox &amp; an owl&quot;}', 'a fox & an owl', 'names of characters'],
    ['{&#34;c&#34;:&#34;caf&#233;&#34;}', 'café', 'decimal numbers'],
    ['{&#x22;c&#x22;:&#x22;caf&#xe9;&#x22;}', 'café', 'hexadecimal numbers'],
    ['{&quot;c&quot;:&quot;a &unknown; fox&quot;}', 'a &unknown; fox', 'names that nobody knows stay'],
    ['{&quot;c&quot;:&quot;a &#9999999; fox&quot;}', 'a &#9999999; fox', 'numbers past the last character stay'],
    ['{&quot;c&quot;:&quot;&lt;lora&gt;&quot;}', '<lora>', 'angle brackets'],
  ])('%s reads %j: %s', (json, prompt) => {
    const read = () => asked(readDrawThings, { xmp: xmp(item(json)) })?.parameters.prompt
    if (prompt === undefined) expect(read).toThrow(SyntaxError)
    else expect(read()).toBe(prompt)
  })

  test.each([
    ['no item', xmp('')],
    ['an item that is not closed', xmp('<rdf:li>{}')],
    ['no comment', '<x>Draw Things</x>'],
  ])('with %s is malformed', (_, text) => {
    expect(() => asked(readDrawThings, { xmp: text })).toThrow(/no user comment/)
  })

  test('is told from other programs that write XMP', () => {
    expect(asked(readDrawThings, { xmp: xmp(item('{}'), 'Photoshop') })).toBeNull()
  })

  test('is read from PNG’s and from the other formats’ place', () => {
    const text = xmp(item('{&quot;c&quot;:&quot;a fox&quot;}'))
    for (const keyword of ['XML:com.adobe.xmp', 'xmp'])
      expect(asked(readDrawThings, { [keyword]: text })?.parameters.prompt).toBe('a fox')
  })
})

describe('ComfyUI', () => {
  test.each(['[]', '"x"', '{'])('with the graph %s: not its text, or malformed', (prompt) => {
    if (prompt.startsWith('{')) expect(() => asked(readComfyUi, { prompt })).toThrow(SyntaxError)
    else expect(asked(readComfyUi, { prompt })).toBeNull()
  })

  test('with a graph that paints nothing is malformed', () => {
    expect(() => asked(readComfyUi, { prompt: '{}' })).toThrow('the graph has no sampler with a prompt')
  })
})

describe('texts by keyword', () => {
  const texts = new EmbeddedTexts([
    { keyword: 'a', text: '1' },
    { keyword: 'b', text: '2' },
    { keyword: 'a', text: '3' },
  ])

  test.each<[readonly string[], string | undefined]>([
    [['a'], '1'],
    [['b', 'a'], '2'],
    [['c', 'a'], '1'],
    [['c'], undefined],
    [[], undefined],
  ])('%j: %j', (keywords, expected) => {
    expect(texts.get(...keywords)).toBe(expected)
  })
})
