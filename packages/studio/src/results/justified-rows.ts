/** One row of pictures that fill the width. */
export interface JustifiedRow {
  /** Pixels from the top of the wall. */
  readonly top: number
  /** Pixels of the pictures; a caption comes on top of it. */
  readonly height: number
  /** Position of its first picture. */
  readonly first: number
  /** Width of each picture in pixels. */
  readonly widths: readonly number[]
}

/** How a wall is laid out, in pixels. */
export interface WallMeasures {
  readonly width: number
  /** Height that rows should have; a row is at most half as high again. */
  readonly target: number
  readonly gap: number
  /** Height of the caption below each picture; 0 for none. */
  readonly caption: number
}

/** Narrower and wider pictures are cropped to these, so that none becomes a thread. */
const NARROWEST = 0.45
const WIDEST = 3.2

/** Width by height of a picture; a square where its size is unknown. */
export function ratioOf(width: number, height: number): number {
  if (width <= 0 || height <= 0) return 1
  return Math.min(WIDEST, Math.max(NARROWEST, width / height))
}

/**
 * Lays pictures out in rows that fill the width: each row takes pictures until one more would bring its height further
 * from the target. The last row keeps the target's height rather than filling the width with two pictures.
 * @param ratios width by height of each picture
 */
export function justifiedRows(ratios: readonly number[], measures: WallMeasures): JustifiedRow[] {
  const { width, target, gap, caption } = measures
  const rows: JustifiedRow[] = []
  if (width <= 0) return rows
  let top = 0
  let first = 0
  while (first < ratios.length) {
    const { count, height } = nextRow(ratios, first, measures)
    const last = first + count === ratios.length
    const used = last ? Math.min(height, target) : height
    rows.push({
      top,
      height: used,
      first,
      widths: widthsOf(ratios.slice(first, first + count), used, last ? 0 : width - gap * (count - 1)),
    })
    top += used + caption + gap
    first += count
  }
  return rows
}

/** How many pictures the row takes, and its height when it fills the width. */
function nextRow(
  ratios: readonly number[],
  first: number,
  { width, target, gap }: WallMeasures,
): { count: number; height: number } {
  let sum = 0
  let previous = Number.POSITIVE_INFINITY
  for (let count = 1; first + count <= ratios.length; count++) {
    sum += ratios[first + count - 1] as number
    const height = (width - gap * (count - 1)) / sum
    if (height <= target) {
      const takesOneLess = count > 1 && previous <= target * 1.5 && previous - target < target - height
      return takesOneLess ? { count: count - 1, height: previous } : { count, height }
    }
    previous = height
  }
  return { count: ratios.length - first, height: previous }
}

/** Whole pixels that add up to the given sum, so that rows end in one line; a sum of 0: as the height makes them. */
function widthsOf(ratios: readonly number[], height: number, sum: number): number[] {
  let exact = 0
  let used = 0
  return ratios.map((ratio, position) => {
    exact += ratio * height
    const end = sum > 0 && position === ratios.length - 1 ? Math.round(sum) : Math.round(exact)
    const own = end - used
    used = end
    return own
  })
}

/** Height of the whole wall. */
export function wallHeight(rows: readonly JustifiedRow[], caption: number): number {
  const last = rows.at(-1)
  return last ? last.top + last.height + caption : 0
}
