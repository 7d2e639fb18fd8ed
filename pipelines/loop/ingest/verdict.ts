import type { InboxItem } from '../../feedback/inbox.ts'

/** How a file, a line or a row of what was taken in can end; every one ends in exactly one. */
export const INTAKE_OUTCOMES = {
  new: 'it waits in the inbox, or is in the collection already',
  known: 'it had been taken in before',
  forgotten: 'it was forgotten, and does not come back',
  unchanged: 'the improved prompt is the user’s own',
  no_metadata: 'the picture does not say which prompt it was painted from',
  malformed_metadata: 'what the picture says of itself cannot be understood',
  empty_prompt: 'the prompt is empty',
  too_long: 'the prompt, or the line, is too long',
  malformed: 'the line or row is not of the form that is expected',
  not_an_image: 'the file is no PNG, JPEG or WebP that can be read',
  too_large: 'the file has more bytes than are read',
  unreadable: 'the file cannot be read',
} as const

/** Name of an outcome. */
export type IntakeOutcome = keyof typeof INTAKE_OUTCOMES

/** What a file, line or row turned out to be: rows, the last of which is what it stands for, or why it is none. */
export type Verdict =
  | { readonly items: readonly InboxItem[] }
  | { readonly outcome: Exclude<IntakeOutcome, 'new' | 'known' | 'forgotten'>; readonly reason: string }

/** Characters of a prompt that a row holds at most. */
export const LONGEST_PROMPT = 20_000

/** Why a prompt makes no row; undefined where it does. */
export function promptFault(prompt: string): Exclude<Verdict, { items: unknown }> | undefined {
  if (prompt.trim() === '') return { outcome: 'empty_prompt', reason: 'the prompt is empty' }
  if (prompt.length <= LONGEST_PROMPT) return undefined
  const reason = `the prompt has ${prompt.length} characters; ${LONGEST_PROMPT} are kept at most`
  return { outcome: 'too_long', reason }
}
