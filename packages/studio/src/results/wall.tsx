import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { type JustifiedRow, wallHeight } from './justified-rows.ts'
import { useRoving } from './use-roving.ts'
import { useVisible } from './use-visible.ts'
import { useWidth } from './use-width.ts'
import type { WallItem } from './wall-item.ts'
import { rowAt, stepFrom } from './wall-steps.ts'

/** Where the items of a wall lie. */
export interface WallLayout {
  readonly rows: readonly JustifiedRow[]
  readonly gap: number
  /** Height of the caption below each item; 0 for none. */
  readonly caption: number
}

/** One item of a wall that is to be drawn. */
export interface PlacedItem {
  readonly item: WallItem
  readonly position: number
  readonly width: number
  readonly height: number
  /** Whether the Tab key reaches it. */
  readonly reachable: boolean
  readonly onFocus: () => void
}

interface WallProps {
  readonly items: readonly WallItem[]
  /** What the wall is called. */
  readonly label: string
  /** Must stay the same function while it lays out alike. */
  readonly layout: (items: readonly WallItem[], width: number) => WallLayout
  /** Draws one item; its link carries `data-position`. */
  readonly draw: (placed: PlacedItem) => ComponentChildren
  /** Asks for more items: the end comes near. */
  readonly onEnd: () => void
}

/** Rows from the end at which more is asked for. */
const NEAR_END = 16
const KEYS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

/**
 * Items in rows, of which only those in the window, or near it, are drawn. The Tab key reaches one of them, the arrow
 * keys go from it to the others.
 */
export function Wall({ items, label, layout, draw, onEnd }: WallProps): JSX.Element {
  const wall = useRef<HTMLUListElement>(null)
  const width = useWidth(wall)
  const { rows, gap, caption } = useMemo(() => layout(items, width), [items, width, layout])
  const tops = useMemo(() => rows.map(({ top }) => top), [rows])
  const range = useVisible(wall, tops)
  const roving = useRoving(wall, items.length)
  const nearEnd = width > 0 && range.end >= rows.length - NEAR_END
  useEffect(() => {
    if (nearEnd) onEnd()
  }, [nearEnd, items])
  const onKeyDown = (event: KeyboardEvent) => {
    const onItem = (event.target as Element).hasAttribute('data-position')
    if (!KEYS.has(event.key) || !onItem || event.altKey || event.metaKey || event.ctrlKey) return
    const next = stepFrom(roving.active, event.key, rows, gap)
    event.preventDefault()
    if (next !== undefined) roving.moveTo(next)
  }
  const drawn = drawnRows(rows, range.start, range.end, rowAt(roving.active, rows))
  return (
    <ul
      class="wall"
      aria-label={label}
      ref={wall}
      style={{ height: `${wallHeight(rows, caption)}px` }}
      onKeyDown={onKeyDown}
    >
      {drawn.flatMap((row) => {
        let left = 0
        return row.widths.map((itemWidth, across) => {
          const position = row.first + across
          const item = items[position] as WallItem
          const transform = `translate(${left}px, ${row.top}px)`
          left += itemWidth + gap
          const reachable = position === roving.active
          const onFocus = () => roving.setActive(position)
          return (
            <li
              key={item.id}
              class="wall-item"
              aria-setsize={items.length}
              aria-posinset={position + 1}
              style={{ transform, width: `${itemWidth}px` }}
            >
              {draw({ item, position, width: itemWidth, height: row.height, reachable, onFocus })}
            </li>
          )
        })
      })}
    </ul>
  )
}

/** The rows to draw: those in sight, and the one with the focus, which would be lost otherwise. */
function drawnRows(rows: readonly JustifiedRow[], start: number, end: number, active: number): JustifiedRow[] {
  const inSight = rows.slice(start, end)
  const other = active < start || active >= end ? rows[active] : undefined
  if (!other) return inSight
  return active < start ? [other, ...inSight] : [...inSight, other]
}
