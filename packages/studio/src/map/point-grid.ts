import type { MapPoints } from '../api/map-points.ts'

/** A part of the map: from and to, both included. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** Cells a side; about two points each for tens of thousands. */
const CELLS = 160

/** Finds points by where they lie, without looking at all of them. */
export class PointGrid {
  readonly #points: Pick<MapPoints, 'x' | 'y'>
  /** Points by cell, one cell after the other; `#starts` says where each begins. */
  readonly #order: Uint32Array
  readonly #starts: Uint32Array

  constructor(points: Pick<MapPoints, 'x' | 'y'>) {
    this.#points = points
    const count = points.x.length
    const cells = Uint32Array.from({ length: count }, (_, at) => this.#cellOf(at))
    this.#starts = new Uint32Array(CELLS * CELLS + 1)
    for (const cell of cells) this.#starts[cell + 1] = (this.#starts[cell + 1] as number) + 1
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      this.#starts[cell + 1] = (this.#starts[cell + 1] as number) + (this.#starts[cell] as number)
    }
    const next = this.#starts.slice()
    this.#order = new Uint32Array(count)
    cells.forEach((cell, at) => {
      this.#order[next[cell] as number] = at
      next[cell] = (next[cell] as number) + 1
    })
  }

  /** Calls back with every point of an area, in the order of the points of each cell, until it returns false. */
  within({ left, right, bottom, top }: Area, visit: (at: number) => unknown): void {
    const { x, y } = this.#points
    for (let row = side(bottom); row <= side(top); row++) {
      for (let column = side(left); column <= side(right); column++) {
        const cell = row * CELLS + column
        for (let next = this.#starts[cell] as number; next < (this.#starts[cell + 1] as number); next++) {
          const at = this.#order[next] as number
          const [px, py] = [x[at] as number, y[at] as number]
          if (px < left || px > right || py < bottom || py > top) continue
          if (visit(at) === false) return
        }
      }
    }
  }

  /** The point nearest to a place, no farther than `reach`; undefined where there is none. */
  nearest(x: number, y: number, reach: number): number | undefined {
    let found: number | undefined
    let least = reach * reach
    const area = { left: x - reach, right: x + reach, bottom: y - reach, top: y + reach }
    this.within(area, (at) => {
      const distance = ((this.#points.x[at] as number) - x) ** 2 + ((this.#points.y[at] as number) - y) ** 2
      if (distance <= least) {
        found = at
        least = distance
      }
    })
    return found
  }

  #cellOf(at: number): number {
    return side(this.#points.y[at] as number) * CELLS + side(this.#points.x[at] as number)
  }
}

function side(value: number): number {
  return Math.min(CELLS - 1, Math.max(0, Math.floor(((value + 1) / 2) * CELLS)))
}
