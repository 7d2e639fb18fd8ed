import type { CheckpointFolder } from './checkpoint.ts'
import type { Decision } from './decision.ts'
import { fingerprint } from './fingerprint.ts'
import { checkShard } from './ledger.ts'
import type { Listener } from './progress.ts'
import type { Checkpoint, ShardContext, Stage, StageContext } from './stage.ts'

/** One shard to do, and what it is done with. */
export interface ShardRunInput {
  readonly stage: Stage<unknown>
  readonly context: StageContext<unknown>
  readonly decision: Decision & { action: 'run' }
  readonly folder: CheckpointFolder
  readonly emit: Listener
}

/** Does one shard and commits it; nothing of it is visible before its outcomes balance and its bytes are on disk. */
export async function processShard(input: ShardRunInput): Promise<Checkpoint> {
  const { stage, decision, folder, context, emit } = input
  const { shard, parts } = decision
  const started = performance.now()
  const endings = new Set<string>()
  const timings: Record<string, number> = {}
  emit({ type: 'shard-start', stage: stage.name, shard: shard.name, reason: decision.reason })

  const result = await stage.process(shard, shardContext(input, endings, timings))
  // A result that is complete is committed, also when the run was asked to stop meanwhile.
  checkShard(stage, shard, result.outcomes)
  const files = await timed(timings, 'commit', () => folder.seal(stage.name, shard.name, endings))
  const seconds = (performance.now() - started) / 1000
  const checkpoint: Checkpoint = {
    stage: stage.name,
    shard: shard.name,
    fingerprint: fingerprint(parts),
    rows: shard.rows,
    outcomes: Object.fromEntries(Object.entries(result.outcomes).filter(([, rows]) => rows > 0)),
    files,
    facts: result.facts ?? {},
    parts,
    timings,
    seconds,
    run: context.run,
    committed: new Date().toISOString(),
  }
  await folder.commit(checkpoint)
  const { outcomes } = checkpoint
  emit({ type: 'shard-done', stage: stage.name, shard: shard.name, rows: shard.rows, outcomes, seconds })
  return checkpoint
}

function shardContext(
  input: ShardRunInput,
  endings: Set<string>,
  timings: Record<string, number>,
): ShardContext<unknown> {
  const { stage, decision, folder, emit, context } = input
  const shard = decision.shard.name
  const { redo, checkpoint } = decision
  return {
    ...context,
    write(ending) {
      endings.add(ending)
      return folder.partial(shard, ending)
    },
    time: (step, work) => timed(timings, step, work),
    progress: (rows) => emit({ type: 'shard-progress', stage: stage.name, shard, rows }),
    ...(redo && checkpoint ? { previous: { checkpoint, redo } } : {}),
  }
}

async function timed<T>(timings: Record<string, number>, step: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    return await work()
  } finally {
    timings[step] = (timings[step] ?? 0) + (performance.now() - started) / 1000
  }
}
