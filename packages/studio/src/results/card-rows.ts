import type { JustifiedRow } from './justified-rows.ts'

/** How cards are laid out, in pixels. */
export interface CardMeasures {
  readonly width: number
  readonly gap: number
  /** Height of every card. */
  readonly height: number
  /** Least width of a card, unless the whole width is less. */
  readonly narrowest: number
}

/** Lays cards of one size out in as many columns as fit. */
export function cardRows(count: number, { width, gap, height, narrowest }: CardMeasures): JustifiedRow[] {
  if (width <= 0) return []
  const columns = Math.max(1, Math.floor((width + gap) / (narrowest + gap)))
  const card = Math.floor((width - gap * (columns - 1)) / columns)
  return Array.from({ length: Math.ceil(count / columns) }, (_, row) => ({
    top: row * (height + gap),
    height,
    first: row * columns,
    widths: Array.from({ length: Math.min(columns, count - row * columns) }, () => card),
  }))
}
