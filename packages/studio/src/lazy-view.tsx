import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

interface LazyViewProps {
  /** Must stay the same function for the same view. */
  readonly load: () => Promise<ComponentType>
}

/** A view whose code comes when it is first looked at. */
export function LazyView({ load }: LazyViewProps): JSX.Element {
  const [view, setView] = useState<{ readonly View: ComponentType } | { readonly failure: Error }>()
  useEffect(() => {
    let gone = false
    const put = (next: typeof view) => {
      if (!gone) setView(next)
    }
    setView(undefined)
    load().then(
      (View) => put({ View }),
      (failure: Error) => put({ failure }),
    )
    return () => {
      gone = true
    }
  }, [load])
  if (!view) return <p class="loading">Loading …</p>
  if ('failure' in view) return <p role="alert">This view did not load: {view.failure.message}</p>
  return <view.View />
}
