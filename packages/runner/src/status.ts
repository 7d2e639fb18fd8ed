import { resolve } from 'node:path'
import { CheckpointFolder } from './checkpoint.ts'
import { readRunRecords } from './history.ts'
import { rowsOfKind, sumOutcomes, total } from './ledger.ts'
import { type LockOwner, workspaceOwner } from './lock.ts'
import { readManifest } from './manifest.ts'
import type { BoundStage, Outcomes } from './stage.ts'

/** Where one stage stands, read from its checkpoints. */
export interface StageStatus {
  readonly name: string
  readonly shards: { readonly done: number; readonly total: number }
  /** Rows that came into the committed shards. */
  readonly rows: number
  readonly outcomes: Outcomes
  /** Rows whose outcome the next run tries again. */
  readonly transient: number
  readonly balanced: boolean
  /** Bytes of the committed files. */
  readonly bytes: number
  /** Seconds of work summed over shards, also where several were in work at once. */
  readonly seconds: number
  /** Rows per second of that work; 0 where nothing was done. */
  readonly rate: number
}

/** Where a workspace stands. */
export interface WorkspaceStatus {
  readonly workspace: string
  /** True when every committed shard of every stage accounts for each of its rows. */
  readonly balanced: boolean
  /** True when every planned shard of every stage is done. */
  readonly complete: boolean
  readonly stages: readonly StageStatus[]
  readonly runningSince?: LockOwner
  readonly lastRun?: { readonly run: string; readonly exitCode?: number; readonly error?: string }
}

/** Reads a workspace's status; takes no lock, so it can be asked while a run goes on. */
export async function readStatus(workspace: string, pipeline: readonly BoundStage[]): Promise<WorkspaceStatus> {
  const path = resolve(workspace)
  const stages: StageStatus[] = []
  for (const bound of pipeline) stages.push(await stageStatus(path, bound))
  const owner = await workspaceOwner(path)
  const last = (await readRunRecords(path)).at(-1)
  return {
    workspace: path,
    balanced: stages.every((one) => one.balanced),
    complete: stages.every((one) => one.shards.total > 0 && one.shards.done === one.shards.total),
    stages,
    ...(owner ? { runningSince: owner } : {}),
    ...(last
      ? {
          lastRun: {
            run: last.run,
            ...(last.exitCode === undefined ? {} : { exitCode: last.exitCode }),
            ...(last.error === undefined ? {} : { error: last.error }),
          },
        }
      : {}),
  }
}

async function stageStatus(workspace: string, { stage }: BoundStage): Promise<StageStatus> {
  const committed = await new CheckpointFolder(workspace, stage.name).list()
  const manifest = await readManifest(workspace, stage.name)
  const planned = manifest?.shards ?? committed.map((one) => ({ name: one.shard, fingerprint: one.fingerprint }))
  const byName = new Map(committed.map((one) => [one.shard, one]))
  // A checkpoint of an older plan is work to be done again, not work done.
  const done = planned.filter((one) => byName.get(one.name)?.fingerprint === one.fingerprint).length
  const rows = committed.reduce((sum, one) => sum + one.rows, 0)
  const seconds = committed.reduce((sum, one) => sum + one.seconds, 0)
  const outcomes = sumOutcomes(committed.map((one) => one.outcomes))
  return {
    name: stage.name,
    shards: { done, total: planned.length },
    rows,
    outcomes,
    transient: rowsOfKind(outcomes, stage.outcomes, 'transient'),
    balanced: committed.every((one) => total(one.outcomes) === one.rows),
    bytes: committed.reduce((sum, one) => sum + one.files.reduce((bytes, file) => bytes + file.bytes, 0), 0),
    seconds,
    rate: seconds > 0 ? rows / seconds : 0,
  }
}
