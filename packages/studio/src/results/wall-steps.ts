import type { JustifiedRow } from './justified-rows.ts'

/** Where an arrow key leads from one picture of a wall; undefined at an edge. */
export function stepFrom(
  position: number,
  key: string,
  rows: readonly JustifiedRow[],
  gap: number,
): number | undefined {
  const count = rows.reduce((sum, { widths }) => sum + widths.length, 0)
  if (key === 'ArrowRight') return position + 1 < count ? position + 1 : undefined
  if (key === 'ArrowLeft') return position > 0 ? position - 1 : undefined
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const at = rowAt(position, rows)
  const row = rows[at]
  const other = rows[at + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : Number.NaN)]
  if (!row || !other) return undefined
  return nearest(other, centre(row, position - row.first, gap), gap)
}

/** Position of the row that holds a picture. */
export function rowAt(position: number, rows: readonly JustifiedRow[]): number {
  let low = 0
  let high = rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((rows[middle] as JustifiedRow).first <= position) low = middle
    else high = middle - 1
  }
  return low
}

function centre({ widths }: JustifiedRow, index: number, gap: number): number {
  const before = widths.slice(0, index).reduce((sum, width) => sum + width + gap, 0)
  return before + (widths[index] ?? 0) / 2
}

function nearest(row: JustifiedRow, across: number, gap: number): number {
  const distances = row.widths.map((_, index) => Math.abs(centre(row, index, gap) - across))
  return row.first + distances.indexOf(Math.min(...distances))
}
