import { expect, test } from 'vitest'
import {
  benchQuestions,
  benchRows,
  DIMENSION,
  RARE_WIDTH,
  rowNumber,
  rowsOfShard,
  shardVectors,
} from './bench-store-rows.ts'

test('each row is named by its number, and tells it again', () => {
  const { id, prompt, width, parents } = benchRows(12_340_000, { vectors: new Float32Array(6), dimension: 2 })
  expect(id).toEqual(['row-012340000', 'row-012340001', 'row-012340002'])
  expect(id.map(rowNumber)).toEqual([12_340_000, 12_340_001, 12_340_002])
  expect(new Set(prompt).size).toBe(3)
  expect([width.length, parents.length]).toEqual([3, 3])
})

test('questions are of unit length, the same each time, no two alike', () => {
  const questions = benchQuestions(5)
  expect(questions).toEqual(benchQuestions(5))
  for (const question of questions) {
    expect(question).toHaveLength(DIMENSION)
    expect(Math.hypot(...question)).toBeCloseTo(1, 5)
  }
  expect(new Set(questions.map(([first]) => first)).size).toBe(5)
})

test('one row in a hundred is found by its width, wherever the batch begins', () => {
  const { width, id } = benchRows(10_050, { vectors: new Float32Array(400), dimension: 2 })
  const rare = id.filter((_, at) => width[at] === RARE_WIDTH)
  expect(rare).toEqual(['row-000010100', 'row-000010200'])
})

test('a short shard is the beginning of a long one, and shards differ', () => {
  const [three, two] = [shardVectors(10_000, 3), shardVectors(10_000, 2)]
  expect(three).toHaveLength(3 * DIMENSION)
  expect(three.subarray(0, 2 * DIMENSION)).toEqual(two)
  expect(shardVectors(20_000, 1)).not.toEqual(shardVectors(10_000, 1))
})

test('rows are cut into shards, of which the last may be shorter', () => {
  expect([0, 1, 2].map((at) => rowsOfShard(at, 20_300))).toEqual([10_000, 10_000, 300])
})
