import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { planRun } from '@promptloom/runner/planning'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { openStore, type Store } from '@promptloom/store/store'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { buildIndexOptions } from '../build-index/options.ts'
import { buildIndexStage } from '../build-index/stage.ts'
import { type EmbeddedRows, embeddedRows } from '../load/embedded-rows.double.ts'
import { loadOptions } from '../load/options.ts'
import { loadStage } from '../load/stage.ts'
import { readReport, reportNames } from './archive.ts'
import { benchmarkOptions } from './options.ts'
import type { Report } from './report/report-schema.ts'
import { benchmarkStage } from './stage.ts'

const ROWS: EmbeddedRows = { shards: { 'text-00000': 800, 'image-00000': 300 }, dimension: 16 }
/** One kind of question, one effort: for tests of what is measured again, not of what is measured. */
const BRIEF = { tracks: ['text-to-text'], queries: 20, efforts: [64], clients: [1], filters: [] }
const QUICK = { queries: 40, cellSeconds: 5, efforts: [32, 128], clients: [1, 2], filters: [0.1] }

// Measuring takes as long as it takes, and more on a machine with other work.
vi.setConfig({ testTimeout: 240_000 })

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-benchmark-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

function pipeline(rows: EmbeddedRows, options: object = {}): BoundStage[] {
  return [
    embeddedRows(rows),
    { stage: loadStage as Stage<unknown>, options: loadOptions.parse({}) },
    { stage: buildIndexStage as Stage<unknown>, options: buildIndexOptions.parse({}) },
    { stage: benchmarkStage as Stage<unknown>, options: benchmarkOptions.parse({ ...QUICK, ...options }) },
  ]
}

/** Runs the pipeline and answers what the benchmark stage did. */
async function benchmark(options: object = {}, rows = ROWS, only?: string) {
  const result = await run({ workspace, pipeline: pipeline(rows, options), ...(only ? { only } : {}) })
  expect(result.stages.flatMap((stage) => stage.failures)).toEqual([])
  return result.stages.find(({ stage }) => stage === 'benchmark')
}

async function inStore(work: (store: Store) => Promise<unknown>): Promise<void> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  await work(store)
}

function trackOf(report: Report, name: string) {
  const track = report.tracks.find((one) => one.name === name)
  if (!track) throw new Error(`no track ${name}`)
  return track
}

async function truthBytes(): Promise<Record<string, string>> {
  const folder = join(workspace, 'benchmark')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet'))
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digest(name)])))
}

test('measures every kind of question, proves the index, and leaves a report and search settings', async () => {
  const stage = await benchmark()
  expect(stage).toMatchObject({ ran: 9, outcomes: { ok: 320 } })
  const report = await readReport(workspace)
  expect(report.tracks.map(({ name }) => name)).toEqual([
    'text-to-text',
    'image-to-image',
    'text-to-image',
    'image-to-text',
  ])
  for (const track of report.tracks) {
    expect(track).toMatchObject({ changed: false, queries: 40, dimension: 16, index: { state: 'built' } })
    expect(track.index.diskBytes).toBeGreaterThan(1000)
    expect(track.cells).toHaveLength(4 + 2)
    const exact = track.cells.find(({ effort, share }) => effort === 'exact' && share === 1)
    expect(exact).toMatchObject({ withheld: null, recall: { mean: 1 }, visited: null })
    const indexed = track.cells.find(({ effort }) => effort === 128)
    expect(indexed).toMatchObject({ withheld: null, byIndex: 1, evidence: 'EXPLAIN indexes = 1 names the HNSW index' })
    expect(indexed?.recall?.mean).toBeGreaterThan(0.9)
    expect(indexed?.visited).toBeGreaterThan(10)
    expect(track.cold.map(({ effort }) => effort)).toEqual(['exact', 32])
  }
  expect(report.ledger.map(({ stage, rows }) => [stage, rows])).toEqual([
    ['embed', 1100],
    ['load', 1100],
    ['build-index', 1100],
  ])
  expect(report.builds.map(({ table, rows }) => [table, rows])).toEqual([
    ['image', 300],
    ['text', 800],
  ])
  expect(report.changes).toEqual(['This is the first report of this workspace.'])
  const settings = JSON.parse(await readFile(join(workspace, 'search-settings.json'), 'utf8'))
  expect(Object.keys(settings.tables)).toEqual(['text', 'image'])
  expect(settings.tables.text).toMatchObject({ track: 'text-to-text', rows: 800, reason: expect.any(String) })
  expect((await readdir(join(workspace, 'reports'))).sort()).toEqual(
    ['html', 'json', 'md'].flatMap((ending) => [`${report.run}.${ending}`, `latest.${ending}`]).sort(),
  )
})

test('measures again only when something that decides the figures has changed', async () => {
  await benchmark(BRIEF)
  const checkpoints = await new CheckpointFolder(workspace, 'benchmark').list()
  expect(checkpoints.map(({ shard, rows, outcomes }) => [shard, rows, outcomes])).toEqual([
    ['1-truth-text-to-text', 20, { ok: 20 }],
    ['2-sweep-text-to-text', 20, { ok: 20 }],
    ['4-report', 0, {}],
  ])
  expect(await benchmark({ ...BRIEF, keep: 5 })).toMatchObject({ ran: 0, skipped: 3 })
  expect(await benchmark({ ...BRIEF, efforts: [32] })).toMatchObject({ ran: 3 })
  const plans = await planRun({ workspace, pipeline: pipeline(ROWS, { ...BRIEF, efforts: [32], repeat: 'always' }) })
  expect(plans.at(-1)?.run.map(({ shard, reason }) => [shard, reason])).toEqual([
    ['2-sweep-text-to-text', expect.stringMatching(/^run is new/)],
  ])
})

