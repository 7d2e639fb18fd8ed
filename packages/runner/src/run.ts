import { resolve } from 'node:path'
import { CheckpointFolder } from './checkpoint.ts'
import { exitCodeOf } from './errors.ts'
import { eventLog } from './event-log.ts'
import { newRunId, type RunRecord, writeRunRecord } from './history.ts'
import { lockWorkspace } from './lock.ts'
import { openLog } from './log.ts'
import type { Listener, StageReport } from './progress.ts'
import { type Selection, selectStages, stageNames } from './selection.ts'
import type { BoundStage, Checkpoint, Log } from './stage.ts'
import { runStage } from './stage-run.ts'
import { settledCheckpoints } from './upstream.ts'
import { Verification } from './verification.ts'

/** What to run, where, and who listens. */
export interface RunOptions extends Selection {
  readonly workspace: string
  /** All stages in order; a stage may read what any earlier one left. */
  readonly pipeline: readonly BoundStage[]
  readonly signal?: AbortSignal
  readonly listener?: Listener
  /** Rows that ended in these outcomes of this stage are tried again. */
  readonly retry?: { readonly stage: string; readonly outcomes: ReadonlySet<string> }
}

/** How a run ended. */
export interface RunResult {
  readonly run: string
  /** 0 when all is done, 1 when shards failed, 3 when the run was interrupted. */
  readonly exitCode: 0 | 1 | 3
  readonly stages: readonly StageReport[]
}

/**
 * Brings the selected stages up to date, one after the other, as this workspace's only writer. Stops after a stage
 * with failed shards: what comes later would be built on half of it.
 * @throws UserError, WorkspaceBusyError and whatever a stage's plan throws.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const workspace = resolve(options.workspace)
  const selected = selectStages(options.pipeline, options)
  await using _lock = await lockWorkspace(workspace)
  const id = newRunId()
  const log = openLog(workspace, id)
  const emit = eventLog(log, options.listener)
  const record: RunRecord = { run: id, started: new Date().toISOString(), stages: [] }
  const started = performance.now()
  await writeRunRecord(workspace, record)
  emit({ type: 'run-start', run: id, workspace, stages: stageNames(selected) })

  const end = async (exitCode: number, error?: string) => {
    const seconds = (performance.now() - started) / 1000
    Object.assign(record, { ended: new Date().toISOString(), exitCode, seconds, ...(error ? { error } : {}) })
    await writeRunRecord(workspace, record)
    emit({ type: 'run-end', run: id, exitCode, seconds })
  }
  try {
    const exitCode = await runStages(selected, { ...options, workspace }, { id, log, emit, record })
    await end(exitCode)
    return { run: id, exitCode, stages: record.stages }
  } catch (error) {
    const exitCode = options.signal?.aborted ? 3 : (exitCodeOf(error) ?? 1)
    await end(exitCode, error instanceof Error ? error.message : String(error))
    if (options.signal?.aborted) return { run: id, exitCode: 3, stages: record.stages }
    throw error
  }
}

interface RunState {
  readonly id: string
  readonly log: Log
  readonly emit: Listener
  readonly record: RunRecord
}

async function runStages(selected: readonly BoundStage[], options: RunOptions, state: RunState): Promise<0 | 1> {
  const { workspace, pipeline, retry } = options
  const current = await committedBefore(workspace, pipeline, selected)
  const verification = new Verification(workspace)
  const signal = options.signal ?? new AbortController().signal
  for (const bound of selected) {
    const name = bound.stage.name
    const result = await runStage(bound, {
      workspace,
      run: state.id,
      signal,
      log: { ...state.log, warn: (message) => state.emit({ type: 'warning', message }) },
      emit: state.emit,
      verification,
      upstream: (stage) => current.get(stage) ?? [],
      redo: retry?.stage === name ? retry.outcomes : new Set(),
    })
    current.set(name, result.current)
    state.record.stages.push(result.report)
    if (result.report.failures.length > 0) return 1
  }
  return 0
}

/** What stages before the selected ones have left; those that run now start from nothing. */
async function committedBefore(
  workspace: string,
  pipeline: readonly BoundStage[],
  selected: readonly BoundStage[],
): Promise<Map<string, readonly Checkpoint[]>> {
  const current = new Map<string, readonly Checkpoint[]>()
  for (const { stage } of pipeline) {
    if (stage.name === selected[0]?.stage.name) break
    await new CheckpointFolder(workspace, stage.name).recover()
    current.set(stage.name, await settledCheckpoints(workspace, stage.name))
  }
  return current
}
