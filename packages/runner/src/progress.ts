import type { Outcomes } from './stage.ts'

/** What a run tells while it goes on; `at` is added by whoever prints it. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly run: string; readonly workspace: string; readonly stages: readonly string[] }
  | { readonly type: 'stage-start'; readonly stage: string }
  /** Shards to do that have become known, and those that need nothing; sent each time the stage learns of more. */
  | {
      readonly type: 'stage-plan'
      readonly stage: string
      readonly todo: number
      readonly rows: number
      readonly skipped: number
    }
  | { readonly type: 'shard-start'; readonly stage: string; readonly shard: string; readonly reason: string }
  /** Rows of this shard finished so far. */
  | { readonly type: 'shard-progress'; readonly stage: string; readonly shard: string; readonly rows: number }
  | {
      readonly type: 'shard-done'
      readonly stage: string
      readonly shard: string
      readonly rows: number
      readonly outcomes: Outcomes
      readonly seconds: number
    }
  | { readonly type: 'shard-failed'; readonly stage: string; readonly shard: string; readonly error: string }
  /** Something that a person should know although the work goes on. */
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'shard-removed'; readonly stage: string; readonly shard: string }
  | { readonly type: 'stage-end'; readonly report: StageReport }
  | { readonly type: 'run-end'; readonly run: string; readonly exitCode: number; readonly seconds: number }

/** One shard that could not be done. */
export interface ShardFailure {
  readonly shard: string
  readonly message: string
  /** The stack, where the error is a bug and not an expected failure. */
  readonly stack?: string
}

/** What one stage did in one run. */
export interface StageReport {
  readonly stage: string
  readonly planned: number
  readonly ran: number
  readonly skipped: number
  readonly removed: number
  /** Rows of the shards that ran, and how they ended. */
  readonly rows: number
  readonly outcomes: Outcomes
  readonly failures: readonly ShardFailure[]
  /** Wall seconds of the whole stage. */
  readonly seconds: number
  /** Highest resident set of this process so far, in bytes; the embedded engine lives in the same process. */
  readonly peakBytes: number
}

/** Receives the events of a run, in order; must not throw. */
export type Listener = (event: RunEvent) => void
