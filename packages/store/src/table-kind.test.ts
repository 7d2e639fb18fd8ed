import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { columnTypes, shapes, structure } from './table-kind.ts'

describe.each(['text', 'image'] as const)('the %s table', (kind) => {
  const { columns, vector } = shapes[kind]

  test('knows the type of each of its columns', () => {
    expect(columns.filter((name) => columnTypes[name] === undefined)).toEqual([])
    expect(columnTypes[vector]).toBe('Array(Float32)')
    expect(columns.at(-1)).toBe(vector)
    expect(new Set(columns).size).toBe(columns.length)
  })

  test('is made by its first migration, column by column and type by type', async () => {
    const file = { text: 'text/0001-prompts', image: 'image/0001-pictures' }[kind]
    const sql = await readFile(new URL(`../../../sql/migrations/${file}.sql`, import.meta.url), 'utf8')
    const made = [...sql.matchAll(/^ {4}(\w+) (?:LowCardinality\((\w+)\)|([\w()]+)),?$/gm)]
    const types = Object.fromEntries(made.map(([, name, inner, plain]) => [name, inner ?? plain]))
    for (const name of columns) expect([name, types[name]]).toEqual([name, columnTypes[name]])
  })
})

test('the structure of a file is its columns with their types', () => {
  expect(structure(['id', 'parents', 'prompt_vector'])).toBe(
    'id String, parents Array(String), prompt_vector Array(Float32)',
  )
})
