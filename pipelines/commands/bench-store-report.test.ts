import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@promptloom/store/store'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { reportOnStore } from './bench-store-report.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-store-report-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a store that no other stage has filled gets its report, without a ledger', async () => {
  {
    await using store = await openStore({ kind: 'embedded', path: join(folder, 'store') })
    await store.table('text').ensure(8)
    await store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, model, prompt_vector)
      SELECT toString(number), 'p', 'bench', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(8)) FROM numbers(300)`)
    await store.table('text').buildIndex({ interval: 20 })
  }
  const brief = { queries: 5, efforts: [64], clients: [1], filters: [] }
  const page = await reportOnStore(folder, {}, brief)
  expect(page).toBe(join(folder, 'reports', 'latest.html'))
  expect(await readFile(page, 'utf8')).toContain('text-to-text')
  const report = JSON.parse(await readFile(join(folder, 'reports', 'latest.json'), 'utf8'))
  expect(report).toMatchObject({ ledger: [], cutoffs: [], tracks: [{ name: 'text-to-text', rows: 300 }] })
})

test('a folder without a store is the user’s mistake', async () => {
  await expect(reportOnStore(join(folder, 'nowhere'))).rejects.toMatchObject({ exitCode: 2 })
  await expect(reportOnStore(join(folder, 'nowhere'))).rejects.toThrow(/There is no store in .*nowhere/)
})
