import type { MapCluster } from '@promptloom/studio/api/map'

/** What the worker that makes a map is given. */
export interface MapTask {
  /** Tables of embedded pictures, in order; one map is made of all of them. */
  readonly tables: readonly { readonly path: string; readonly rows: number }[]
  /** Different pictures in all of them. */
  readonly pictures: number
  /** Components of a vector. */
  readonly dimension: number
  /** Most points that are shown; of larger collections a random sample. Default 50,000. */
  readonly mostPoints?: number
  /** Most points that the projection is computed from; the others are placed by their neighbours. Default 20,000. */
  readonly mostProjected?: number
  /** File that the points are written to, as `packPoints` packs them. */
  readonly output: string
}

/** What a finished map holds besides its points. */
export interface MadeMap {
  readonly points: number
  readonly pictures: number
  readonly projected: number
  readonly sources: readonly string[]
  readonly clusters: readonly MapCluster[]
}

/** What the worker tells. */
export type MapMessage =
  | { readonly type: 'progress'; readonly fraction: number; readonly state: string }
  | { readonly type: 'done'; readonly map: MadeMap }
  | { readonly type: 'failed'; readonly message: string; readonly stack?: string | undefined }
