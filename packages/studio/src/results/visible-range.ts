/** A run of items, the end not included. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * The items that lie, in whole or part, between two heights.
 * @param tops top of each item, ascending; an item reaches to the next one's top
 */
export function visibleRange(tops: readonly number[], from: number, to: number): Range {
  if (tops.length === 0) return { start: 0, end: 0 }
  const start = Math.max(0, firstAfter(tops, from) - 1)
  return { start, end: Math.max(start + 1, firstAfter(tops, to)) }
}

/** Position of the first item whose top lies below the height; the count where none does. */
function firstAfter(tops: readonly number[], height: number): number {
  let low = 0
  let high = tops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((tops[middle] as number) <= height) low = middle + 1
    else high = middle
  }
  return low
}
