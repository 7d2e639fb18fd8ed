import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planRun } from '@promptloom/runner/planning'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedRows, embeddedRows } from '../load/embedded-rows.double.ts'
import { loadOptions } from '../load/options.ts'
import { loadStage } from '../load/stage.ts'
import { buildIndexOptions, graphOf } from './options.ts'
import { buildIndexStage } from './stage.ts'

const SHARDS = { 'text-00000': 300, 'text-00001': 200 }

let folder: string
/** Loaded and indexed once; most tests begin with a copy. */
let indexed: string
let first: unknown
let workspace: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-index-'))
  indexed = workspace = join(folder, 'indexed')
  first = await index({ shards: SHARDS })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function startAnew(): Promise<void> {
  workspace = await mkdtemp(join(folder, 'new-'))
}

async function startIndexed(): Promise<void> {
  await startAnew()
  await cp(indexed, workspace, { recursive: true })
}

function pipeline(rows: EmbeddedRows, options: object = {}): BoundStage[] {
  return [
    embeddedRows(rows),
    { stage: loadStage as Stage<unknown>, options: loadOptions.parse({}) },
    { stage: buildIndexStage as Stage<unknown>, options: buildIndexOptions.parse(options) },
  ]
}

/** Runs the pipeline; where nothing but the index is to be seen to, without opening the store for load. */
async function index(rows: EmbeddedRows, options: object = {}, only?: 'build-index') {
  const result = await run({ workspace, pipeline: pipeline(rows, options), ...(only ? { only } : {}) })
  expect(result.stages.flatMap((stage) => stage.failures)).toEqual([])
  return result.stages.find(({ stage }) => stage === 'build-index')
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  return await work(store)
}

test('indexes each table that has rows, once', async () => {
  expect(first).toMatchObject({ ran: 1, outcomes: { ok: 500 } })
  await startIndexed()
  const rows = { shards: { ...SHARDS, 'image-00000': 100 } }
  expect(await index(rows)).toMatchObject({ ran: 1, skipped: 1 })
  expect(await index(rows, {}, 'build-index')).toMatchObject({ ran: 0, skipped: 2 })
  await inStore(async (store) => {
    const state = await store.table('text').indexState()
    expect(state).toMatchObject({ status: 'built', rows: 500, indexedRows: 500, parts: 1 })
    expect(state.definition).toContain("'i8', 24, 96")
    const [sample] = await store.table('text').sample(1)
    const answer = await store.table('text').search({ vector: sample?.vector ?? [], k: 5, mode: 'indexed' })
    expect(answer).toMatchObject({ used: 'index', hits: [{ id: sample?.id }, {}, {}, {}, {}] })
    expect(await store.table('image').indexState()).toMatchObject({ status: 'built', indexedRows: 100 })
  })
})

test('a few new rows are found at once beside the index; many extend it', async () => {
  await startIndexed()
  const few = { ...SHARDS, 'text-00002': 10 }
  expect(await index({ shards: few })).toMatchObject({ ran: 1 })
  await inStore(async (store) => {
    const table = store.table('text')
    expect(await table.indexState()).toMatchObject({ status: 'partial', rows: 510, indexedRows: 500 })
    const vector = (await table.vectorOf('text-00002-3')) ?? []
    const answer = await table.search({ vector, k: 3, mode: 'indexed' })
    expect(answer).toMatchObject({ used: 'index', reason: 'HNSW index; 10 newer rows were looked at exactly' })
    expect(answer.hits.map((hit) => hit.distance)[0]).toBeCloseTo(0, 5)
  })
  await index({ shards: { ...few, 'text-00003': 20 } }, { looseRows: 15 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 530 }),
  )
  await index({ shards: { ...few, 'text-00003': 20, 'text-00004': 450 } }, { looseRows: 15 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 980, parts: 1 }),
  )
})

test('an index that somebody dropped is made again; another preset replaces it, the same graph in other words does not', async () => {
  await startIndexed()
  const rows = { shards: SHARDS }
  const definition = () =>
    inStore(async (store) => {
      const { status, indexedRows, definition } = await store.table('text').indexState()
      expect({ status, indexedRows }).toEqual({ status: 'built', indexedRows: 500 })
      return definition
    })
  await inStore((store) => store.table('text').dropIndex())
  const plans = await planRun({ workspace, pipeline: pipeline(rows) })
  expect(plans[2]?.run).toEqual([{ shard: 'text', rows: 500, reason: 'the index is gone' }])
  expect(await index(rows, {}, 'build-index')).toMatchObject({ ran: 1 })
  expect(await definition()).toContain("'i8', 24, 96")

  expect(await index(rows, { preset: 'fast' }, 'build-index')).toMatchObject({ ran: 1 })
  expect(await definition()).toContain("'i8', 16, 64")
  const same = { hnsw: { connections: 16, candidates: 64 } }
  expect(await index(rows, same, 'build-index')).toMatchObject({ ran: 0, skipped: 1 })
  const [, , plan] = await planRun({ workspace, pipeline: pipeline(rows) })
  expect(plan?.run).toMatchObject([{ shard: 'text', rows: 500 }])
})

test('parts of a load wait for the build, and background merges come back after it', async () => {
  await startAnew()
  const rows = { shards: { 'text-00000': 60, 'text-00001': 50, 'text-00002': 40 } }
  const settings = (store: Store) =>
    store.database.row<{ held: number }>(
      "SELECT toUInt8(position(engine_full, 'max_bytes_to_merge') > 0) AS held FROM system.tables WHERE name = 'prompt_text'",
    )
  await run({ workspace, pipeline: pipeline(rows), to: 'load' })
  await inStore(async (store) => {
    expect(await store.table('text').indexState()).toMatchObject({ status: 'none', parts: 3, rows: 150 })
    expect(await settings(store)).toEqual({ held: 1 })
  })
  await index(rows)
  await inStore(async (store) => {
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', parts: 1, indexedRows: 150 })
    expect(await settings(store)).toEqual({ held: 0 })
  })
})

test('a rebuild for another model ends with an index over the new vectors', async () => {
  await startIndexed()
  expect(await index({ shards: SHARDS, model: 'model-b', dimension: 16 })).toMatchObject({ ran: 1 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 500 }),
  )
})

describe('the graph', () => {
  test.each([
    [{}, { quantization: 'i8', connections: 24, candidates: 96 }],
    [{ preset: 'fast' }, { quantization: 'i8', connections: 16, candidates: 64 }],
    [
      { preset: 'fast', hnsw: { quantization: 'bf16' } },
      { quantization: 'bf16', connections: 16, candidates: 64 },
    ],
    [{ hnsw: { candidates: 128 } }, { quantization: 'i8', connections: 24, candidates: 128 }],
  ])('of %j is %j', (options, expected) => {
    expect(graphOf(buildIndexOptions.parse(options))).toEqual(expected)
  })

  test('of a preset that does not exist, or beyond what the engine takes, is refused', () => {
    for (const options of [{ preset: 'best' }, { hnsw: { connections: 3 } }, { hnsw: { quantization: 'b1' } }])
      expect(buildIndexOptions.safeParse(options).success).toBe(false)
  })
})
