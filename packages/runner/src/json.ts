import { createHash } from 'node:crypto'
import type { Json } from './stage.ts'

/** JSON with sorted keys and without spaces: equal values give equal text, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** SHA-256 of a text as lower-case hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A value as a short text: its JSON, or the digest of that where it is long. */
export function shortJson(value: Json | undefined): string {
  const text = canonicalJson(value) ?? 'undefined'
  return text.length <= 120 ? text : `sha256:${sha256(text)}`
}
