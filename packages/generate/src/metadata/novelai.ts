import type { ToolReader } from './generation.ts'
import { countIn, field, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

/**
 * Reads NovelAI's texts: `Description` (the prompt), `Source` (the model) and `Comment` (JSON of the settings), in the
 * PNG or hidden in its alpha channel. Since version 4 the characters have prompts of their own, which are appended the
 * way NovelAI's own page writes them: `scene | character | character`.
 */
export const readNovelAi: ToolReader = (texts) => {
  const isNovelAi = texts.get('Software') === 'NovelAI' || texts.get('Source')?.startsWith('NovelAI') === true
  const comment = texts.get('Comment')
  if (!isNovelAi || comment === undefined) return null
  const json = parseToolJson(comment)
  const base = captions(json.v4_prompt) ?? textIn(json.prompt) ?? texts.get('Description') ?? ''
  return {
    tool: 'novelai',
    parameters: {
      prompt: base,
      negativePrompt: captions(json.v4_negative_prompt) ?? textIn(json.uc) ?? '',
      seed: seedIn(json.seed),
      steps: countIn(json.steps),
      sampler: nameIn(json.sampler),
      cfg: numberIn(json.scale),
      model: nameIn(texts.get('Source')),
    },
  }
}

function captions(prompt: unknown): string | undefined {
  const base = textIn(field(prompt, 'caption', 'base_caption'))
  if (base === undefined) return undefined
  const characters = field(prompt, 'caption', 'char_captions')
  const own = Array.isArray(characters) ? characters.map((part) => textIn(field(part, 'char_caption')) ?? '') : []
  return [base, ...own.filter((caption) => caption.trim() !== '')].join(' | ')
}
