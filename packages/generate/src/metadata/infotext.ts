import type { Parameters } from './generation.ts'
import { countIn, nameIn, numberIn, seedIn } from './tool-json.ts'

/** Longest line of settings that is taken apart, in characters. */
const LONGEST_SETTINGS = 64 * 1024

/** An infotext taken apart. */
export interface Infotext {
  readonly prompt: string
  readonly negativePrompt: string
  /** The settings as written, e.g. `Steps` → `20`. */
  readonly settings: ReadonlyMap<string, string>
}

const NEGATIVE = 'Negative prompt:'

/** One setting: a name, a colon, and a value that is quoted as JSON where it holds commas or colons. */
const SETTING = /\s?(\w[\w \-/]{0,60}):\s?("[^"\\]*(?:\\.[^"\\]*)*"|[^,]*)(?:,|$)/g

/**
 * Takes the text apart in which AUTOMATIC1111 and its kin describe a picture: the prompt, `Negative prompt: …`, and a
 * last line of settings (`Steps: 20, Sampler: Euler a, …`). Null where there is no such line. Lines after the settings
 * (templates of extensions) are passed over.
 */
export function parseInfotext(text: string): Infotext | null {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const at = lines.findLastIndex((line) => /^\s*Steps:\s*\d/.test(line))
  if (at < 0) return null
  const settings = parseSettings(lines[at] ?? '')
  // A prompt may begin a line with "Steps: 3", but hardly with three settings (AUTOMATIC1111's own rule).
  if (settings.size < 3) return null
  const before = lines.slice(0, at)
  const negativeAt = before.findIndex((line) => line.trimStart().startsWith(NEGATIVE))
  const positive = negativeAt < 0 ? before : before.slice(0, negativeAt)
  const negative = negativeAt < 0 ? [] : before.slice(negativeAt)
  return {
    prompt: positive.join('\n').trim(),
    negativePrompt: negative.join('\n').trimStart().slice(NEGATIVE.length).trim(),
    settings,
  }
}

/** The parameters that an infotext tells. */
export function infotextParameters({ prompt, negativePrompt, settings }: Infotext): Parameters {
  const sampler = nameIn(settings.get('Sampler'))
  // Since AUTOMATIC1111 1.9 the schedule stands by itself; before, it was part of the sampler's name.
  const schedule = nameIn(settings.get('Schedule type'))
  return {
    prompt,
    negativePrompt,
    seed: seedIn(settings.get('Seed')),
    steps: countIn(settings.get('Steps')),
    sampler: sampler !== null && schedule !== null && schedule !== 'Automatic' ? `${sampler} ${schedule}` : sampler,
    cfg: numberIn(settings.get('CFG scale')),
    model: nameIn(settings.get('Model')) ?? nameIn(settings.get('Model hash')),
  }
}

function parseSettings(line: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  if (line.length > LONGEST_SETTINGS) return settings
  for (const [, name = '', value = ''] of line.matchAll(SETTING))
    if (!settings.has(name)) settings.set(name, unquote(value.trim()))
  return settings
}

function unquote(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value
  }
}
