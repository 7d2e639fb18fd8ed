import type { JSX } from 'preact'
import { Icon, type IconName, Mark } from './interface/icon.tsx'
import { nextTheme, type Theme, theme } from './interface/theme.ts'
import { place } from './navigation.ts'
import { addressOf } from './question/link.ts'
import { asked } from './search/asked.ts'
import { SearchBar } from './search/search-bar.tsx'
import { tray } from './tray/tray.ts'

const VIEWS: readonly { readonly path: string; readonly label: string; readonly icon: IconName }[] = [
  { path: '/', label: 'Search', icon: 'search' },
  { path: '/make', label: 'Make', icon: 'brush' },
  { path: '/map', label: 'Map', icon: 'map' },
  { path: '/runs', label: 'Runs', icon: 'runs' },
]

const THEME_SIGNS: Readonly<Record<Theme, IconName>> = { system: 'half', light: 'sun', dark: 'moon' }

/** The head of every view: where one is, where one can go, and, in the search, what is asked. */
export function Header(): JSX.Element {
  const { path } = place.value
  const searches = path === '/' || path.startsWith('/row/')
  return (
    <header class="header">
      <a class="brand" href="/" aria-label="Promptloom, front page">
        <Mark />
        <span class="brand-name">Promptloom</span>
      </a>
      {searches ? <SearchBar /> : <span class="header-space" />}
      <nav class="views" aria-label="Views">
        {VIEWS.map(({ path: own, label, icon }) => {
          const here = own === '/' ? searches : path === own || path.startsWith(`${own}/`)
          return (
            <a
              key={own}
              href={own === '/' && !searches ? addressOf(asked.value) : own}
              aria-current={here ? 'page' : undefined}
            >
              <Icon name={icon} />
              <span>{label}</span>
              {own === '/make' && tray.value.length > 0 && <span class="count">{tray.value.length}</span>}
            </a>
          )
        })}
      </nav>
      <button
        type="button"
        class="quiet theme"
        title={`Theme: ${theme.value}`}
        aria-label={`Theme: ${theme.value}; change it`}
        onClick={nextTheme}
      >
        <Icon name={THEME_SIGNS[theme.value]} />
      </button>
    </header>
  )
}
