import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from './icon.tsx'

/** Something that has happened, told in passing. */
export interface Notice {
  readonly text: string
  readonly tone?: 'plain' | 'bad'
  /** Where it leads. */
  readonly link?: { readonly href: string; readonly label: string }
}

const SHOWN_MS = 6_000
const notices = signal<readonly (Notice & { readonly id: number })[]>([])
let last = 0

/** Tells something; it goes by itself, a failure after twice the time. */
export function notify(notice: Notice): void {
  const id = ++last
  notices.value = [...notices.value.slice(-2), { ...notice, id }]
  setTimeout(() => dismiss(id), notice.tone === 'bad' ? 2 * SHOWN_MS : SHOWN_MS)
}

/** Tells a failure in its own words. */
export function notifyFailure(error: unknown): void {
  notify({ text: error instanceof Error ? error.message : String(error), tone: 'bad' })
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

/** Where notices show, and are read out. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, text, tone = 'plain', link }) => (
        <div key={id} class={`notice notice-${tone}`}>
          <span>{text}</span>
          {link && <a href={link.href}>{link.label}</a>}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  )
}
