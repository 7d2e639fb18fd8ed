import type { CheckpointFolder } from './checkpoint.ts'
import { explainChange, fingerprint, type Parts } from './fingerprint.ts'
import { rowsOfKind, total } from './ledger.ts'
import type { Checkpoint, Shard, Stage } from './stage.ts'

/** What is to be done with one shard, and why. */
export type Decision =
  | { readonly action: 'skip'; readonly shard: Shard; readonly checkpoint: Checkpoint }
  | {
      readonly action: 'run'
      readonly shard: Shard
      readonly parts: Parts
      readonly reason: string
      /** Only these outcomes of the last commit are wanted again. */
      readonly redo?: ReadonlySet<string>
      readonly checkpoint?: Checkpoint
    }

/** What a decision rests on besides the shard itself. */
export interface DecisionInput {
  readonly parts: Parts
  readonly checkpoint: Checkpoint | undefined
  readonly folder: CheckpointFolder
  readonly run: string
  /** Outcomes that the user asked to try again (`retry`). */
  readonly redo: ReadonlySet<string>
}

/** Content decides what runs: a shard is skipped when its fingerprint matches and nothing of it is missing. */
export async function decide(stage: Stage<unknown>, shard: Shard, input: DecisionInput): Promise<Decision> {
  const { parts, checkpoint } = input
  const again = (reason: string): Decision => ({ action: 'run', shard, parts, reason })
  if (!checkpoint) return again('not done yet')
  if (checkpoint.fingerprint !== fingerprint(parts)) return again(explainChange(checkpoint.parts, parts))
  if (total(checkpoint.outcomes) !== checkpoint.rows) return again('its checkpoint does not balance')
  const missing = await input.folder.missing(checkpoint)
  if (missing) return again(`its file ${missing} is missing or has another size`)
  if (shard.stale) return again(shard.stale)

  const wanted = Object.keys(checkpoint.outcomes).filter((name) => (checkpoint.outcomes[name] ?? 0) > 0)
  const asked = wanted.filter((name) => input.redo.has(name))
  if (asked.length > 0) return redo(asked, 'asked to try again')
  // Transient failures of this very run had their tries; they are the next run's.
  const retrying = input.redo.size > 0
  if (!retrying && checkpoint.run !== input.run && rowsOfKind(checkpoint.outcomes, stage.outcomes, 'transient') > 0) {
    return redo(
      wanted.filter((name) => stage.outcomes[name] === 'transient'),
      'may succeed now',
    )
  }
  return { action: 'skip', shard, checkpoint }

  function redo(names: string[], why: string): Decision {
    const rows = names.reduce((sum, name) => sum + (checkpoint?.outcomes[name] ?? 0), 0)
    const reason = `${rows} rows ended in ${names.join(', ')}: ${why}`
    return {
      ...(again(reason) as Decision & { action: 'run' }),
      redo: new Set(names),
      checkpoint: checkpoint as Checkpoint,
    }
  }
}
