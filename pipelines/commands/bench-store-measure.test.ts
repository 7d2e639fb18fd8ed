import { expect, test } from 'vitest'
import { askByTurns, distancesTo, figures, latency } from './bench-store-measure.ts'

const truth = [Array.from({ length: 10 }, (_, at) => at / 100)]
const recallOf = (distances: readonly number[]) =>
  figures({ name: 'x', questions: [0], answers: [distances], times: [1] }, truth).recall

test('one as near as the tenth counts; a short or an empty answer scores as misses', () => {
  expect(recallOf(truth[0] as number[])).toBe(1)
  expect(recallOf(Array(10).fill(0.09))).toBe(1)
  expect(recallOf([...(truth[0] as number[]).slice(0, 9), 0.5])).toBe(0.9)
  expect(recallOf([0, 0.01])).toBe(0.2)
  expect(recallOf([])).toBe(0)
  expect(recallOf(Array(30).fill(0))).toBe(1)
})

test('answers are judged by the questions that were asked, when only every so many were', () => {
  const two = [Array(10).fill(0.1), Array(10).fill(0.9)]
  const answers = { name: 'x', questions: [1], answers: [Array(10).fill(0.5)], times: [2] }
  expect(figures(answers, two)).toEqual({ name: 'x', recall: 1, p50: 2, p95: 2, p99: 2 })
  expect(figures({ ...answers, questions: [0] }, two).recall).toBe(0)
})

test('contenders are asked by turns, each question once after the warm-up', async () => {
  const asked: string[] = []
  const contender = (name: string, every?: number) => ({
    name,
    ...(every === undefined ? {} : { every }),
    ask: async ([number]: Float32Array) => {
      asked.push(`${name}${number}`)
      return number
    },
  })
  const questions = Array.from({ length: 4 }, (_, at) => Float32Array.of(at))
  const turns = await askByTurns([contender('a'), contender('b', 2)], questions, { warmUp: 2 })
  expect(asked).toEqual(['a0', 'a1', 'b0', 'a0', 'b0', 'a1', 'a2', 'b2', 'a3'])
  expect(turns).toMatchObject([
    { name: 'a', questions: [0, 1, 2, 3], answers: [0, 1, 2, 3] },
    { name: 'b', questions: [0, 2], answers: [0, 2] },
  ])
  expect(turns.map(({ times }) => times.length)).toEqual([4, 2])
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
