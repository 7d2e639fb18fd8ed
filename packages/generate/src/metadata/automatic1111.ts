import type { ToolReader } from './generation.ts'
import { type Infotext, infotextParameters, parseInfotext } from './infotext.ts'

/** Where AUTOMATIC1111 and everything that writes like it keeps its infotext: PNG text, or EXIF in JPEG and WebP. */
const PLACES = ['parameters', 'exif:UserComment', 'exif:ImageDescription'] as const

/** Reads the infotext of AUTOMATIC1111, of Forge (`Version: f2.0…`), and of ComfyUI nodes that write one. */
export const readAutomatic1111: ToolReader = (texts) => {
  for (const place of PLACES) {
    const infotext = parseInfotext(texts.get(place) ?? '')
    if (infotext === null) continue
    const hasGraph = texts.get('prompt', 'workflow') !== undefined
    return { tool: hasGraph ? 'comfyui' : toolOf(infotext), parameters: infotextParameters(infotext) }
  }
  return null
}

function toolOf({ settings }: Infotext) {
  const version = settings.get('Version') ?? ''
  if (/^f\d/.test(version)) return 'forge'
  return /^ComfyUI/i.test(version) ? 'comfyui' : 'automatic1111'
}
