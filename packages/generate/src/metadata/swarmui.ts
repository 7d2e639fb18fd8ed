import type { ToolReader } from './generation.ts'
import { countIn, field, isObject, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

/**
 * Reads SwarmUI's JSON under the key `sui_image_params`, in PNG's `parameters` or EXIF's UserComment. Source: SwarmUI
 * `docs/Image Metadata Format.md`.
 */
export const readSwarmUi: ToolReader = (texts) => {
  const text = [texts.get('parameters'), texts.get('exif:UserComment')].find((found) =>
    found?.includes('"sui_image_params"'),
  )
  if (text === undefined) return null
  const parameters = field(parseToolJson(text), 'sui_image_params')
  if (!isObject(parameters)) throw new SyntaxError('sui_image_params is not an object')
  return {
    tool: 'swarmui',
    parameters: {
      prompt: textIn(parameters.prompt) ?? '',
      negativePrompt: textIn(parameters.negativeprompt) ?? '',
      seed: seedIn(parameters.seed),
      steps: countIn(parameters.steps),
      sampler: nameIn(parameters.sampler),
      cfg: numberIn(parameters.cfgscale),
      model: nameIn(parameters.model),
    },
  }
}
