import type { RunEvent } from '@promptloom/runner/progress'

/** Running counts of the stage in work, made from a run's events; the ground of every display. */
export class Tally {
  stage = ''
  todo = 0
  done = 0
  failed = 0
  skipped = 0
  rows = 0
  #started = 0
  #finishedRows = 0
  readonly #partial = new Map<string, number>()

  /** Takes an event in. */
  add(event: RunEvent, now = performance.now()): void {
    if (event.type === 'stage-start') {
      Object.assign(this, { stage: event.stage, todo: 0, done: 0, failed: 0, skipped: 0, rows: 0 })
      this.#started = now
      this.#finishedRows = 0
      this.#partial.clear()
    } else if (event.type === 'stage-plan') {
      this.todo += event.todo
      this.rows += event.rows
      this.skipped += event.skipped
    } else if (event.type === 'shard-progress') {
      this.#partial.set(event.shard, event.rows)
    } else if (event.type === 'shard-done') {
      this.done++
      this.#finishedRows += event.rows
      this.#partial.delete(event.shard)
    } else if (event.type === 'shard-failed') {
      this.failed++
      this.#partial.delete(event.shard)
    }
  }

  /** Rows finished, those of shards in work included. */
  get rowsDone(): number {
    let rows = this.#finishedRows
    for (const partial of this.#partial.values()) rows += partial
    return Math.min(rows, this.rows)
  }

  /** Rows per second since the stage began. */
  rate(now = performance.now()): number {
    const seconds = (now - this.#started) / 1000
    return seconds > 0 ? this.rowsDone / seconds : 0
  }

  /** Seconds until the known work is done, at the rate so far; infinite while there is none. */
  secondsLeft(now = performance.now()): number {
    const rate = this.rate(now)
    return rate > 0 ? (this.rows - this.rowsDone) / rate : Number.POSITIVE_INFINITY
  }
}
