/** Pixels of one picture, 8 bits a channel, rows from top to bottom. */
export interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  /** 1 or 2 (grey), 3 or 4 (colour); the even ones end with alpha. */
  readonly channels: number
}

const SIDE = 32
const LOW = 8
/** Samples a cell and axis: enough to average noise away, few enough that a large picture costs no more. */
const SAMPLES = 4

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
  let hash = 0n
  for (const value of low) hash = (hash << 1n) | (value > median ? 1n : 0n)
  return hash.toString(16).padStart(16, '0')
}

/** Mean brightness (ITU-R BT.601) of each cell of a 32×32 grid. */
function greyCells({ data, width, height, channels }: Pixels): Float64Array {
  const columns = samplePoints(width).map((x) => x * channels)
  const rows = samplePoints(height).map((y) => y * width * channels)
  const colour = channels >= 3
  const cells = new Float64Array(SIDE * SIDE)
  for (let y = 0; y < rows.length; y++) {
    const row = Math.floor(y / SAMPLES) * SIDE
    for (let x = 0; x < columns.length; x++) {
      const at = (rows[y] as number) + (columns[x] as number)
      const red = data[at] as number
      const grey = colour ? 0.299 * red + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number) : red
      const cell = row + Math.floor(x / SAMPLES)
      cells[cell] = (cells[cell] as number) + grey
    }
  }
  return cells
}

/** Where an axis of this many pixels is sampled: evenly, `SAMPLES` times a cell. */
function samplePoints(pixels: number): number[] {
  const count = SIDE * SAMPLES
  return Array.from({ length: count }, (_, n) => Math.floor(((n + 0.5) * pixels) / count))
}

/** The 8×8 lowest frequencies, first along the rows, then along the columns. */
function lowFrequencies(cells: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * LOW)
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < LOW; u++) rows[y * LOW + u] = dot(u, (x) => cells[y * SIDE + x] as number)
  }
  const low = new Float64Array(LOW * LOW)
  for (let v = 0; v < LOW; v++) {
    for (let u = 0; u < LOW; u++) low[v * LOW + u] = dot(v, (y) => rows[y * LOW + u] as number)
  }
  return low
}

function dot(frequency: number, value: (at: number) => number): number {
  let sum = 0
  for (let at = 0; at < SIDE; at++) sum += (COSINES[frequency * SIDE + at] as number) * value(at)
  return sum
}
