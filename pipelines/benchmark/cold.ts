import type { GroundTruth } from './query-set.ts'
import type { ColdReport } from './report/schema.ts'
import { askRound } from './round.ts'
import type { Effort, TargetTable } from './target.ts'

/** Times that the caches are emptied. */
const TRIALS = 3
/** Answers timed after each first one. */
const FOLLOWING = 4
/** Beyond the passes of any sweep: these are askings of their own. */
const FIRST_PASS = 10_000

/**
 * Times first answers after the engine's caches were emptied, and the ones that follow; undefined where the engine
 * cannot empty them, or where there is nothing to ask. The operating system's page cache stays: emptying it takes
 * root, and disturbs everybody else.
 */
export async function measureCold(
  { table, truth, signal }: { table: TargetTable; truth: GroundTruth; signal?: AbortSignal },
  effort: Effort,
): Promise<ColdReport | undefined> {
  if (truth.queries.length === 0) return undefined
  const [first, next]: [number[], number[]] = [[], []]
  for (let trial = 0; trial < TRIALS; trial++) {
    if (!(await table.dropCaches())) return undefined
    const places = Array.from(
      { length: 1 + FOLLOWING },
      (_, index) => (trial * (1 + FOLLOWING) + index) % truth.queries.length,
    )
    const { answered } = await askRound({
      table,
      cell: { k: 10, effort, clients: 1, share: 1 },
      queries: truth.queries,
      places,
      pass: FIRST_PASS + 2 * trial + (effort === 'exact' ? 0 : 1),
      budget: 60_000,
      ...(signal ? { signal } : {}),
    })
    const [one, ...others] = answered.map(({ milliseconds }) => Math.round(milliseconds * 1000) / 1000)
    if (one !== undefined) first.push(one)
    next.push(...others)
  }
  return { effort, first, next }
}
