import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@promptloom/store/store'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { define } from './store.ts'

let workspace: string
const said: string[] = []
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-store-command-'))
  said.length = 0
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(workspace, { recursive: true, force: true })
})

async function call(...words: string[]): Promise<void> {
  const command = new Command('store').exitOverride()
  define(command)
  await command.parseAsync([...words, '--workspace', workspace], { from: 'user' })
}

async function fill(): Promise<void> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  const table = store.table('text')
  await table.ensure(4)
  await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, prompt_vector)
    SELECT toString(number), 'p', 'model-a', [1, number, 0, 0] FROM numbers(1234)`)
}

test('status shows tables, rows and index, for people and for machines', async () => {
  await fill()
  await call('status')
  expect(said.join('\n')).toMatch(/prompt_text .* 1,234 .* 4 .* model-a .* none: searches are exact/)
  await call('status', '--json')
  expect(JSON.parse(said.at(-1) as string)).toMatchObject({ engine: 'embedded', tables: [{ rows: 1234 }] })
})

test('drop asks first, and says what it would drop', async () => {
  await fill()
  await expect(call('drop')).rejects.toThrow(/would drop promptloom.prompt_text \(1,234 rows\)\. Say --yes/)
  await expect(call('drop', '--table', 'images', '--yes')).rejects.toThrow(/no table "images"/)
  await call('drop', '--yes')
  await call('status')
  expect(said.at(-1)).toContain('No tables yet')
  await expect(call('drop', '--yes')).rejects.toMatchObject({ exitCode: 2 })
})

test('export writes a file a table, and replaces none without being told', async () => {
  await fill()
  const folder = join(workspace, 'backup')
  await call('export', folder)
  expect(await readdir(folder)).toEqual(['text.parquet'])
  await expect(call('export', folder)).rejects.toThrow(/is there already; say --force/)
  await call('export', folder, '--force')
})
