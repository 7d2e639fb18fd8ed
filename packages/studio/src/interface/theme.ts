import { effect } from '@preact/signals'
import { storedSignal } from './stored-signal.ts'

/** Light, dark, or what the system says. */
export type Theme = 'system' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']

/** What the person has chosen; kept in this browser. */
export const theme = storedSignal<Theme>('theme', 'system', (value) => THEMES.includes(value as Theme))

/** Shows the chosen theme from now on. */
export function startTheme(): () => void {
  return effect(() => {
    const { dataset } = document.documentElement
    if (theme.value === 'system') delete dataset.theme
    else dataset.theme = theme.value
  })
}

/** Chooses the next theme. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] as Theme
}

/** Whether the person has asked the system for little motion. */
export function wantsCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}
