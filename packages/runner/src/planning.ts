import { resolve } from 'node:path'
import { CheckpointFolder } from './checkpoint.ts'
import { decide } from './decision.ts'
import { fingerprintParts } from './fingerprint.ts'
import { Resources } from './resources.ts'
import { type Selection, selectStages } from './selection.ts'
import type { BoundStage, Checkpoint, Log, StageContext } from './stage.ts'
import { settledCheckpoints } from './upstream.ts'
import { Verification } from './verification.ts'

/** What a run would do with one stage, and why. */
export interface StagePlan {
  readonly stage: string
  readonly run: readonly { readonly shard: string; readonly rows: number; readonly reason: string }[]
  readonly skip: number
  /** Committed shards that would be removed. */
  readonly remove: readonly string[]
  /** True when more shards may follow once the listed ones, or those of an earlier stage, are done. */
  readonly open: boolean
}

/** Lists what `run` would do, without doing or changing anything. */
export async function planRun(
  options: Selection & { readonly workspace: string; readonly pipeline: readonly BoundStage[] },
): Promise<StagePlan[]> {
  const workspace = resolve(options.workspace)
  const selected = new Set(selectStages(options.pipeline, options))
  const current = new Map<string, readonly Checkpoint[]>()
  const plans: StagePlan[] = []
  let upstreamOpen = false
  for (const bound of options.pipeline) {
    if (!selected.has(bound)) {
      if (plans.length > 0) break
      current.set(bound.stage.name, await settledCheckpoints(workspace, bound.stage.name))
      continue
    }
    const { plan, checkpoints } = await planStage(bound, { workspace, current, upstreamOpen })
    current.set(bound.stage.name, checkpoints)
    plans.push(plan)
    upstreamOpen ||= plan.run.length > 0 || plan.remove.length > 0
  }
  return plans
}

interface Known {
  readonly workspace: string
  readonly current: ReadonlyMap<string, readonly Checkpoint[]>
  readonly upstreamOpen: boolean
}

async function planStage(bound: BoundStage, known: Known): Promise<{ plan: StagePlan; checkpoints: Checkpoint[] }> {
  const { stage } = bound
  const folder = new CheckpointFolder(known.workspace, stage.name)
  const onDisk = new Map((await folder.list()).map((one) => [one.shard, one]))
  const skipped = new Map<string, Checkpoint>()
  const todo = new Map<string, { shard: string; rows: number; reason: string }>()
  await using resources = new Resources()
  for (let before = -1; before !== skipped.size + todo.size; ) {
    before = skipped.size + todo.size
    for (const shard of await stage.plan(dryContext(bound, known, { resources, own: [...skipped.values()] }))) {
      if (skipped.has(shard.name) || todo.has(shard.name)) continue
      const parts = fingerprintParts(stage, bound.options, shard)
      const input = { parts, checkpoint: onDisk.get(shard.name), folder, run: '', redo: new Set<string>() }
      const decision = await decide(stage, shard, input)
      if (decision.action === 'skip') skipped.set(shard.name, decision.checkpoint)
      else todo.set(shard.name, { shard: shard.name, rows: shard.rows, reason: decision.reason })
    }
  }
  const open = known.upstreamOpen || todo.size > 0
  const remove = open ? [] : [...onDisk.keys()].filter((name) => !skipped.has(name) && !todo.has(name))
  const plan = { stage: stage.name, run: [...todo.values()], skip: skipped.size, remove, open }
  return { plan, checkpoints: [...skipped.values()] }
}

function dryContext(
  bound: BoundStage,
  known: Known,
  state: { readonly resources: Resources; readonly own: readonly Checkpoint[] },
): StageContext<unknown> {
  const verification = new Verification(known.workspace, { repairs: false })
  const silent: Log = { info: () => undefined, warn: () => undefined }
  return {
    options: bound.options,
    workspace: known.workspace,
    run: 'plan',
    signal: new AbortController().signal,
    log: silent,
    upstream: (stage) => known.current.get(stage) ?? [],
    own: () => state.own,
    open: (key, opener) => state.resources.open(key, opener),
    read: (file) => verification.read(file),
  }
}
