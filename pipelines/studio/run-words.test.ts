import { expect, it } from 'vitest'
import { tellOfRun } from './run-words.ts'

it('somebody who waits for a picture hears of each stage in words, and of nothing else', () => {
  const told: string[] = []
  const listen = tellOfRun((state) => told.push(state))
  for (const stage of ['feedback', 'embed', 'load', 'build-index']) listen({ type: 'stage-start', stage })
  listen({ type: 'shard-start', stage: 'embed', shard: 'text-00000' } as Parameters<typeof listen>[0])
  expect(told).toEqual([
    'checking the pictures',
    'embedding',
    'bringing the rows into the database',
    'running the stage build-index',
  ])
})
