import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planRun } from '@promptloom/runner/planning'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedRows, embeddedRows } from './embedded-rows.double.ts'
import { loadOptions } from './options.ts'
import { loadStage } from './stage.ts'

const SHARDS = { 'text-00000': 40, 'text-00001': 30 }
const SHARD_NAMES = Object.keys(SHARDS)

let folder: string
/** Loaded once; most tests begin with a copy. */
let loaded: string
let first: unknown
let workspace: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-load-'))
  loaded = workspace = join(folder, 'loaded')
  first = await load({ shards: SHARDS })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function startAnew(): Promise<void> {
  workspace = await mkdtemp(join(folder, 'new-'))
}

async function startLoaded(): Promise<void> {
  await startAnew()
  await cp(loaded, workspace, { recursive: true })
}

function pipeline(rows: EmbeddedRows): BoundStage[] {
  return [embeddedRows(rows), { stage: loadStage as Stage<unknown>, options: loadOptions.parse({}) }]
}

async function load(rows: EmbeddedRows) {
  const result = await run({ workspace, pipeline: pipeline(rows) })
  expect(result.stages.flatMap((stage) => stage.failures)).toEqual([])
  return result.stages[1]
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  return await work(store)
}

const counts = (store: Store) =>
  store.database.rows(`SELECT shard, toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids, any(model) AS model
    FROM promptloom.prompt_text GROUP BY shard ORDER BY shard`)

test('loads every shard once, and a second run does nothing', async () => {
  expect(first).toMatchObject({ ran: 2, outcomes: { ok: 70 } })
  await startLoaded()
  const rows = { shards: { ...SHARDS, 'image-00000': 5 } }
  expect(await load(rows)).toMatchObject({ ran: 1, skipped: 2 })
  expect(await load(rows)).toMatchObject({ ran: 0, skipped: 3 })
  await inStore(async (store) => {
    expect(await counts(store)).toEqual([
      { shard: 'text-00000', rows: 40, ids: 40, model: 'model-a' },
      { shard: 'text-00001', rows: 30, ids: 30, model: 'model-a' },
    ])
    expect(await store.table('image').count()).toBe(5)
    expect(
      await store.database.row(
        "SELECT sha256, duplicate_of, run FROM promptloom.prompt_image WHERE id = 'image-00000-3'",
      ),
    ).toMatchObject({ sha256: 'image-00000-3', duplicate_of: '' })
  })
})

test('planning creates no store, and says what a thrown-away database lacks', async () => {
  await startAnew()
  const rows = { shards: { 'text-00000': 40 } }
  await run({ workspace, pipeline: pipeline(rows), to: 'embed' })
  await planRun({ workspace, pipeline: pipeline(rows) })
  expect(existsSync(join(workspace, 'store'))).toBe(false)
  await load(rows)
  await inStore((store) => store.table('text').drop())
  const [, plan] = await planRun({ workspace, pipeline: pipeline(rows) })
  expect(plan?.run).toEqual([{ shard: 'text-00000', rows: 40, reason: 'the table holds 0 of 40 rows' }])
  await rm(join(workspace, 'store'), { recursive: true })
  expect(await load(rows)).toMatchObject({ ran: 1 })
  await inStore(async (store) => expect(await store.table('text').count()).toBe(40))
})

test('rows that were deleted or doubled behind its back are put right', async () => {
  await startLoaded()
  const rows = { shards: SHARDS }
  await inStore(async (store) => {
    await store.database.command("DELETE FROM promptloom.prompt_text WHERE id = 'text-00000-7'")
    await store.database.command(
      "INSERT INTO promptloom.prompt_text SELECT * FROM promptloom.prompt_text WHERE id = 'text-00001-7'",
    )
  })
  expect(await load(rows)).toMatchObject({ ran: 2 })
  await inStore(async (store) =>
    expect(await counts(store)).toMatchObject([
      { rows: 40, ids: 40 },
      { rows: 30, ids: 30 },
    ]),
  )
})

test('a changed shard is replaced, a vanished one removed, the others stay as they were', async () => {
  await startLoaded()
  expect(await load({ shards: { 'text-00001': 33, 'text-00002': 5 } })).toMatchObject({ ran: 2, removed: 1 })
  expect(await load({ shards: { 'text-00001': 33 } })).toMatchObject({ ran: 0, skipped: 1, removed: 1 })
  await inStore(async (store) => expect(await counts(store)).toMatchObject([{ shard: 'text-00001', rows: 33 }]))
})

test('vectors of another model fill a fresh table, which takes the place of the old one at once', async () => {
  await startLoaded()
  const other = { shards: SHARDS, model: 'model-b', dimension: 16 }
  expect(await load(other)).toMatchObject({ ran: 3, removed: 1 })
  await inStore(async (store) => {
    expect(await counts(store)).toMatchObject([
      { rows: 40, model: 'model-b' },
      { rows: 30, model: 'model-b' },
    ])
    expect(await store.table('text').dimension()).toBe(16)
    expect(await store.table('text').next.dimension()).toBeUndefined()
  })
  expect(await load(other)).toMatchObject({ ran: 0, removed: 0 })
})

test('an interrupted rebuild leaves the old rows in place, goes on where it stopped, and can be abandoned', async () => {
  await startLoaded()
  const changed = { shards: SHARDS, model: 'model-b' }
  const old = SHARD_NAMES.map(() => ({ model: 'model-a' }))
  const controller = new AbortController()
  await run({
    workspace,
    pipeline: pipeline(changed),
    signal: controller.signal,
    listener: (event) => {
      if (event.type === 'shard-done' && event.stage === 'load') controller.abort(new Error('stop'))
    },
  })
  await inStore(async (store) => {
    expect(await counts(store)).toMatchObject(old)
    expect((await store.table('text').next.holding()).models).toEqual(['model-b'])
  })
  await load({ shards: SHARDS })
  await inStore(async (store) => {
    expect(await counts(store)).toMatchObject(old)
    expect(await store.table('text').next.dimension()).toBeUndefined()
  })
  await load(changed)
  await inStore(async (store) =>
    expect(await counts(store)).toMatchObject(SHARD_NAMES.map(() => ({ model: 'model-b' }))),
  )
})

test('a table that another workspace filled is left alone', async () => {
  await startLoaded()
  const other = await mkdtemp(join(folder, 'other-'))
  const store = { kind: 'embedded', path: join(workspace, 'store') }
  const stage = { stage: loadStage as Stage<unknown>, options: loadOptions.parse({ store }) }
  const pipelineOf = (rows: EmbeddedRows) => [embeddedRows(rows), stage]
  const foreign = run({ workspace: other, pipeline: pipelineOf({ shards: { 'text-00000': 10 }, salt: 5 }) })
  await expect(foreign).rejects.toThrow(/already holds 70 rows that this workspace has not loaded/)
  await expect(foreign).rejects.toMatchObject({ exitCode: 2 })
  await inStore(async (open) => expect(await open.table('text').count()).toBe(70))
  // The same rows, in a workspace that was made anew: nothing to do but to take them for loaded.
  const same = await run({ workspace: other, pipeline: pipelineOf({ shards: SHARDS }) })
  expect(same.exitCode).toBe(0)
})
