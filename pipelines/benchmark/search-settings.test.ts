import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@promptloom/store/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chooseSetting } from './choice.ts'
import { cellReport, trackReport } from './report/report.double.ts'
import { applySearchSettings, readSearchSettings, searchSettingsPath, writeSearchSettings } from './search-settings.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-settings-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const choice = () => {
  const cells = [cellReport({ effort: 'exact', recall: 1, p95: 80 }), cellReport({ effort: 48, recall: 0.995, p95: 4 })]
  const found = chooseSetting(trackReport({ cells, rows: 1500 }), 0.99)
  if (!found) throw new Error('nothing chosen')
  return found
}

test('what the benchmark has chosen is what a search in that workspace does', async () => {
  await writeSearchSettings(workspace, { run: 'r1', targetRecall: 0.99, choices: [choice()] })
  expect(await readSearchSettings(workspace)).toMatchObject({
    run: 'r1',
    tables: { text: { mode: 'indexed', effort: 48 } },
  })
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  const table = store.table('text')
  await table.ensure(16)
  await store.database.command(`INSERT INTO ${table.name} (id, prompt, model, prompt_vector)
    SELECT toString(number), 'p', 'm', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(16)) FROM numbers(1500)`)
  await table.buildIndex()
  const request = { vector: new Float32Array(16).fill(1), k: 5 }
  expect(await table.search(request)).toMatchObject({ used: 'exact' })
  await applySearchSettings(store, workspace)
  expect(await table.search(request)).toMatchObject({ used: 'index', effort: 48 })
})

test('without settings, or with damaged ones, nothing changes', async () => {
  const preferred: unknown[] = []
  const table = () => ({ prefer: (preference: unknown) => preferred.push(preference) }) as never
  await applySearchSettings({ table }, workspace)
  await writeFile(searchSettingsPath(workspace), '{"format":"promptloom-search-settings","formatVersion":2}')
  await applySearchSettings({ table }, workspace)
  expect(preferred).toEqual([])
})
