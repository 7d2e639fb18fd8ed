/** A JSON object as a tool wrote it: nothing about it is known yet. */
export type JsonObject = { readonly [key: string]: unknown }

/** A string's start, and the numbers that plain JSON parsing would lose or refuse. */
const TOKENS = /"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])|-?\bInfinity\b|\bNaN\b/g

/**
 * Parses JSON as these tools write it: integers of 16 digits or more become strings, so that 64-bit seeds keep their
 * last digits, and Python's NaN and Infinity (ComfyUI writes `"is_changed": [NaN]`) become null.
 *
 * @throws SyntaxError when it is no JSON, or no object
 */
export function parseToolJson(text: string): JsonObject {
  const value: unknown = JSON.parse(mend(text))
  if (!isObject(value)) throw new SyntaxError('not a JSON object')
  return value
}

/** One pass, in time proportional to the text whatever it holds. */
function mend(text: string): string {
  const tokens = new RegExp(TOKENS)
  let mended = ''
  let done = 0
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === '"') {
      tokens.lastIndex = endOfString(text, token.index)
      continue
    }
    mended += text.slice(done, token.index) + (/\d/.test(token[0]) ? `"${token[0]}"` : 'null')
    done = tokens.lastIndex
  }
  return mended + text.slice(done)
}

/** Index after the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === '"') return at + 1
  }
  return text.length
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own property of an object; undefined for whatever else `value` is, so that chains of look-ups never throw. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current
}

/** A text as it is; undefined for anything else. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A non-empty text, trimmed; null for anything else. */
export function nameIn(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/** A finite number, also one written as text; null for anything else. */
export function numberIn(value: unknown): number | null {
  if (typeof value === 'string' && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return null
  if (typeof value !== 'number' && typeof value !== 'string') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** A whole number from 0 on; null for anything else. */
export function countIn(value: unknown): number | null {
  const number = numberIn(value)
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** A seed as decimal digits; null for anything else. */
export function seedIn(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value.trim()) ? value.trim() : null
}
