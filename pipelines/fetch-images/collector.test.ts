import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { SparedCollector } from './collector.ts'

test('what is dropped is gone after the next whole collection, and only then is one made', async () => {
  using collector = new SparedCollector(3)
  const dropped = (() => new WeakRef({ picture: Buffer.alloc(100) }))()
  // A reference that was made or read in this turn of the loop stays alive for the rest of it.
  await new Promise(setImmediate)
  collector.count()
  collector.count()
  expect(collector.collections).toBe(0)
  collector.count()
  expect(collector.collections).toBe(1)
  expect(dropped.deref()).toBeUndefined()
  for (let n = 0; n < 6; n++) collector.count()
  expect(collector.collections).toBe(3)
})

test('nobody else gets to see the collector', () => {
  using collector = new SparedCollector(1)
  collector.count()
  expect(runInNewContext('typeof gc')).toBe('undefined')
})
