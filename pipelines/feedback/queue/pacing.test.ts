import { describe, expect, it } from 'vitest'
import { CallRate, Patience } from './pacing.ts'

const never = new AbortController().signal

describe('calls a minute', () => {
  const waits = async (perMinute: number | undefined, nows: readonly number[]) => {
    const waited: number[] = []
    let now = 0
    const rate = new CallRate(perMinute, { now: () => now, pause: async (ms) => void waited.push(ms) })
    for (now of nows) await rate.turn(never)
    return waited
  }

  it.each<[string, number | undefined, number[], number[]]>([
    ['are spaced out evenly from the second on', 30, [0, 0, 0], [2_000, 4_000]],
    ['wait only for what is left of their turn', 30, [0, 1_500, 9_000, 9_000], [500, 2_000]],
    ['do not wait without a limit', undefined, [0, 0, 0], []],
  ])('%s', async (_, perMinute, nows, expected) => expect(await waits(perMinute, nows)).toEqual(expected))

  it('end with the run', async () => {
    const rate = new CallRate(1)
    const stop = new AbortController()
    await rate.turn(stop.signal)
    const waiting = rate.turn(stop.signal)
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
  })
})

describe('patience', () => {
  it('ends after five failures in a row, and not before', () => {
    const patience = new Patience()
    for (let at = 0; at < 4; at++) patience.failed()
    expect(patience.isOver).toBe(false)
    patience.failed()
    expect(patience.isOver).toBe(true)
  })

  it('begins anew with every answer', () => {
    const patience = new Patience()
    for (let at = 0; at < 20; at++) {
      patience.failed()
      if (at % 4 === 3) patience.answered()
    }
    expect(patience.isOver).toBe(false)
  })
})
