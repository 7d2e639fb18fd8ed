import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { type Range, visibleRange } from './visible-range.ts'

/** Pixels above and below the window that are drawn too, so that a flick meets pictures. */
const MARGIN = 900

/** The items of a tall element that are in the window or near it; it follows scrolling, once a frame. */
export function useVisible(element: RefObject<HTMLElement | null>, tops: readonly number[]): Range {
  const [range, setRange] = useState<Range>({ start: 0, end: 0 })
  useLayoutEffect(() => {
    const stop = new AbortController()
    let frame = 0
    const measure = () => {
      frame = 0
      const top = element.current?.getBoundingClientRect().top ?? 0
      const next = visibleRange(tops, -top - MARGIN, -top + window.innerHeight + MARGIN)
      setRange((last) => (last.start === next.start && last.end === next.end ? last : next))
    }
    const later = () => {
      frame ||= requestAnimationFrame(measure)
    }
    measure()
    window.addEventListener('scroll', later, { passive: true, signal: stop.signal })
    window.addEventListener('resize', later, { signal: stop.signal })
    return () => {
      stop.abort()
      cancelAnimationFrame(frame)
    }
  }, [tops])
  return range
}
