import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Header } from './header.tsx'
import { Notices } from './interface/notice.tsx'
import { isPlain, isTyping } from './interface/shortcuts.ts'
import { LazyView } from './lazy-view.tsx'
import { go, place } from './navigation.ts'
import { rowIdOf } from './row/row-address.ts'
import { RowView } from './row/row-view.tsx'
import { refreshCollection } from './search/collection-facts.ts'
import { DropZone } from './search/drop-zone.tsx'
import { SearchView } from './search/search-view.tsx'
import { TrayBar } from './tray/tray-bar.tsx'

/** The whole page. */
export function App(): JSX.Element {
  const row = rowIdOf(place.value.path)
  useSlash()
  useEffect(() => void refreshCollection(), [])
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="page" inert={row !== undefined}>
        <Header />
        <main id="main" tabIndex={-1}>
          <View />
        </main>
      </div>
      {row !== undefined && <RowView id={row} />}
      <TrayBar />
      <Notices />
      <DropZone />
    </>
  )
}

const loadMake = () => import('./make/make-view.tsx').then(({ MakeView }) => MakeView)
const loadRuns = () => import('./runs/runs-view.tsx').then(({ RunsView }) => RunsView)
const loadMap = () => import('./map/map-view.tsx').then(({ MapView }) => MapView)

function View(): JSX.Element {
  const { path } = place.value
  if (path === '/' || path.startsWith('/row/')) return <SearchView />
  if (path === '/make') return <LazyView load={loadMake} />
  if (path === '/map') return <LazyView load={loadMap} />
  if (path === '/runs' || path.startsWith('/runs/')) return <LazyView load={loadRuns} />
  return (
    <section class="empty">
      <h1>There is no such page</h1>
      <p>
        <a href="/">To the search</a>
      </p>
    </section>
  )
}

/** The key / leads to the search field, from anywhere. */
function useSlash(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== '/' || !isPlain(event) || isTyping(event.target)) return
      event.preventDefault()
      if (document.getElementById('words') && !rowIdOf(place.value.path)) return focusWords()
      go('/')
      requestAnimationFrame(focusWords)
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function focusWords(): void {
  const field = document.getElementById('words') as HTMLInputElement | null
  field?.focus()
  field?.select()
}
