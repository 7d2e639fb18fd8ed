import type { ToolReader } from './generation.ts'
import { countIn, nameIn, numberIn, parseToolJson, seedIn, textIn } from './tool-json.ts'

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Reads the JSON that Draw Things keeps as `exif:UserComment` inside XMP: `c` is the prompt, `uc` the negative one. */
export const readDrawThings: ToolReader = (texts) => {
  const xmp = texts.get('XML:com.adobe.xmp', 'xmp')
  if (xmp?.includes('Draw Things') !== true) return null
  const comment = between(xmp, '<exif:UserComment>', '</exif:UserComment>')
  const item = comment === undefined ? undefined : between(comment, '<rdf:li', '</rdf:li>')
  const json = item === undefined ? undefined : parseToolJson(unescapeXml(item.slice(item.indexOf('>') + 1)))
  if (json === undefined) throw new SyntaxError('the XMP of Draw Things has no user comment')
  return {
    tool: 'draw-things',
    parameters: {
      prompt: textIn(json.c) ?? '',
      negativePrompt: textIn(json.uc) ?? '',
      seed: seedIn(json.seed),
      steps: countIn(json.steps),
      sampler: nameIn(json.sampler),
      cfg: numberIn(json.scale),
      model: nameIn(json.model),
    },
  }
}

function between(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open)
  const end = start < 0 ? -1 : text.indexOf(close, start + open.length)
  return end < 0 ? undefined : text.slice(start + open.length, end)
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
