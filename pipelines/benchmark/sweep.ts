import { watchIdle } from '../measurement/machine.ts'
import { type Cell, type SweepAxes, sweepCells } from './cell.ts'
import { CellResult } from './cell-result.ts'
import { measureCold } from './cold.ts'
import type { GroundTruth } from './query-set.ts'
import { repeatRatio } from './repetition.ts'
import type { CellReport, ColdReport, TrackReport } from './report/schema.ts'
import { askRound } from './round.ts'
import type { Ask, Counters, TargetTable } from './target.ts'

/** What one sweep measures, and on what. */
export interface SweepRequest {
  readonly table: TargetTable
  readonly truth: GroundTruth
  /** Digest of the table's contents that the truth was made from. */
  readonly collection: string
  readonly axes: SweepAxes
  readonly tolerance: number
  /** Whether nobody else uses the engine, so that all it counts is ours. */
  readonly alone: boolean
  /** Longest time for one setting, in milliseconds. */
  readonly budget: number
  readonly signal?: AbortSignal
  readonly progress?: (share: number) => void
}

/** What a sweep found. */
export type SweepResult = Pick<
  TrackReport,
  'rows' | 'dimension' | 'collection' | 'changed' | 'index' | 'idle' | 'repeatRatio' | 'cells' | 'cold' | 'peakBytes'
>

/** Settings take turns in so many rounds: whatever slows the machine for a while slows them all. */
const ROUNDS = 5
/** Questions asked before a setting's first round, and not counted. */
const WARM_UP = 10

/** Measures every setting of a sweep, each with the engine's word on how it answered; what is in doubt is withheld. */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const { table, collection } = request
  const idle = await watchIdle(500)
  const index = await table.index()
  const indexed = index.state !== 'none'
  const results = sweepCells(request.axes, indexed).map((cell) => new CellResult(cell))
  const stale = (await table.digest()) !== collection
  if (!stale) {
    await warmUp(request, results)
    for (let round = 0; round < ROUNDS; round++) await oneRound(request, results, round)
    for (const result of results) result.witness(await table.prove(exampleAsk(request, result.cell)))
  }
  const changed = stale || (await table.digest()) !== collection
  if (changed) {
    for (const result of results) result.doubt('the table is no longer the one that the exact answers were taken from')
  }
  const cells: CellReport[] = []
  for (const result of results) cells.push(await result.report(request))
  const efforts = changed ? [] : (['exact', ...(indexed ? [middle(request.axes.efforts)] : [])] as const)
  const cold: ColdReport[] = []
  for (const effort of efforts) {
    const one = await measureCold(request, effort)
    if (one) cold.push(one)
  }
  return {
    rows: await table.rows(),
    dimension: await table.dimension(),
    collection,
    changed,
    // Looked at again: what it takes in memory is only known once it was searched.
    index: { ...index, memoryBytes: (await table.index()).memoryBytes },
    idle,
    repeatRatio: changed ? null : await repeatRatio(request, indexed ? middle(request.axes.efforts) : 'exact'),
    cells,
    cold,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function warmUp(request: SweepRequest, results: readonly CellResult[]): Promise<void> {
  const places = lastPlaces(request.truth, WARM_UP)
  for (const [index, { cell }] of results.entries()) {
    const pass = passOf(index, ROUNDS)
    await askRound({ ...request, ...request.truth, cell, places, pass, budget: request.budget / ROUNDS })
  }
}

/** One chunk of the questions through every setting, each round beginning with another one. */
async function oneRound(request: SweepRequest, results: readonly CellResult[], round: number): Promise<void> {
  const { truth, table, budget, progress } = request
  const places = chunk(truth.queries.length, round)
  for (let turn = 0; turn < results.length; turn++) {
    const place = (turn + round) % results.length
    const result = results[place] as CellResult
    result.witness(await table.prove(exampleAsk(request, result.cell)))
    const input = {
      ...request,
      queries: truth.queries,
      cell: result.cell,
      places,
      pass: passOf(place, round),
      budget: budget / ROUNDS,
    }
    const before = await table.counters()
    result.load.start()
    const { answered, milliseconds } = await askRound(input)
    result.load.stop()
    const after = await table.counters()
    result.add(answered, milliseconds)
    if (before && after) result.count(difference(before, after), answered.length, request.alone)
    progress?.((round * results.length + turn + 1) / (ROUNDS * results.length))
  }
}

function difference(before: Counters, after: Counters): Counters {
  return {
    indexSearches: after.indexSearches - before.indexSearches,
    visited: after.visited - before.visited,
    cacheHits: after.cacheHits - before.cacheHits,
  }
}

/** Every setting asks every question in bytes of its own. */
function passOf(cell: number, round: number): number {
  return cell * (ROUNDS + 1) + round
}

/** Places of one round's questions: each question belongs to exactly one round. */
function chunk(queries: number, round: number): number[] {
  const edge = (index: number) => Math.floor((queries * index) / ROUNDS)
  return Array.from({ length: edge(round + 1) - edge(round) }, (_, index) => edge(round) + index)
}

function lastPlaces({ queries }: GroundTruth, count: number): number[] {
  const all = queries.map((_, index) => index)
  return all.slice(-count)
}

function exampleAsk({ truth }: SweepRequest, { k, effort, share }: Cell): Ask {
  const query = truth.queries[0]
  return { vector: query?.vector ?? new Float32Array(), k: k + (query?.exclude ? 1 : 0), effort, share }
}

function middle(efforts: readonly number[]): number {
  return efforts[Math.floor((efforts.length - 1) / 2)] as number
}
