import type { Parameters, ToolReader } from './generation.ts'
import { countIn, field, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

/** Reads InvokeAI's three ages: `invokeai_metadata` (3.0 on), `sd-metadata` (2.x), and the command line of `Dream`. */
export const readInvokeAi: ToolReader = (texts) => {
  const modern = texts.get('invokeai_metadata')
  if (modern !== undefined) return { tool: 'invokeai', parameters: modernParameters(modern) }
  const older = texts.get('sd-metadata')
  if (older !== undefined) return { tool: 'invokeai', parameters: olderParameters(older) }
  const dream = texts.get('Dream')
  return dream === undefined ? null : { tool: 'invokeai', parameters: dreamParameters(dream) }
}

function modernParameters(text: string): Parameters {
  const json = parseToolJson(text)
  return {
    prompt: textIn(json.positive_prompt) ?? '',
    negativePrompt: textIn(json.negative_prompt) ?? '',
    seed: seedIn(json.seed),
    steps: countIn(json.steps),
    sampler: nameIn(json.scheduler),
    cfg: numberIn(json.cfg_scale),
    // Named `model_name` until 3.x, `name` since 4.0.
    model: nameIn(field(json, 'model', 'name')) ?? nameIn(field(json, 'model', 'model_name')) ?? nameIn(json.model),
  }
}

function olderParameters(text: string): Parameters {
  const json = parseToolJson(text)
  const image = field(json, 'image')
  const prompt = field(image, 'prompt')
  const weighted = Array.isArray(prompt) ? prompt.map((part) => textIn(field(part, 'prompt')) ?? '') : []
  return {
    ...splitNegative(textIn(prompt) ?? weighted.join(' ')),
    seed: seedIn(field(image, 'seed')),
    steps: countIn(field(image, 'steps')),
    sampler: nameIn(field(image, 'sampler')),
    cfg: numberIn(field(image, 'cfg_scale')),
    model: nameIn(json.model_weights) ?? nameIn(json.model_hash),
  }
}

/** `"a fox [blurry]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms` */
function dreamParameters(text: string): Parameters {
  const end = text.startsWith('"') ? text.lastIndexOf('"') : -1
  if (end < 1) throw new SyntaxError('a Dream text starts with the prompt in quotes')
  const options = new Map<string, string>()
  for (const [, name = '', value = ''] of text.slice(end + 1).matchAll(/\s-(\w)\s?(\S{1,100})/g))
    options.set(name, value)
  return {
    ...splitNegative(text.slice(1, end)),
    seed: seedIn(options.get('S')),
    steps: countIn(options.get('s')),
    sampler: nameIn(options.get('A')),
    cfg: numberIn(options.get('C')),
    model: null,
  }
}

/** InvokeAI 2.x and before take what stands in square brackets for the negative prompt. */
function splitNegative(prompt: string): { prompt: string; negativePrompt: string } {
  const negative: string[] = []
  const positive = prompt.replace(/\[([^[\]]*)\]/g, (_, words: string) => {
    negative.push(words.trim())
    return ' '
  })
  return { prompt: positive.replace(/ {2,}/g, ' ').trim(), negativePrompt: negative.join(', ') }
}
