import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { exportTable } from './table-export.ts'

let folder: string
let server: ClickHouseDouble
let client: ClickHouseClient
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-export-'))
  server = await ClickHouseDouble.start()
  client = server.connect()
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const bytes = (text: string): Answer => ({ raw: (response) => void response.end(text) })
const exported = () =>
  exportTable(
    { database: new Database(client, 'db'), table: 'db.t', columns: ['id', 'prompt'], local: false },
    join(folder, 'out.parquet'),
  )

test('a server’s answer becomes the file, in the order of ids', async () => {
  server.answer(/FORMAT Parquet/, bytes('PAR1 rows and footer PAR1'))
  await exported()
  expect(server.sent(/FORMAT Parquet/)).toEqual(['SELECT id, prompt FROM db.t ORDER BY id FORMAT Parquet'])
  expect(await readdir(folder)).toEqual(['out.parquet'])
  expect(await readFile(join(folder, 'out.parquet'), 'utf8')).toBe('PAR1 rows and footer PAR1')
})

test.each([
  ['cut before its footer', 'PAR1 rows and foo', /ended early after 17 bytes; nothing was kept, so export again\.$/],
  ['empty', '', /ended early after 0 bytes/],
  ['shorter than a mark', 'PA', /ended early after 2 bytes/],
  ['an error in the place of rows', 'Code: 241. Memory limit exceeded', /ended early after 32 bytes/],
])('an answer that is %s is no export, and an older one stays', async (_, text, message) => {
  await writeFile(join(folder, 'out.parquet'), 'an older export')
  server.answer(/FORMAT Parquet/, bytes(text))
  await expect(exported()).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(message) })
  expect(await readdir(folder)).toEqual(['out.parquet'])
  expect(await readFile(join(folder, 'out.parquet'), 'utf8')).toBe('an older export')
})

test('a refusal leaves nothing behind', async () => {
  server.answer(/FORMAT Parquet/, { code: 60, message: 'Table db.t does not exist.' })
  await expect(exported()).rejects.toMatchObject({ code: 60 })
  expect(await readdir(folder)).toEqual([])
})

test('a folder that is not there is said so', async () => {
  server.answer(/FORMAT Parquet/, bytes('PAR1PAR1'))
  await rm(folder, { recursive: true })
  await expect(exported()).rejects.toThrow(/ENOENT/)
})
