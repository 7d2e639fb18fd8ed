import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** One of many that the Tab key reaches; the others are reached from it by other keys. */
export interface Roving {
  readonly active: number
  /** Makes an item the one that Tab reaches, e.g. because it was clicked. */
  readonly setActive: (position: number) => void
  /** Makes an item the one, and gives it the focus when it is drawn. */
  readonly moveTo: (position: number) => void
}

/** Roving focus among the items `[data-position]` of an element. */
export function useRoving(element: RefObject<HTMLElement | null>, count: number): Roving {
  const [active, setActive] = useState(0)
  const wanted = useRef<number | null>(null)
  const reachable = Math.min(active, Math.max(0, count - 1))
  const focusWanted = () => {
    if (wanted.current === null) return
    const target = element.current?.querySelector<HTMLElement>(`[data-position="${wanted.current}"]`)
    if (!target) return
    wanted.current = null
    target.focus()
  }
  useEffect(focusWanted)
  const moveTo = (position: number) => {
    wanted.current = position
    setActive(position)
    // Where it is drawn already, the next key must find it.
    focusWanted()
  }
  return { active: reachable, setActive, moveTo }
}
