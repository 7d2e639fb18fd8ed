import { type ReadonlySignal, signal } from '@preact/signals'

/** Whether a media query holds, and tells when that changes. */
export function mediaSignal(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query)
  const holds = signal(list.matches)
  list.addEventListener('change', () => {
    holds.value = list.matches
  })
  return holds
}

/** Whether there is a pointer that hovers; without one, what shows on hover must show always. */
export const hovers = mediaSignal('(hover: hover) and (pointer: fine)')

/** Whether the window is a phone's, where little stands beside one another. */
export const narrow = mediaSignal('(max-width: 760px)')
