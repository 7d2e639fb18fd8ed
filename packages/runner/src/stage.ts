import type { z } from 'zod'

/** A value that survives JSON: what fingerprints and checkpoints are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** One committed file of a shard; the digest is of the bytes on disk, checked again before they are used. */
export interface FileRef {
  readonly stage: string
  readonly shard: string
  /** File name inside the stage's folder, e.g. `00003.parquet`. */
  readonly name: string
  readonly bytes: number
  /** SHA-256, lower-case hex. */
  readonly sha256: string
}

/** One unit of work: the smallest thing that is done, committed, skipped or done again. */
export interface Shard {
  /** Unique within the stage, safe as a file name (`[a-z0-9][a-z0-9._-]*`), sorting in the order of work. */
  readonly name: string
  /** Rows that come in; the outcomes of the shard must add up to exactly this. */
  readonly rows: number
  /** Committed files of earlier stages that are read; their digests are part of the fingerprint. */
  readonly inputs?: readonly FileRef[]
  /** Whatever else decides the result (a model's digest, a byte range's digest); part of the fingerprint. */
  readonly facts?: { readonly [key: string]: Json }
  /** Why the shard must run although its checkpoint matches (say, its rows are gone from the database). */
  readonly stale?: string
}

/** Rows by outcome name. */
export type Outcomes = Readonly<Record<string, number>>

/**
 * How an outcome counts: `ok` rows go on to the next stage, `final` rows never will (a retry cures nothing),
 * `transient` rows are tried again by the next run.
 */
export type OutcomeKind = 'ok' | 'final' | 'transient'

/** What `process` returns. */
export interface ShardResult {
  readonly outcomes: Outcomes
  /** Kept in the checkpoint for later stages and for `status`; never part of a fingerprint. */
  readonly facts?: { readonly [key: string]: Json }
}

/** The commit marker of one shard, `<workspace>/<stage>/<shard>.json`: written last, by rename. */
export interface Checkpoint {
  readonly stage: string
  readonly shard: string
  readonly fingerprint: string
  readonly rows: number
  readonly outcomes: Outcomes
  readonly files: readonly FileRef[]
  readonly facts: { readonly [key: string]: Json }
  /** What the fingerprint was made of, by part, so that `plan` can say which part changed. */
  readonly parts: Readonly<Record<string, string>>
  /** Wall seconds by step, as given to `time`. Steps that overlap add up to more than `seconds`. */
  readonly timings: Readonly<Record<string, number>>
  /** Wall seconds of the whole shard. */
  readonly seconds: number
  /** The run that committed it, and when (ISO 8601, UTC). */
  readonly run: string
  readonly committed: string
}

/** Structured log lines of the run; packages never log, stages rarely. */
export interface Log {
  info(message: string, fields?: Record<string, Json>): void
  /** Something that a person should know although the work goes on; also shown while the run goes on. */
  warn(message: string): void
}

/** What a stage may know while it lists its shards. */
export interface StageContext<Options> {
  readonly options: Options
  /** Absolute path of the workspace. */
  readonly workspace: string
  /** Identifies this run, e.g. `20261124T061054123-3f9a`. */
  readonly run: string
  /** Aborted on Ctrl-C, SIGTERM or when the run gives up: stop soon, throw `signal.reason`. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Committed checkpoints of an earlier stage that belong to its current plan, in name order. */
  upstream(stage: string): readonly Checkpoint[]
  /** This stage's own committed checkpoints, in name order. */
  own(): readonly Checkpoint[]
  /** Opens a shared resource once a stage, on first use, and disposes of it when the stage ends. */
  open<T extends AsyncDisposable>(key: string, opener: () => Promise<T>): Promise<T>
  /** Path of a committed file whose SHA-256 was checked in this run; throws when the bytes have changed. */
  read(file: FileRef): Promise<string>
}

/** What a stage may do while it works on one shard. */
export interface ShardContext<Options> extends StageContext<Options> {
  /**
   * Path to write one output file to, `<shard>.<ending>` once committed. The runner flushes it to disk, hashes it
   * and moves it into place after `process` returned; until then it does not exist for anybody.
   */
  write(ending: string): string
  /** Times one step of the work for the checkpoint. */
  time<T>(step: string, work: () => Promise<T>): Promise<T>
  /** Reports rows finished so far, for the progress display. */
  progress(rows: number): void
  /**
   * Set when only some rows are wanted again (`retry`, or transient outcomes of an earlier run): the shard's last
   * commit, still readable through `read`, and the outcomes to do again. All other rows must be carried over as
   * they are. A stage whose work is pure may ignore it and do the whole shard again.
   */
  readonly previous?: { readonly checkpoint: Checkpoint; readonly redo: ReadonlySet<string> }
}

/**
 * A stage can do two things: list its shards, and do one shard. Resume, retries of shards, progress, locks, logs
 * and the ledger are the runner's.
 */
export interface Stage<Options> {
  readonly name: string
  /** Raise it when the same inputs and options give other bytes than before. */
  readonly version: number
  readonly options: z.ZodType<Options>
  /** Names of options that change how fast, never what: left out of the fingerprint. */
  readonly speed?: readonly string[]
  /** Every outcome that a row can end in; any other name is refused at commit. */
  readonly outcomes: Readonly<Record<string, OutcomeKind>>
  /** Shards in work at the same time; default 1. */
  concurrency?(options: Options): number
  /**
   * Same inputs, same list. Asked again after the listed shards are committed, until nothing new appears: a stage
   * may learn its later shards from its first one (`own()`).
   */
  plan(context: StageContext<Options>): Promise<readonly Shard[]>
  /** Repeatable: writes its files anew, whatever an earlier attempt left behind. */
  process(shard: Shard, context: ShardContext<Options>): Promise<ShardResult>
  /** Undoes what `process` left outside the workspace, for a shard that no longer exists. */
  remove?(checkpoint: Checkpoint, context: StageContext<Options>): Promise<void>
}

/** A stage together with its parsed options, as a pipeline lists it. */
export interface BoundStage {
  readonly stage: Stage<unknown>
  readonly options: unknown
}
