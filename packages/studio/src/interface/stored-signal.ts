import { effect, type Signal, signal } from '@preact/signals'

/**
 * A signal whose value is kept in this browser, as JSON under `promptloom.<name>`. Other tabs of the studio follow.
 * @param valid whether what was found is such a value: an older page may have left something else
 */
export function storedSignal<T>(name: string, initial: T, valid: (value: unknown) => boolean): Signal<T> {
  const key = `promptloom.${name}`
  const kept = signal<T>(parsed(read(key), initial, valid))
  let text = JSON.stringify(kept.peek())
  effect(() => {
    const next = JSON.stringify(kept.value)
    if (next === text) return
    text = next
    write(key, next)
  })
  globalThis.addEventListener?.('storage', (event: StorageEvent) => {
    if (event.key === key) kept.value = parsed(event.newValue, initial, valid)
  })
  return kept
}

function parsed<T>(text: string | null, initial: T, valid: (value: unknown) => boolean): T {
  if (text === null) return initial
  try {
    const value: unknown = JSON.parse(text)
    return valid(value) ? (value as T) : initial
  } catch {
    return initial
  }
}

/** Storage may be forbidden, or full: then the value lives as long as the page. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, text: string): void {
  try {
    localStorage.setItem(key, text)
  } catch {}
}
