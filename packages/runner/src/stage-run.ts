import pLimit from 'p-limit'
import { CheckpointFolder } from './checkpoint.ts'
import { type Decision, decide } from './decision.ts'
import { exitCodeOf, LedgerError } from './errors.ts'
import { fingerprintParts } from './fingerprint.ts'
import { checkStage, sumOutcomes } from './ledger.ts'
import { manifestShard, writeManifest } from './manifest.ts'
import type { Listener, ShardFailure, StageReport } from './progress.ts'
import { Resources } from './resources.ts'
import { processShard } from './shard-run.ts'
import type { BoundStage, Checkpoint, Log, Shard, StageContext } from './stage.ts'
import type { Verification } from './verification.ts'

/** What a stage's run shares with the other stages of the same run. */
export interface StageRunInput {
  readonly workspace: string
  readonly run: string
  readonly signal: AbortSignal
  readonly log: Log
  readonly emit: Listener
  readonly verification: Verification
  readonly upstream: (stage: string) => readonly Checkpoint[]
  /** Outcomes to try again in this stage. */
  readonly redo: ReadonlySet<string>
}

/** A finished stage: its report, and the checkpoints that later stages may build on. */
export interface StageRunResult {
  readonly report: StageReport
  readonly current: readonly Checkpoint[]
}

/** Brings one stage up to date: asks for its shards until nothing new appears, and does those that need it. */
export async function runStage(bound: BoundStage, input: StageRunInput): Promise<StageRunResult> {
  return new StageRun(bound, input).run()
}

class StageRun {
  readonly #bound: BoundStage
  readonly #input: StageRunInput
  readonly #folder: CheckpointFolder
  readonly #resources = new Resources()
  /** Checkpoints known to be up to date, by shard. */
  readonly #current = new Map<string, Checkpoint>()
  readonly #considered = new Map<string, Decision>()
  readonly #failures: ShardFailure[] = []
  readonly #ran: Checkpoint[] = []
  #fatal: unknown
  #removed = 0
  /** Aborted with the run, and when going on with this stage makes no sense. */
  readonly #stop = new AbortController()

  constructor(bound: BoundStage, input: StageRunInput) {
    this.#bound = bound
    this.#input = input
    this.#folder = new CheckpointFolder(input.workspace, bound.stage.name)
  }

