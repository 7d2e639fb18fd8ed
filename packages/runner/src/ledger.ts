import { LedgerError } from './errors.ts'
import type { Checkpoint, OutcomeKind, Outcomes, Shard, Stage } from './stage.ts'

/** Rows over all outcomes. */
export function total(outcomes: Outcomes): number {
  return Object.values(outcomes).reduce((sum, rows) => sum + rows, 0)
}

/** Rows by outcome, summed over many shards; names in alphabetical order after `ok`. */
export function sumOutcomes(all: Iterable<Outcomes>): Outcomes {
  const sums: Record<string, number> = {}
  for (const outcomes of all) {
    for (const [name, rows] of Object.entries(outcomes)) sums[name] = (sums[name] ?? 0) + rows
  }
  const names = Object.keys(sums).sort((a, b) => Number(b === 'ok') - Number(a === 'ok') || (a < b ? -1 : 1))
  return Object.fromEntries(names.map((name) => [name, sums[name] as number]))
}

/** Rows whose outcome is of that kind. An outcome that the stage no longer knows counts as none. */
export function rowsOfKind(
  outcomes: Outcomes,
  kinds: Readonly<Record<string, OutcomeKind>>,
  kind: OutcomeKind,
): number {
  return Object.entries(outcomes).reduce((sum, [name, rows]) => (kinds[name] === kind ? sum + rows : sum), 0)
}

/**
 * Refuses a shard whose outcomes are unknown, negative, fractional, or don't add up to the rows that came in.
 * @throws LedgerError
 */
export function checkShard(stage: Pick<Stage<unknown>, 'name' | 'outcomes'>, shard: Shard, outcomes: Outcomes): void {
  const where = `${stage.name}/${shard.name}`
  for (const [name, rows] of Object.entries(outcomes)) {
    if (!Object.hasOwn(stage.outcomes, name)) {
      throw new LedgerError(
        `${where} ended rows in "${name}", which is none of the outcomes of ${stage.name} (${Object.keys(stage.outcomes).join(', ')}).`,
      )
    }
    if (!Number.isSafeInteger(rows) || rows < 0) throw new LedgerError(`${where} counted ${rows} rows of "${name}".`)
  }
  if (total(outcomes) !== shard.rows) {
    throw new LedgerError(
      `${where} does not balance: ${shard.rows} rows came in, ${total(outcomes)} are accounted for (${JSON.stringify(outcomes)}); nothing was committed.`,
    )
  }
}

/**
 * Refuses a finished stage unless every planned shard is committed and all of them together account for every row.
 * @throws LedgerError
 */
export function checkStage(stage: string, shards: readonly Shard[], checkpoints: readonly Checkpoint[]): void {
  const committed = new Map(checkpoints.map((one) => [one.shard, one]))
  const absent = shards.filter((shard) => !committed.has(shard.name))
  if (absent.length > 0) {
    throw new LedgerError(`${stage} left ${absent.length} of ${shards.length} shards undone, ${absent[0]?.name} first.`)
  }
  const rowsIn = shards.reduce((sum, shard) => sum + shard.rows, 0)
  const rowsOut = checkpoints.reduce((sum, one) => sum + total(one.outcomes), 0)
  if (rowsIn !== rowsOut) {
    throw new LedgerError(`${stage} does not balance: ${rowsIn} rows came in, ${rowsOut} are accounted for.`)
  }
}
