import { expect, test } from 'vitest'
import { cachedResolver } from './resolver.ts'

test('finds a name that only this machine knows, with the family of each address', async () => {
  const found = await cachedResolver()('localhost')
  expect(found.length).toBeGreaterThan(0)
  for (const { address, family } of found)
    expect([address, family]).toEqual(address === '::1' ? ['::1', 6] : ['127.0.0.1', 4])
})

test('answers a name again without asking again, and asks once for many at the same time', async () => {
  const resolve = cachedResolver()
  const all = await Promise.all(Array.from({ length: 50 }, () => resolve('localhost')))
  expect(new Set(all.map((found) => JSON.stringify(found.map(({ address }) => address)))).size).toBe(1)
})