  async run(): Promise<StageRunResult> {
    const { stage } = this.#bound
    const { emit, signal } = this.#input
    const started = performance.now()
    const forward = () => this.#stop.abort(signal.reason)
    signal.addEventListener('abort', forward, { once: true })
    emit({ type: 'stage-start', stage: stage.name })
    try {
      await this.#folder.recover()
      const shards = await this.#untilSettled()
      if (this.#failures.length === 0) await this.#finish(shards)
    } finally {
      signal.removeEventListener('abort', forward)
      await this.#resources[Symbol.asyncDispose]()
    }
    if (this.#fatal) throw this.#fatal
    const report = this.#report((performance.now() - started) / 1000)
    emit({ type: 'stage-end', report })
    return { report, current: sorted(this.#current.values()) }
  }

  /** Plan, do what is new, plan again: a stage may learn its later shards from its first one. */
  async #untilSettled(): Promise<readonly Shard[]> {
    for (;;) {
      this.#input.signal.throwIfAborted()
      const shards = await this.#plan()
      const fresh = shards.filter((shard) => !this.#considered.has(shard.name))
      if (fresh.length === 0) {
        this.#checkSettled(shards)
        return shards
      }
      await this.#consider(fresh, shards)
      if (this.#failures.length > 0 || this.#fatal) return shards
    }
  }

  async #plan(): Promise<readonly Shard[]> {
    const { stage } = this.#bound
    const shards = await stage.plan(this.#context())
    const names = new Set<string>()
    for (const { name } of shards) {
      if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) throw new LedgerError(`${stage.name} planned a shard named "${name}".`)
      if (names.has(name)) throw new LedgerError(`${stage.name} planned the shard ${name} twice.`)
      names.add(name)
    }
    return shards
  }

  #checkSettled(shards: readonly Shard[]): void {
    const stale = shards.find((shard) => shard.stale)
    if (!stale) return
    throw new LedgerError(`${this.#bound.stage.name}/${stale.name} was done, but still: ${stale.stale}.`)
  }

  async #consider(fresh: readonly Shard[], all: readonly Shard[]): Promise<void> {
    const { stage, options } = this.#bound
    const { workspace, run, redo, emit } = this.#input
    const onDisk = new Map((await this.#folder.list()).map((one) => [one.shard, one]))
    const todo: (Decision & { action: 'run' })[] = []
    for (const shard of fresh) {
      const parts = fingerprintParts(stage, options, shard)
      const decision = await decide(stage, shard, {
        parts,
        checkpoint: onDisk.get(shard.name),
        folder: this.#folder,
        run,
        redo,
      })
      this.#considered.set(shard.name, decision)
      if (decision.action === 'run') todo.push(decision)
      else this.#current.set(shard.name, decision.checkpoint)
    }
    const lines = all.map((shard) => manifestShard(shard, fingerprintParts(stage, options, shard)))
    await writeManifest(workspace, { stage: stage.name, run, settled: false, shards: lines })
    const rows = todo.reduce((sum, one) => sum + one.shard.rows, 0)
    emit({ type: 'stage-plan', stage: stage.name, todo: todo.length, rows, skipped: fresh.length - todo.length })
    await this.#work(todo)
  }

  async #work(todo: readonly (Decision & { action: 'run' })[]): Promise<void> {
    const { stage, options } = this.#bound
    const limit = pLimit(Math.max(1, stage.concurrency?.(options) ?? 1))
    const context = this.#context()
    await Promise.all(
      todo.map((decision) =>
        limit(async () => {
          if (this.#stop.signal.aborted) return
          try {
            const checkpoint = await processShard({ ...this.#input, stage, context, decision, folder: this.#folder })
            this.#ran.push(checkpoint)
            this.#current.set(checkpoint.shard, checkpoint)
          } catch (error) {
            this.#fail(decision.shard.name, error)
          }
        }),
      ),
    )
    this.#input.signal.throwIfAborted()
  }

  #fail(shard: string, error: unknown): void {
    const { stage } = this.#bound
    if (this.#stop.signal.aborted) return
    // The user's mistake fails every other shard in the same way: say it once.
    if (exitCodeOf(error) === 2) {
      this.#fatal = error
      this.#stop.abort(error)
      return
    }
    const expected = exitCodeOf(error) !== undefined
    const message = error instanceof Error ? error.message : String(error)
    const stack = !expected && error instanceof Error && error.stack ? { stack: error.stack } : {}
    this.#failures.push({ shard, message, ...stack })
    if (stack.stack) this.#input.log.info('stack', { stage: stage.name, shard, ...stack })
    this.#input.emit({ type: 'shard-failed', stage: stage.name, shard, error: message })
  }

  /** Removes shards that no longer exist, and proves that the stage accounts for every row. */
  async #finish(shards: readonly Shard[]): Promise<void> {
    if (this.#fatal) return
    const { stage } = this.#bound
    const planned = new Set(shards.map((shard) => shard.name))
    for (const checkpoint of await this.#folder.list()) {
      if (planned.has(checkpoint.shard)) continue
      await stage.remove?.(checkpoint, this.#context())
      await this.#folder.remove(checkpoint)
      this.#removed++
      this.#input.emit({ type: 'shard-removed', stage: stage.name, shard: checkpoint.shard })
    }
    const checkpoints = await this.#folder.list()
    checkStage(stage.name, shards, checkpoints)
    await this.#folder.sweep(checkpoints)
    const lines = shards.map((shard) => manifestShard(shard, fingerprintParts(stage, this.#bound.options, shard)))
    await writeManifest(this.#input.workspace, {
      stage: stage.name,
      run: this.#input.run,
      settled: true,
      shards: lines,
    })
  }

  #context(): StageContext<unknown> {
    const { workspace, run, log, upstream } = this.#input
    return {
      options: this.#bound.options,
      workspace,
      run,
      signal: this.#stop.signal,
      log,
      upstream,
      own: () => sorted(this.#current.values()),
      open: (key, opener) => this.#resources.open(key, opener),
      read: (file) => this.#input.verification.read(file),
    }
  }

  #report(seconds: number): StageReport {
    return {
      stage: this.#bound.stage.name,
      planned: this.#considered.size,
      ran: this.#ran.length,
      skipped: [...this.#considered.values()].filter((one) => one.action === 'skip').length,
      removed: this.#removed,
      rows: this.#ran.reduce((sum, one) => sum + one.rows, 0),
      outcomes: sumOutcomes(this.#ran.map((one) => one.outcomes)),
      failures: this.#failures,
      seconds,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }
  }
}

function sorted(checkpoints: Iterable<Checkpoint>): Checkpoint[] {
  return [...checkpoints].sort((a, b) => (a.shard < b.shard ? -1 : 1))
}
