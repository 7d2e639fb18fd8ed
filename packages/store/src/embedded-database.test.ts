import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Capabilities } from './capabilities.ts'
import { openStore } from './store.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-embedded-database-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const path = () => join(folder, 'store')
async function capabilities(...arguments_: string[]): Promise<Capabilities> {
  await using store = await openStore({ kind: 'embedded', path: path(), arguments: arguments_ })
  return store.capabilities
}

test('the engine of this process is asked once what it can do, and again when it starts with other arguments', async () => {
  const first = await capabilities()
  expect(await capabilities()).toBe(first)
  const other = await capabilities('--hnsw_candidate_list_size_for_search=77')
  expect(other.settings.get('hnsw_candidate_list_size_for_search')).toBe('77')
  expect(first.settings.get('hnsw_candidate_list_size_for_search')).toBe('256')
  expect(await capabilities()).toBe(first)
})
