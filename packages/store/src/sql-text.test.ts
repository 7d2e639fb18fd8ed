import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { fill, sqlNames, sqlText } from './sql-text.ts'
import { StoreStateError } from './store-error.ts'

describe('fill', () => {
  test.each([
    ['a placeholder, as often as it stands', 'SELECT {{a}}, {{a}}', { a: 'x' }, 'SELECT x, x'],
    ['a number', 'LIMIT {{n}}', { n: 0 }, 'LIMIT 0'],
    ['an empty clause, and its line goes', 'SELECT 1\n{{where}}\nLIMIT 2', { where: '' }, 'SELECT 1\nLIMIT 2'],
    ['an empty clause within a line', 'CREATE TABLE t {{on}}\n(id String)', { on: '' }, 'CREATE TABLE t \n(id String)'],
    ['nothing, where nothing is asked for', 'SELECT 1', {}, 'SELECT 1'],
    ['a part with a dollar sign, as it is', 'SELECT {{a}}', { a: '$& $1' }, 'SELECT $& $1'],
    ['a part that looks like a placeholder, as it is', 'SELECT {{a}}', { a: '{{b}}' }, 'SELECT {{b}}'],
    ['no bound parameter: those are the engine’s', 'WHERE id = {id:String}', { id: 'x' }, 'WHERE id = {id:String}'],
  ])('fills in %s', (_, text, parts, expected) => {
    expect(fill(text, parts as Record<string, string | number>)).toBe(expected)
  })

  test.each([
    ['comment lines', '-- why\nSELECT 1\n-- and how', 'SELECT 1'],
    ['empty lines', '\nSELECT 1\n\n\nFROM t\n', 'SELECT 1\nFROM t'],
    ['the last semicolon', 'SELECT 1;\n', 'SELECT 1'],
  ])('drops %s', (_, text, expected) => {
    expect(fill(text, {})).toBe(expected)
  })

  test('a placeholder without a part is named', () => {
    expect(() => fill('SELECT {{column}} FROM {{table}}', { table: 't' })).toThrow(
      new StoreStateError('An SQL file asks for {{column}}, which nobody gives.'),
    )
  })
})

describe('the files', () => {
  test('are listed in the order of their numbers, without ending', async () => {
    const names = await sqlNames('migrations/text')
    expect(names).toEqual([...names].sort())
    expect(names[0]).toBe('0001-prompts')
  })

  test('are read by name, and one that is missing is an error', async () => {
    expect(await sqlText('migrations/record')).toContain('{{record}}')
    await expect(sqlText('queries/none')).rejects.toThrow(/ENOENT/)
  })

  test('ask for nothing but what tables are made of, and migrations say what they are for', async () => {
    const folder = new URL('../../../sql/migrations/', import.meta.url)
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.sql'))
    expect(files.length).toBeGreaterThan(4)
    const parts = { table: 'db.t', on_cluster: '', engine: 'MergeTree', granularity: 32, dimension: 4, record: 'db.r' }
    for (const name of files) {
      const text = await readFile(new URL(name, folder), 'utf8')
      expect(text, name).toMatch(/^-- [A-Z]/)
      expect(fill(text, parts), name).not.toMatch(/--|\{\{/)
    }
  })
})
