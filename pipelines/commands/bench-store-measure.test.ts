import { expect, test } from 'vitest'
import { distancesTo, latency, measure } from './bench-store-measure.ts'

const truth = [Array.from({ length: 10 }, (_, at) => at / 100)]
const question = [Float32Array.of(1, 0)]
const recallOf = async (distances: readonly number[]) =>
  (await measure('x', question, async () => distances, truth)).recall

test('one as near as the tenth counts; a short or an empty answer scores as misses', async () => {
  expect(await recallOf(truth[0] as number[])).toBe(1)
  expect(await recallOf(Array(10).fill(0.09))).toBe(1)
  expect(await recallOf([...(truth[0] as number[]).slice(0, 9), 0.5])).toBe(0.9)
  expect(await recallOf([0, 0.01])).toBe(0.2)
  expect(await recallOf([])).toBe(0)
  expect(await recallOf(Array(30).fill(0))).toBe(1)
})

test('percentiles are those of nearest rank', () => {
  const times = Array.from({ length: 100 }, (_, at) => 100 - at)
  expect(latency(times)).toEqual({ p50: 50, p95: 95, p99: 99 })
  expect(latency([7])).toEqual({ p50: 7, p95: 7, p99: 7 })
})

test('distances of unit vectors are cosine distances', () => {
  expect(
    distancesTo(Float32Array.of(1, 0), [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(-1, 0)]),
  ).toEqual([0, 1, 2])
})
