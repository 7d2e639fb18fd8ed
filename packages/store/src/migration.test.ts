import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fill, sqlNames } from './sql-text.ts'
import { openStore, type Store } from './store.ts'

let folder: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-migration-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const applied = () =>
  store.database.rows<{ file: string; n: string }>(
    'SELECT file, count() AS n FROM promptloom.promptloom_migrations GROUP BY file ORDER BY file',
  )

test('each file is applied once a table and remembered, also after the store was closed', async () => {
  await store.table('text').ensure(4)
  await store.table('text').ensure(4)
  const first = await applied()
  const ours = (await sqlNames('migrations/text')).filter((name) => !name.endsWith('.text-search'))
  expect(first.map(({ file }) => file)).toEqual(ours)
  expect(first.every(({ n }) => Number(n) === 1)).toBe(true)
  await store[Symbol.asyncDispose]()
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  await store.table('text').ensure(4)
  expect(await applied()).toEqual(first)
})

test('a file that was edited after it was applied is refused, by name', async () => {
  await store.table('text').ensure(4)
  await store.database.command(
    "ALTER TABLE promptloom.promptloom_migrations UPDATE sha256 = 'other' WHERE file = '0001-prompts' SETTINGS mutations_sync = 2",
  )
  await expect(store.table('text').ensure(4)).rejects.toThrow(
    /migrations\/text\/0001-prompts\.sql was edited after it was applied .* a new file with the next number/,
  )
})

test('a table made anew is migrated anew, and an exchange of names takes the record along', async () => {
  await store.table('text').ensure(4)
  await store.table('text').next.ensure(8)
  await store.table('text').publish()
  await store.table('text').ensure(8)
  expect(await store.table('text').dimension()).toBe(8)
  await store.table('text').drop()
  await store.table('text').ensure(16)
  expect(await store.table('text').dimension()).toBe(16)
})

test('a table for vectors of one length is not taken for another', async () => {
  await store.table('text').ensure(4)
  await expect(store.table('text').ensure(8)).rejects.toThrow(/holds vectors of 4 values, and 8 were to be loaded/)
})

test('files are numbered without gaps or doubles, the same for every table', async () => {
  for (const kind of ['text', 'image']) {
    const numbers = (await sqlNames(`migrations/${kind}`)).map((name) => Number.parseInt(name, 10))
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
  }
})

test('a placeholder that nobody fills is an error, not an empty word', () => {
  expect(fill('-- why\nSELECT {{a}}\n{{b}}\n;', { a: 1, b: '' })).toBe('SELECT 1')
  expect(() => fill('SELECT {{c}}', { a: 1 })).toThrow(/asks for \{\{c\}\}/)
})
