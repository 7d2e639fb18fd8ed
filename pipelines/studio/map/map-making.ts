import { writeFile } from 'node:fs/promises'
import type { MapCluster } from '@promptloom/studio/api/map'
import { packPoints } from '@promptloom/studio/api/map-points'
import { kmeans } from 'ml-kmeans'
import { clusterWords } from './cluster-words.ts'
import type { MadeMap, MapTask } from './map-task.ts'
import { type PictureVectors, readPictureVectors } from './picture-vectors.ts'
import { placeAmong } from './placement.ts'
import { principalComponents } from './principal-components.ts'
import { project } from './projection.ts'
import { sampler } from './sampler.ts'

/** Principal components that the projection sees. */
const COMPONENTS = 30
/** Sources that are told apart; the rarest beyond are one. */
const SOURCES = 64
/** The largest picture that the points' format can tell, in pixels a side. */
const LARGEST_SIDE = 0xffff

/** Hears how far the work is: the share from 0 to 1, and what goes on. */
export type MapProgress = (fraction: number, state: string) => void

/**
 * Makes a map of pictures and writes its points to the task's file. Takes minutes for tens of thousands of pictures;
 * meant for a worker.
 */
export async function makeMap(task: MapTask, tell: MapProgress): Promise<MadeMap> {
  const { dimension, pictures, mostPoints = 50_000, mostProjected = 20_000 } = task
  tell(0, 'reading the vectors')
  const rows = await readPictureVectors(task, mostPoints)
  tell(0.05, 'finding the principal components')
  const components = Math.min(COMPONENTS, dimension)
  const vectors = rows.ids.length > 0 ? principalComponents(rows.vectors, dimension, components) : new Float32Array(0)
  const { places, projected } = placesOf(vectors, components, { mostProjected, tell })
  tell(0.9, 'naming the clusters')
  const { clusters, of } = clustersOf(rows.prompts, places)
  const { sources, source } = sourcesOf(rows)
  const side = (values: readonly number[]) => Uint16Array.from(values, (value) => Math.min(value, LARGEST_SIDE))
  const points = {
    x: places.filter((_, at) => at % 2 === 0),
    y: places.filter((_, at) => at % 2 === 1),
    width: side(rows.widths),
    height: side(rows.heights),
    cluster: of,
    source,
    ids: rows.ids,
  }
  await writeFile(task.output, packPoints(points))
  return { points: rows.ids.length, pictures, projected, sources, clusters }
}

interface PlacingOptions {
  readonly mostProjected: number
  readonly tell: MapProgress
}

/** Projects a random sample of the points, places the others among them, and fits all into −1 to 1. */
function placesOf(vectors: Float32Array, dimension: number, { mostProjected, tell }: PlacingOptions) {
  const count = vectors.length / dimension
  const isProjected = sampler(count, mostProjected)
  const chosen: number[] = []
  const others: number[] = []
  for (let row = 0; row < count; row++) (isProjected() ? chosen : others).push(row)
  const gather = (list: readonly number[]) => {
    const gathered = new Float32Array(list.length * dimension)
    list.forEach((row, at) => {
      gathered.set(vectors.subarray(row * dimension, (row + 1) * dimension), at * dimension)
    })
    return gathered
  }
  tell(0.15, 'finding neighbours')
  const base = gather(chosen)
  const projected = project(base, dimension, (fraction) => tell(0.15 + 0.6 * fraction, 'laying the points out'))
  const places = new Float32Array(count * 2)
  chosen.forEach((row, at) => {
    places.set(projected.subarray(at * 2, at * 2 + 2), row * 2)
  })
  if (others.length > 0) {
    tell(0.75, 'placing the others by their neighbours')
    const placed = placeAmong({ vectors: base, dimension, places: projected }, gather(others))
    others.forEach((row, at) => {
      places.set(placed.subarray(at * 2, at * 2 + 2), row * 2)
    })
  }
  return { places: fitted(drawnTogether(places)), projected: chosen.length }
}

/**
 * Halves the empty space between groups: each coordinate is the mean of itself and of its rank. How far groups lie
 * apart means little in such a projection, and who looks at a map wants to see pictures.
 */
function drawnTogether(places: Float32Array): Float32Array {
  const even = fitted(places)
  const count = places.length / 2
  for (const axis of [0, 1]) {
    const order = Array.from({ length: count }, (_, at) => at * 2 + axis)
    order.sort((a, b) => (even[a] as number) - (even[b] as number))
    order.forEach((at, rank) => {
      even[at] = ((even[at] as number) + (2 * rank) / Math.max(1, count - 1) - 1) / 2
    })
  }
  return even
}

/** Moves and scales points into the square from −1 to 1, both directions by the same factor. */
function fitted(places: Float32Array): Float32Array {
  const low = [Infinity, Infinity]
  const high = [-Infinity, -Infinity]
  places.forEach((value, at) => {
    low[at % 2] = Math.min(low[at % 2] as number, value)
    high[at % 2] = Math.max(high[at % 2] as number, value)
  })
  const middle = low.map((value, axis) => (value + (high[axis] as number)) / 2)
  const half = Math.max(...low.map((value, axis) => ((high[axis] as number) - value) / 2), 1e-9)
  return places.map((value, at) => (value - (middle[at % 2] as number)) / half)
}

/** Groups of points that lie together, the largest first, with words for each. */
function clustersOf(prompts: readonly string[], places: Float32Array): { clusters: MapCluster[]; of: Uint16Array } {
  const count = prompts.length
  const points = Array.from({ length: count }, (_, at) => [places[at * 2] as number, places[at * 2 + 1] as number])
  // About as many as people can tell apart by colour and name: 12 for a thousand pictures, 30 for six thousand and more.
  const wanted = Math.min(count, Math.max(Math.min(count, 4), Math.min(30, Math.round(Math.sqrt(count) / 2.6))))
  if (wanted === 0) return { clusters: [], of: new Uint16Array(0) }
  const found = kmeans(points, wanted, { initialization: 'kmeans++', seed: 7, maxIterations: 60 })
  const sizes = new Array<number>(wanted).fill(0)
  for (const cluster of found.clusters) sizes[cluster] = (sizes[cluster] as number) + 1
  const order = sizes.map((_, cluster) => cluster).sort((a, b) => (sizes[b] as number) - (sizes[a] as number))
  const rank = new Map(order.map((cluster, at) => [cluster, at]))
  const of = Uint16Array.from(found.clusters, (cluster) => rank.get(cluster) as number)
  const words = clusterWords(prompts, of, { count: wanted })
  const clusters = order.map((cluster, at) => {
    const [x = 0, y = 0] = found.centroids[cluster] ?? []
    return { size: sizes[cluster] as number, words: words[at] ?? [], x, y }
  })
  return { clusters: clusters.filter(({ size }) => size > 0), of }
}

/** The sources, the most frequent first, and each point's place among them. */
function sourcesOf({ sources }: PictureVectors): { sources: string[]; source: Uint16Array } {
  const counts = new Map<string, number>()
  for (const source of sources) counts.set(source, (counts.get(source) ?? 0) + 1)
  const known = [...counts].sort((a, b) => b[1] - a[1]).map(([source]) => source)
  const named = known.length > SOURCES ? [...known.slice(0, SOURCES - 1), 'others'] : known
  const place = new Map(known.map((source, at) => [source, Math.min(at, named.length - 1)]))
  return { sources: named, source: Uint16Array.from(sources, (source) => place.get(source) as number) }
}
