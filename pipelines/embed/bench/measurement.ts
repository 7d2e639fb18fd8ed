import { type Spread, spread } from '../../measurement/spread.ts'
import { timed } from '../../measurement/timing.ts'

/** What one contender took for one round. */
export interface Measurement {
  readonly rows: number
  readonly seconds: number
  /** Processor seconds of all its threads: on a shared machine they say more than the clock. */
  readonly cpuSeconds: number
}

/** A contender's rounds in one line: rates a second and a processor second, as median, least and most. */
export interface Rates {
  readonly name: string
  readonly rows: number
  readonly perSecond: Spread
  readonly perCpuSecond: Spread
}

/** Times some work on this process's clock and processors. */
export async function measure(rows: number, work: () => Promise<unknown>): Promise<Measurement> {
  const { seconds, processorSeconds } = await timed(work)
  return { rows, seconds, cpuSeconds: processorSeconds }
}

/** Sums up the rounds of a contender. */
export function rates(name: string, rounds: readonly Measurement[]): Rates {
  return {
    name,
    rows: rounds[0]?.rows ?? 0,
    perSecond: spread(rounds.map(({ rows, seconds }) => rows / seconds)),
    perCpuSecond: spread(rounds.map(({ rows, cpuSeconds }) => rows / cpuSeconds)),
  }
}

/** How many times as fast one contender is as another, by the clock and by processor time. */
export interface Comparison {
  readonly name: string
  readonly byClock: Spread
  readonly byProcessor: Spread
  /** What the ratio should be at least. */
  readonly aim?: number
}

/** The ratios of two contenders' rates, round by round: what disturbs a round disturbs both. */
export function compare(
  name: string,
  [a, b]: readonly [readonly Measurement[], readonly Measurement[]],
  aim?: number,
): Comparison {
  const ratios = (of: 'seconds' | 'cpuSeconds') => {
    const rate = (one: Measurement) => one.rows / one[of]
    return spread(a.map((one, round) => rate(one) / rate(b[round] as Measurement)))
  }
  return { name, byClock: ratios('seconds'), byProcessor: ratios('cpuSeconds'), ...(aim === undefined ? {} : { aim }) }
}

/** The same rows through one contender and then through another. */
export function oneAfterTheOther(first: readonly Measurement[], second: readonly Measurement[]): Measurement[] {
  return first.map((one, round) => {
    const { seconds, cpuSeconds } = second[round] as Measurement
    return { rows: one.rows, seconds: one.seconds + seconds, cpuSeconds: one.cpuSeconds + cpuSeconds }
  })
}
