import type { EmbeddedTexts, Parameters, ToolReader } from './generation.ts'
import { infotextParameters, parseInfotext } from './infotext.ts'
import { countIn, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

/**
 * Reads Fooocus's two schemes, named by the PNG keyword `fooocus_scheme` or by EXIF's MakerNote: its own JSON, and an
 * infotext that holds the user's words as "Raw prompt" beside the expanded ones. Source: Fooocus `meta_parser.py`.
 */
export const readFooocus: ToolReader = (texts) => {
  const text = texts.get('parameters', 'exif:UserComment')
  if (text === undefined) return null
  const scheme = texts.get('fooocus_scheme', 'exif:MakerNote')
  if (text.trimStart().startsWith('{')) {
    if (scheme !== 'fooocus' && !isFooocusSoftware(texts)) return null
    return { tool: 'fooocus', parameters: ownScheme(text) }
  }
  const infotext = parseInfotext(text)
  if (infotext === null) return null
  const version = infotext.settings.get('Version') ?? ''
  if (scheme !== 'a1111' && !version.startsWith('Fooocus') && !isFooocusSoftware(texts)) return null
  return {
    tool: 'fooocus',
    parameters: {
      ...infotextParameters(infotext),
      prompt: infotext.settings.get('Raw prompt') ?? infotext.prompt,
      negativePrompt: infotext.settings.get('Raw negative prompt') ?? infotext.negativePrompt,
    },
  }
}

function isFooocusSoftware(texts: EmbeddedTexts): boolean {
  return texts.get('exif:Software')?.startsWith('Fooocus') === true
}

function ownScheme(text: string): Parameters {
  const json = parseToolJson(text)
  return {
    prompt: textIn(json.prompt) ?? '',
    negativePrompt: textIn(json.negative_prompt) ?? '',
    seed: seedIn(json.seed),
    steps: countIn(json.steps),
    sampler: nameIn(json.sampler),
    cfg: numberIn(json.guidance_scale),
    model: nameIn(json.base_model),
  }
}
