import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { keepRecord, recordedStages } from './bench-store-record.ts'
import { reportOnStore } from './bench-store-report.ts'
import { DIMENSION, writeShards } from './bench-store-rows.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/** Of the bench's own vectors: enough for a graph. */
const ROWS = 300
const BRIEF = { sweep: 'quick' as const, queries: 3, efforts: [64], clients: [1], filters: [] }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-store-report-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A store in a folder of its own, with a text table that is filled as told and indexed. */
async function storeIn(path: string, dimension: number, fill: (store: Store) => Promise<unknown>): Promise<void> {
  await using store = await openStore({ kind: 'embedded', path: join(path, 'store') })
  await store.table('text').ensure(dimension)
  await fill(store)
  await store.table('text').buildIndex({ interval: 20 })
}

async function reportIn(path: string) {
  return JSON.parse(await readFile(join(path, 'reports', 'latest.json'), 'utf8'))
}

describe('a store that no other stage has filled', () => {
  test('gets its report, without a ledger; its model is not named', async () => {
    await storeIn(folder, 8, (store) =>
      store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, model, prompt_vector)
      SELECT toString(number), 'p', 'bench', arrayMap(i -> toFloat32(sin(number * 8.7 + i * i)), range(8)) FROM numbers(300)`),
    )
    const page = await reportOnStore(folder, {}, BRIEF)
    expect(page).toBe(join(folder, 'reports', 'latest.html'))
    const html = await readFile(page, 'utf8')
    expect(html).toContain('text-to-text')
    expect(html).toMatch(/ · model unnamed\s+· run /)
    expect(await reportIn(folder)).toMatchObject({
      ...{ ledger: [], builds: [], cutoffs: [], lifecycle: null },
      ...{ tracks: [{ name: 'text-to-text', rows: 300 }], model: { name: 'unnamed', digest: '' } },
    })
  })

  test('that is not there is the user’s mistake', async () => {
    await expect(reportOnStore(join(folder, 'nowhere'))).rejects.toMatchObject({ exitCode: 2 })
    await expect(reportOnStore(join(folder, 'nowhere'))).rejects.toThrow(/There is no store in .*nowhere/)
  })

  test('is interrupted without a word of success', async () => {
    const signal = AbortSignal.abort()
    await expect(reportOnStore(folder, { signal }, { ...BRIEF, seed: 'another' })).rejects.toMatchObject({
      exitCode: 3,
    })
  })
})

describe('a store that the bench has filled and kept', () => {
  const kept = () => join(folder, 'kept')

  beforeAll(async () => {
    const [path = ''] = await writeShards(ROWS, join(kept(), 'shards'))
    await storeIn(kept(), DIMENSION, (store) =>
      store.table('text').load({ path, shard: 'text-00000', digest: 'd', rows: ROWS, run: 'bench' }),
    )
    const times = { loadSeconds: 2, indexSeconds: 4, storePeakBytes: 1e9 }
    await keepRecord(kept(), { rows: ROWS, index: 'hnsw', ...times })
  })

  test('has its vectors where a copy is made from, and what was done as checkpoints', async () => {
    expect(await readdir(join(kept(), 'embed'))).toEqual(['text-00000.json', 'text-00000.parquet'])
    expect(existsSync(join(kept(), 'shards'))).toBe(false)
    expect(recordedStages(kept()).map(({ stage }) => stage.name)).toEqual(['embed', 'load', 'build-index'])
    expect(recordedStages(folder)).toEqual([])
  })

  test('has load and build in its report, a copy’s life, and says that its vectors are synthetic', async () => {
    const page = await reportOnStore(kept(), {}, { ...BRIEF, lifecycleRows: ROWS })
    expect(await reportIn(kept())).toMatchObject({
      ledger: [
        { stage: 'load', rows: ROWS, seconds: 2, rate: ROWS / 2 },
        { stage: 'build-index', rows: ROWS, seconds: 4 },
      ],
      builds: [{ table: 'text', rows: ROWS, seconds: 4, rate: ROWS / 4, peakBytes: 1e9 }],
      model: { name: 'synthetic vectors', digest: '' },
      lifecycle: { phases: [{ name: 'built' }, { name: 'inserted' }, { name: 'merged' }, { name: 'restarted' }] },
    })
    const html = await readFile(page, 'utf8')
    expect(html).toContain('model synthetic vectors')
    expect(html).toContain('random unit vectors')
    expect(html).not.toMatch(/unnamed|unknown/)
  })
})
