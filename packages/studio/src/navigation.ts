import { type ReadonlySignal, signal } from '@preact/signals'

/** Where the page is: what its address says, and which entry of the history it is. */
export interface Place {
  readonly path: string
  readonly search: URLSearchParams
  /** Of this entry of the history; two visits of one address have two. */
  readonly key: string
  /** Entries of this page before this one; 0 where “back” would leave it. */
  readonly depth: number
}

interface EntryState {
  readonly key: string
  readonly depth: number
}

/** How an address is gone to. */
export interface GoOptions {
  /** In the place of the present entry of the history, which “back” then skips. */
  readonly replace?: boolean
}

const scrolls = new Map<string, number>()
let leaving: (() => void) | undefined

function entryState(): EntryState {
  const state = history.state as Partial<EntryState> | null
  return { key: state?.key ?? 'first', depth: state?.depth ?? 0 }
}

function here(): Place {
  return { path: location.pathname, search: new URLSearchParams(location.search), ...entryState() }
}

const current = signal<Place>(here())

/** Where the page is. */
export const place: ReadonlySignal<Place> = current

/** Goes to an address of this page. */
export function go(address: string, { replace = false }: GoOptions = {}): void {
  const { key, depth } = entryState()
  leave()
  if (replace) history.replaceState({ key, depth } satisfies EntryState, '', address)
  else history.pushState({ key: newKey(), depth: depth + 1 } satisfies EntryState, '', address)
  current.value = here()
}

/** Goes back where the history has an entry of this page, else to the given address. */
export function goBack(otherwise: string): void {
  if (entryState().depth > 0) history.back()
  else go(otherwise, { replace: true })
}

/** How far the page was scrolled when the entry of the history was left; 0 where it never was. */
export function scrollOf(key: string): number {
  return scrolls.get(key) ?? 0
}

/**
 * Starts to follow the history and the links of the page.
 * @returns ends it
 */
export function startNavigation(): () => void {
  const stop = new AbortController()
  const { signal: until } = stop
  history.scrollRestoration = 'manual'
  history.replaceState(entryState(), '')
  current.value = here()
  leaving = () => scrolls.set(current.value.key, window.scrollY)
  const moved = () => {
    // The browser has changed the address already; the old entry's key is still the signal's.
    leave()
    current.value = here()
  }
  window.addEventListener('popstate', moved, { signal: until })
  document.addEventListener('click', followLink, { signal: until })
  return () => stop.abort()
}

function leave(): void {
  leaving?.()
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10)
}

/** Plain clicks on links of this page go without loading it anew. */
function followLink(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!plain || event.defaultPrevented) return
  const link = (event.target as Element | null)?.closest?.('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (/^\/(api|reports)\//.test(link.pathname)) return
  event.preventDefault()
  go(link.pathname + link.search + link.hash)
}
