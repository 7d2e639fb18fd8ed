/** The points of a map, as columns; all have the same length. */
export interface MapPoints {
  /** From −1 to 1. */
  readonly x: Float32Array
  readonly y: Float32Array
  /** Pixels of the pictures, at most 65,535; 0 where unknown. */
  readonly width: Uint16Array
  readonly height: Uint16Array
  /** Places in the map's lists of clusters and sources. */
  readonly cluster: Uint16Array
  readonly source: Uint16Array
  readonly ids: readonly string[]
}

/** The first four bytes: the format and its version. */
const MAGIC = 0x31_4d_4c_50

/**
 * The points as bytes, little-endian as every machine that runs a browser or Node: `PLM1`, the number of points,
 * the bytes of all ids (uint32 each); x, y (float32); where each id ends (uint32); width, height, cluster, source
 * (uint16); the ids in UTF-8.
 */
export function packPoints(points: MapPoints): Uint8Array {
  const count = points.ids.length
  const encoded = points.ids.map((id) => new TextEncoder().encode(id))
  const idBytes = encoded.reduce((sum, one) => sum + one.length, 0)
  const packed = new Uint8Array(layout(count).ids + idBytes)
  packed.set(new Uint8Array(Uint32Array.of(MAGIC, count, idBytes).buffer), 0)
  const views = viewsOf(packed.buffer, count)
  for (const name of COLUMNS) views[name].set(points[name])
  let end = 0
  encoded.forEach((bytes, at) => {
    packed.set(bytes, layout(count).ids + end)
    end += bytes.length
    views.ends[at] = end
  })
  return packed
}

/**
 * Reads what `packPoints` wrote; the columns are views of the same memory.
 * @throws RangeError where the bytes are something else, or not all of them
 */
export function unpackPoints(buffer: ArrayBuffer): MapPoints {
  const [magic, count = 0, idBytes = 0] = buffer.byteLength < 12 ? [] : new Uint32Array(buffer, 0, 3)
  if (magic !== MAGIC || buffer.byteLength !== layout(count).ids + idBytes) {
    throw new RangeError('These bytes are not the points of a map.')
  }
  const { ends, ...columns } = viewsOf(buffer, count)
  const text = new TextDecoder()
  const ids: string[] = []
  let from = 0
  for (const end of ends) {
    ids.push(text.decode(new Uint8Array(buffer, layout(count).ids + from, end - from)))
    from = end
  }
  return { ...columns, ids }
}

const COLUMNS = ['x', 'y', 'width', 'height', 'cluster', 'source'] as const

function layout(count: number) {
  const x = 12
  const y = x + 4 * count
  const ends = y + 4 * count
  const width = ends + 4 * count
  return { x, y, ends, width, ids: width + 8 * count }
}

function viewsOf(buffer: ArrayBuffer, count: number) {
  const { x, y, ends, width } = layout(count)
  return {
    x: new Float32Array(buffer, x, count),
    y: new Float32Array(buffer, y, count),
    ends: new Uint32Array(buffer, ends, count),
    width: new Uint16Array(buffer, width, count),
    height: new Uint16Array(buffer, width + 2 * count, count),
    cluster: new Uint16Array(buffer, width + 4 * count, count),
    source: new Uint16Array(buffer, width + 6 * count, count),
  }
}
