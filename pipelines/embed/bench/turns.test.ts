import { expect, it } from 'vitest'
import type { Measurement } from './measurement.ts'
import { type Contender, takeTurns } from './turns.ts'

const measured: Measurement = { rows: 1, seconds: 1, cpuSeconds: 1 }

function contender(name: string, log: string[], warms = false): Contender {
  const run = async () => {
    log.push(name)
    return { ...measured, rows: log.length }
  }
  const warm = async () => void log.push(`warm ${name}`)
  return warms ? { name, run, warm } : { name, run }
}

it('contenders are warmed first, then take turns, each round beginning with another one', async () => {
  const log: string[] = []
  const lines: string[] = []
  const contenders = [contender('a', log), contender('b', log, true), contender('c', log)]
  const results = await takeTurns(contenders, { rounds: 4, listener: (line) => lines.push(line) })
  expect(log.join(' ')).toBe('warm b a b c b c a c a b a b c')
  expect(lines.slice(0, 3)).toEqual(['warming up: b', 'round 1 of 4: a', 'round 1 of 4: b'])
  // In the order of the contenders and of the rounds, whoever began.
  expect([...results.keys()]).toEqual(['a', 'b', 'c'])
  expect(results.get('a')?.map(({ rows }) => rows)).toEqual([2, 7, 9, 11])
})

it('the failure of one is the failure of all', async () => {
  const broken: Contender = { name: 'broken', run: () => Promise.reject(new Error('no luck')) }
  const log: string[] = []
  const turns = takeTurns([contender('a', log), broken, contender('c', log)], { rounds: 2, listener: () => undefined })
  await expect(turns).rejects.toThrow('no luck')
  expect(log).toEqual(['a'])
})
