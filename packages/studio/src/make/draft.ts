import { storedSignal } from '../interface/stored-signal.ts'

/** What is being written; it survives going elsewhere, and a reload. */
export const draft = storedSignal('draft', '', (value) => typeof value === 'string')

/** Adds a phrase to the end of what is being written. */
export function appendPhrase(phrase: string): void {
  const text = draft.value.replace(/[\s,]+$/, '')
  draft.value = text ? `${text}, ${phrase}` : phrase
}
