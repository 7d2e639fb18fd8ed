import { useEffect, useRef } from 'preact/hooks'

/** Pixels that a finger must go sideways. */
const FAR_ENOUGH = 60

/** Steps on when a finger swipes sideways over an element, and not when it scrolls or pinches. */
export function useSwipe(element: { readonly current: HTMLElement | null }, step: (by: number) => void): void {
  const latest = useRef(step)
  latest.current = step
  useEffect(() => {
    const target = element.current
    if (!target) return
    const stop = new AbortController()
    let start: Touch | undefined
    target.addEventListener(
      'touchstart',
      ({ touches }) => {
        start = touches.length === 1 ? touches[0] : undefined
      },
      { passive: true, signal: stop.signal },
    )
    target.addEventListener(
      'touchend',
      ({ changedTouches: [end] }) => {
        if (!start || !end) return
        const [across, down] = [end.clientX - start.clientX, end.clientY - start.clientY]
        if (Math.abs(across) > FAR_ENOUGH && Math.abs(across) > 2 * Math.abs(down)) latest.current(across < 0 ? 1 : -1)
        start = undefined
      },
      { passive: true, signal: stop.signal },
    )
    return () => stop.abort()
  }, [])
}
