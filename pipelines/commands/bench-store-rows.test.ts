import { expect, test } from 'vitest'
import { benchQuestions, benchRows, DIMENSION, rowNumber } from './bench-store-rows.ts'

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