test('a ground truth is never stale: new rows make a new one, and the report says what changed', async () => {
  await benchmark(BRIEF)
  const before = await truthBytes()
  const more = { ...ROWS, shards: { ...ROWS.shards, 'text-00001': 50 } }
  expect(await benchmark(BRIEF, more)).toMatchObject({ ran: 3 })
  expect(await truthBytes()).not.toEqual(before)
  const report = await readReport(workspace)
  expect(report.changes).toContain('text table: +50 rows (text-to-text).')
  expect(report.earlier).toHaveLength(1)
  expect(trackOf(report, 'text-to-text').cells.find(({ effort }) => effort === 'exact')?.recall?.mean).toBe(1)
})

test('rows added to the database behind the pipeline’s back make a new truth too', async () => {
  await benchmark(BRIEF)
  await inStore((store) =>
    store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, model, prompt_vector)
      SELECT concat('x', id), prompt, model, prompt_vector FROM ${store.table('text').name} LIMIT 20`),
  )
  expect(await benchmark(BRIEF, ROWS, 'benchmark')).toMatchObject({ ran: 3 })
  const track = trackOf(await readReport(workspace), 'text-to-text')
  expect(track.rows).toBe(820)
  expect(track.cells.find(({ effort }) => effort === 'exact')).toMatchObject({ recall: { mean: 1 } })
})

test('an index dropped behind the pipeline’s back: no indexed figure, and exact search is chosen', async () => {
  await benchmark(BRIEF)
  await inStore((store) => store.table('text').dropIndex())
  await benchmark(BRIEF, ROWS, 'benchmark')
  const report = await readReport(workspace)
  const track = trackOf(report, 'text-to-text')
  expect(track.index.state).toBe('none')
  expect(new Set(track.cells.map(({ effort }) => effort))).toEqual(new Set(['exact', 'auto']))
  expect(report.remarks).toContain('text-to-text: there is no index.')
  expect(report.choices).toMatchObject([
    { table: 'text', mode: 'exact', reason: expect.stringMatching(/no setting of an index/) },
  ])
})

test('questions and ground truth are the same bytes in another workspace; only measurements differ', async () => {
  await benchmark({ ...BRIEF, tracks: ['text-to-text', 'text-to-image'] })
  const first = await truthBytes()
  expect(Object.keys(first)).toHaveLength(4)
  await rm(workspace, { recursive: true, force: true })
  await benchmark({ ...BRIEF, tracks: ['text-to-text', 'text-to-image'] })
  expect(await truthBytes()).toEqual(first)
})

test('keeps the newest reports and deletes older ones', async () => {
  const options = { ...BRIEF, keep: 2, repeat: 'always' }
  for (let run = 0; run < 3; run++) await benchmark(options)
  const names = await reportNames(workspace)
  expect(names).toHaveLength(2)
  const report = await readReport(workspace)
  expect(report.run).toBe(names[1])
  expect(report.earlier.map(({ run }) => run)).toContain(names[0])
})

test('real questions that need no model are refused with what is missing', async () => {
  await writeFile(join(workspace, 'questions.txt'), 'a castle at night\n')
  const options = { questions: join(workspace, 'questions.txt'), tracks: ['questions-to-text'] }
  await expect(run({ workspace, pipeline: pipeline(ROWS, options) })).rejects.toThrow(/needs a model/)
  const missing = { questions: join(workspace, 'no.txt') }
  await expect(run({ workspace, pipeline: pipeline(ROWS, missing) })).rejects.toThrow(
    /question file .*no\.txt can't be read/,
  )
})

test('a copy is built, added to, merged and restarted in processes of its own, with questions it never held', async () => {
  const rows = { shards: { 'text-00000': 1200, 'text-00001': 600 }, dimension: 16 }
  await benchmark({ ...BRIEF, lifecycleRows: 1600 }, rows)
  const { lifecycle } = await readReport(workspace)
  expect(lifecycle).toMatchObject({ table: 'text', dimension: 16, heldOut: expect.any(Number) })
  expect(lifecycle?.phases.map(({ name }) => name)).toEqual(['built', 'inserted', 'merged', 'restarted'])
  const [built, inserted, merged, restarted] = lifecycle?.phases ?? []
  expect(inserted?.rows).toBeGreaterThan(built?.rows ?? 0)
  expect([merged?.rows, restarted?.rows]).toEqual([inserted?.rows, inserted?.rows])
  for (const phase of lifecycle?.phases ?? []) {
    expect(phase).toMatchObject({ withheld: null, usedIndex: 1 })
    expect(phase.recall?.mean).toBeGreaterThan(0.9)
  }
  expect(await readdir(join(workspace, 'cache'))).toEqual([])
})

test('nothing loaded, nothing measured, and no store is created by asking', async () => {
  const stages = pipeline(ROWS).slice(3)
  expect(await planRun({ workspace, pipeline: stages })).toMatchObject([{ run: [], skip: 0 }])
  expect(await readdir(workspace)).toEqual([])
})
