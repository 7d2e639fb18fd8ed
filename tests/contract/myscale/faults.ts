/**
 * What the double does instead of answering properly, to the next statements that match:
 * `lost-answer` runs the statement and then hangs up; `cut` hangs up first and runs it a moment later;
 * `too-many-parts` refuses with 252; `html-504` answers as a proxy; `truncated` sends half of the answer with
 * status 200; `idle` answers 503 as a cluster does that is being woken.
 */
export type FaultKind = 'lost-answer' | 'cut' | 'too-many-parts' | 'html-504' | 'truncated' | 'idle'

/** One planned fault. */
export interface Fault {
  readonly kind: FaultKind
  readonly statement: RegExp
  times: number
}

/** Faults still to come, and those that came. */
export class Faults {
  readonly #planned: Fault[] = []
  readonly happened: FaultKind[] = []

  plan(kind: FaultKind, statement: RegExp, times = 1): void {
    this.#planned.push({ kind, statement, times })
  }

  take(sql: string): FaultKind | undefined {
    const fault = this.#planned.find((one) => one.times > 0 && one.statement.test(sql))
    if (!fault) return undefined
    fault.times--
    this.happened.push(fault.kind)
    return fault.kind
  }
}
