import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ApiFailure } from './api/failure.ts'
import { readStatus } from './api/search.ts'
import { Failed } from './interface/failed.tsx'

interface LazyViewProps {
  /** Must stay the same function for the same view. */
  readonly load: () => Promise<ComponentType>
}

const STALE = 'This view did not load: the page is older than the server it came from.'

/** A view whose code comes when it is first looked at. */
export function LazyView({ load }: LazyViewProps): JSX.Element {
  const [view, setView] = useState<{ readonly View: ComponentType } | { readonly failure: string }>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let gone = false
    const put = (next: typeof view) => {
      if (!gone) setView(next)
    }
    setView(undefined)
    load().then(
      (View) => put({ View }),
      async () => {
        const failure = await unreachable()
        // Browsers may remember that a module did not come, and a newer server has other ones: a new page has neither.
        if (failure === undefined && turn > 0) location.reload()
        put({ failure: failure ?? STALE })
      },
    )
    return () => {
      gone = true
    }
  }, [load, turn])
  if (!view) return <p class="loading">Loading …</p>
  if ('failure' in view) return <Failed message={view.failure} onRetry={() => setTurn(turn + 1)} />
  return <view.View />
}

/** Why the server cannot be reached; undefined where it answers, whatever it says. */
async function unreachable(): Promise<string | undefined> {
  try {
    await readStatus()
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'unreachable') return error.message
  }
  return undefined
}
