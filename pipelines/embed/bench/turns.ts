import type { Measurement } from './measurement.ts'

/** One of those that do the same work. */
export interface Contender {
  readonly name: string
  /** Does a part of the work before anything is measured; left out where each run warms itself. */
  readonly warm?: () => Promise<unknown>
  readonly run: () => Promise<Measurement>
}

/** How contenders are measured. */
export interface TurnOptions {
  readonly rounds: number
  /** Told what begins. */
  readonly listener: (line: string) => void
}

/**
 * Lets all contenders run by turns, so that what disturbs one round disturbs them all; each round begins with another
 * one. Gives the measurements of each by its name, in the order of rounds.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  { rounds, listener }: TurnOptions,
): Promise<ReadonlyMap<string, Measurement[]>> {
  for (const { name, warm } of contenders) {
    if (!warm) continue
    listener(`warming up: ${name}`)
    await warm()
  }
  const results = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length
    for (const { name, run } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      listener(`round ${round + 1} of ${rounds}: ${name}`)
      results.get(name)?.push(await run())
    }
  }
  return results
}
