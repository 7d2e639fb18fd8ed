/** Pixels of one picture, 8 bits a channel, rows from top to bottom. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  /** 1 or 2 (grey), 3 or 4 (colour); the even ones end with alpha. */
  readonly channels: number
}

const SIDE = 32
const LOW = 8
/**
 * Samples a cell along each axis: enough to average noise away, few enough that a large picture costs no more. Rows are
 * the dearer ones, since each has to be brought in from memory.
 */
const [ACROSS, DOWN] = [4, 2]
/** Weights of red, green and blue in brightness (ITU-R BT.601), in 1000ths so that sums stay whole. */
const [RED, GREEN, BLUE] = [299, 587, 114]

/** Cosines of the DCT-II: `COSINES[u * SIDE + x]`. */
const COSINES = Float64Array.from({ length: LOW * SIDE }, (_, at) => {
  const [u, x] = [Math.floor(at / SIDE), at % SIDE]
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * SIDE))
})

/**
 * A 64-bit perceptual hash, 16 hex digits: the signs of the 8×8 lowest DCT frequencies of the 32×32 grey picture
 * against their median (pHash). Copies that were scaled or packed again differ in a few bits; other pictures in
 * about 32.
 */
export function perceptualHash(pixels: Pixels): string {
  const low = lowFrequencies(greyCells(pixels))
  // The constant term says how bright the picture is, not what it shows.
  const sorted = low.slice(1).sort()
  const median = sorted[Math.floor(sorted.length / 2)] as number
  let [high, last] = [0, 0]
  for (let at = 0; at < low.length; at++) {
    high = (high << 1) | (last >>> 31)
    last = (last << 1) | ((low[at] as number) > median ? 1 : 0)
  }
  return hexDigits(high) + hexDigits(last)
}

function hexDigits(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

/** Brightness of each cell of a 32×32 grid, summed over its samples. */
function greyCells({ data, width, height, channels }: Pixels): Float64Array {
  const columns = samplePoints(width, SIDE * ACROSS, channels)
  const rows = samplePoints(height, SIDE * DOWN, width * channels)
  const colour = channels >= 3
  const cells = new Float64Array(SIDE * SIDE)
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y] as number
    const cell = Math.floor(y / DOWN) * SIDE
    for (let x = 0; x < SIDE; x++) {
      let sum = 0
      for (let n = x * ACROSS; n < (x + 1) * ACROSS; n++) {
        const at = row + (columns[n] as number)
        const red = data[at] as number
        sum += colour ? RED * red + GREEN * (data[at + 1] as number) + BLUE * (data[at + 2] as number) : 1000 * red
      }
      cells[cell + x] = (cells[cell + x] as number) + sum
    }
  }
  return cells
}

/** Where `count` samples lie along an axis, evenly; `stride` bytes lie between two of its `pixels`. */
function samplePoints(pixels: number, count: number, stride: number): Int32Array {
  const points = new Int32Array(count)
  for (let n = 0; n < count; n++) points[n] = Math.floor(((n + 0.5) * pixels) / count) * stride
  return points
}

/** The 8×8 lowest frequencies, first along the rows, then along the columns. */
function lowFrequencies(cells: Float64Array): Float64Array {
  const rows = new Float64Array(LOW * SIDE)
  for (let u = 0; u < LOW; u++) {
    for (let y = 0; y < SIDE; y++) rows[u * SIDE + y] = dot(u, cells, y * SIDE)
  }
  const low = new Float64Array(LOW * LOW)
  for (let v = 0; v < LOW; v++) {
    for (let u = 0; u < LOW; u++) low[v * LOW + u] = dot(v, rows, u * SIDE)
  }
  return low
}

/** One frequency of the 32 values from `from` on. */
function dot(frequency: number, values: Float64Array, from: number): number {
  let sum = 0
  for (let at = 0; at < SIDE; at++) sum += (COSINES[frequency * SIDE + at] as number) * (values[from + at] as number)
  return sum
}
