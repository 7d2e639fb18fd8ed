import { expect, test } from 'vitest'
import { PROMPT_SCHEMA } from './prompt-table.ts'
import { imageSchema, textSchema } from './vector-schema.ts'

test('a vector table has the prompt columns first, then its own, and its vector last', () => {
  const prompt = Object.keys(PROMPT_SCHEMA)
  expect(Object.keys(textSchema(3))).toEqual([...prompt, 'model', 'truncated', 'prompt_vector'])
  expect(Object.keys(imageSchema(3))).toEqual([...prompt, 'model', 'sha256', 'duplicate_of', 'image_vector'])
  expect(textSchema(3).prompt_vector).toEqual({ vector: 3 })
  expect(imageSchema(5).image_vector).toEqual({ vector: 5 })
})
