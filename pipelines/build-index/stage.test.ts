import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planRun } from '@promptloom/runner/planning'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { openStore, type Store } from '@promptloom/store/store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedRows, embeddedRows } from '../load/embedded-rows.double.ts'
import { loadOptions } from '../load/options.ts'
import { loadStage } from '../load/stage.ts'
import { buildIndexOptions, graphOf } from './options.ts'
import { buildIndexStage } from './stage.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-index-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

function pipeline(rows: EmbeddedRows, options: object = {}): BoundStage[] {
  return [
    embeddedRows(rows),
    { stage: loadStage as Stage<unknown>, options: loadOptions.parse({}) },
    { stage: buildIndexStage as Stage<unknown>, options: buildIndexOptions.parse(options) },
  ]
}

async function index(rows: EmbeddedRows, options: object = {}) {
  const result = await run({ workspace, pipeline: pipeline(rows, options) })
  expect(result.stages.flatMap((stage) => stage.failures)).toEqual([])
  return result.stages[2]
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  return await work(store)
}

test('indexes each table that has rows, once', async () => {
  const rows = { shards: { 'text-00000': 300, 'text-00001': 200, 'image-00000': 100 } }
  expect(await index(rows)).toMatchObject({ ran: 2, outcomes: { ok: 600 } })
  expect(await index(rows)).toMatchObject({ ran: 0, skipped: 2 })
  await inStore(async (store) => {
    const state = await store.table('text').indexState()
    expect(state).toMatchObject({ status: 'built', rows: 500, indexedRows: 500, parts: 1 })
    expect(state.definition).toContain("'i8', 24, 96")
    const [sample] = await store.table('text').sample(1)
    const answer = await store.table('text').search({ vector: sample?.vector ?? [], k: 5, mode: 'indexed' })
    expect(answer).toMatchObject({ used: 'index', hits: [{ id: sample?.id }, {}, {}, {}, {}] })
  })
})

test('a few new rows are found at once beside the index; many extend it', async () => {
  const first = { 'text-00000': 1000 }
  await index({ shards: first })
  const few = { ...first, 'text-00001': 10 }
  expect(await index({ shards: few })).toMatchObject({ ran: 1 })
  await inStore(async (store) => {
    const table = store.table('text')
    expect(await table.indexState()).toMatchObject({ status: 'partial', rows: 1010, indexedRows: 1000 })
    const vector = (await table.vectorOf('text-00001-3')) ?? []
    const answer = await table.search({ vector, k: 3, mode: 'indexed' })
    expect(answer).toMatchObject({ used: 'index', reason: 'HNSW index; 10 newer rows were looked at exactly' })
    expect(answer.hits.map((hit) => hit.distance)[0]).toBeCloseTo(0, 5)
  })
  await index({ shards: { ...few, 'text-00002': 20 } }, { looseRows: 15 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 1030 }),
  )
  await index({ shards: { ...few, 'text-00002': 20, 'text-00003': 900 } }, { looseRows: 15 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 1930, parts: 1 }),
  )
})

test('an index that somebody dropped is made again, and one with other parameters replaces the old', async () => {
  const rows = { shards: { 'text-00000': 300 } }
  await index(rows)
  await inStore((store) => store.table('text').dropIndex())
  const plans = await planRun({ workspace, pipeline: pipeline(rows) })
  expect(plans[2]?.run).toEqual([{ shard: 'text', rows: 300, reason: 'the index is gone' }])
  expect(await index(rows)).toMatchObject({ ran: 1 })
  expect(await index(rows, { hnsw: { quantization: 'bf16', connections: 16, candidates: 64 } })).toMatchObject({
    ran: 1,
  })
  await inStore(async (store) => {
    const state = await store.table('text').indexState()
    expect(state).toMatchObject({ status: 'built', indexedRows: 300 })
    expect(state.definition).toContain("'bf16', 16, 64")
  })
})

test('a preset builds its graph; the same graph said in other words builds nothing', async () => {
  const rows = { shards: { 'text-00000': 300 } }
  await index(rows, { preset: 'fast' })
  await inStore(async (store) => {
    const { status, definition } = await store.table('text').indexState()
    expect(status).toBe('built')
    expect(definition).toContain("'i8', 16, 64")
  })
  expect(await index(rows, { hnsw: { connections: 16, candidates: 64 } })).toMatchObject({ ran: 0, skipped: 1 })
  const [, , plan] = await planRun({ workspace, pipeline: pipeline(rows) })
  expect(plan?.run).toMatchObject([{ shard: 'text', rows: 300 }])
})

test('parts of a load wait for the build, and background merges come back after it', async () => {
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
  const shards = { 'text-00000': 300 }
  await index({ shards })
  expect(await index({ shards, model: 'model-b', dimension: 16 })).toMatchObject({ ran: 1 })
  await inStore(async (store) =>
    expect(await store.table('text').indexState()).toMatchObject({ status: 'built', indexedRows: 300 }),
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
