import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { planRun } from '@promptloom/runner/planning'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Stage } from '@promptloom/runner/stage'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildIndexOptions } from '../build-index/options.ts'
import { buildIndexStage } from '../build-index/stage.ts'
import { type EmbeddedRows, embeddedRows } from '../load/embedded-rows.double.ts'
import { loadOptions } from '../load/options.ts'
import { loadStage } from '../load/stage.ts'
import { readReport, reportNames } from './archive.ts'
import { benchmarkOptions } from './options.ts'
import type { Report } from './report/report-schema.ts'
import { benchmarkStage } from './stage.ts'

const ROWS: EmbeddedRows = { shards: { 'text-00000': 300, 'image-00000': 200 }, dimension: 8 }
/** One kind of question, one effort: for tests of what is measured again, not of what is measured. */
const BRIEF = { tracks: ['text-to-text'], queries: 3, efforts: [64], clients: [1], filters: [] }
const QUICK = { queries: 4, cellSeconds: 5, efforts: [128], clients: [1, 2], filters: [0.1] }

// Measuring takes as long as it takes, and more on a machine with other work.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

let folder: string
/** Copies of two workspaces are where tests begin: one that is loaded and indexed, and one that was measured briefly. */
let loaded: string
let measured: string
let workspace: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-benchmark-'))
  loaded = workspace = join(folder, 'loaded')
  await run({ workspace, pipeline: pipeline(ROWS).slice(0, 3) })
  measured = await startFrom(loaded)
  await benchmark(BRIEF)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function startFrom(other: string): Promise<string> {
  workspace = await mkdtemp(join(folder, 'copy-'))
  await cp(other, workspace, { recursive: true })
  return workspace
}

function pipeline(rows: EmbeddedRows, options: object = {}): BoundStage[] {
  return [
    embeddedRows(rows),
    { stage: loadStage as Stage<unknown>, options: loadOptions.parse({}) },
    { stage: buildIndexStage as Stage<unknown>, options: buildIndexOptions.parse({}) },
    { stage: benchmarkStage as Stage<unknown>, options: benchmarkOptions.parse({ ...QUICK, ...options }) },
  ]
}

/** Runs the benchmark stage, or with other rows the whole pipeline, and answers what the stage did. */
async function benchmark(options: object = {}, rows = ROWS, only = rows === ROWS ? 'benchmark' : undefined) {
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

const exactOf = (report: Report) =>
  trackOf(report, 'text-to-text').cells.find(({ effort, share }) => effort === 'exact' && share === 1)

/** What a run with these options over the brief ones would do, and why. */
async function planned(options: object, rows = ROWS) {
  const plans = await planRun({ workspace, pipeline: pipeline(rows, { ...BRIEF, ...options }) })
  return plans.at(-1)?.run.map(({ shard, reason }) => [shard, reason])
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
  await startFrom(loaded)
  const stage = await benchmark()
  expect(stage).toMatchObject({ ran: 9, outcomes: { ok: 32 } })
  const report = await readReport(workspace)
  expect(report.tracks.map(({ name }) => name)).toEqual([
    'text-to-text',
    'image-to-image',
    'text-to-image',
    'image-to-text',
  ])
  for (const track of report.tracks) {
    expect(track).toMatchObject({ changed: false, queries: 4, dimension: 8, index: { state: 'built' } })
    expect(track.index.diskBytes).toBeGreaterThan(1000)
    expect(track.cells).toHaveLength(3 + 2)
    const exact = track.cells.find(({ effort, share }) => effort === 'exact' && share === 1)
    expect(exact).toMatchObject({ withheld: null, recall: { mean: 1 }, visited: null })
    const indexed = track.cells.find(({ effort }) => effort === 128)
    expect(indexed).toMatchObject({ withheld: null, byIndex: 1, evidence: 'EXPLAIN indexes = 1 names the HNSW index' })
    expect(indexed?.recall?.mean).toBeGreaterThan(0.9)
    expect(indexed?.visited).toBeGreaterThan(10)
    expect(track.cold.map(({ effort }) => effort)).toEqual(['exact', 128])
  }
  expect(report.ledger.map(({ stage, rows }) => [stage, rows])).toEqual([
    ['embed', 500],
    ['load', 500],
    ['build-index', 500],
  ])
  expect(new Map(report.builds.map(({ table, rows }) => [table, rows]))).toEqual(
    new Map([
      ['image', 200],
      ['text', 300],
    ]),
  )
  expect(report.changes).toEqual(['This is the first report of this workspace.'])
  const settings = JSON.parse(await readFile(join(workspace, 'search-settings.json'), 'utf8'))
  expect(Object.keys(settings.tables)).toEqual(['text', 'image'])
  expect(settings.tables.text).toMatchObject({ track: 'text-to-text', rows: 300, reason: expect.any(String) })
  expect((await readdir(join(workspace, 'reports'))).sort()).toEqual(
    ['html', 'json', 'md'].flatMap((ending) => [`${report.run}.${ending}`, `latest.${ending}`]).sort(),
  )
})

test('measures again only when something that decides the figures has changed', async () => {
  await startFrom(measured)
  const checkpoints = await new CheckpointFolder(workspace, 'benchmark').list()
  expect(checkpoints.map(({ shard, rows, outcomes }) => [shard, rows, outcomes])).toEqual([
    ['1-truth-text-to-text', 3, { ok: 3 }],
    ['2-sweep-text-to-text', 3, { ok: 3 }],
    ['4-report', 0, {}],
  ])
  expect(await benchmark({ ...BRIEF, keep: 5 })).toMatchObject({ ran: 0, skipped: 3 })
  expect(await planned({ efforts: [32] })).toEqual([
    ['1-truth-text-to-text', 'option efforts changed from [64] to [32]'],
  ])
  expect(await planned({ repeat: 'always' })).toEqual([['2-sweep-text-to-text', expect.stringMatching(/^run is new/)]])
})

test('a ground truth is never stale, and what happens behind the pipeline’s back is found out', async () => {
  await startFrom(measured)
  const options = { ...BRIEF, keep: 2 }
  const before = await truthBytes()
  // Rows that the pipeline brings.
  const grown = { ...ROWS, shards: { ...ROWS.shards, 'text-00001': 50 } }
  expect(await benchmark(options, grown)).toMatchObject({ ran: 3 })
  expect(await truthBytes()).not.toEqual(before)
  const more = await readReport(workspace)
  expect(more.changes).toContain('text table: +50 rows (text-to-text).')
  expect(more.earlier).toHaveLength(1)
  expect(exactOf(more)?.recall?.mean).toBe(1)

  // An index that was dropped.
  await inStore((store) => store.table('text').dropIndex())
  expect(await planned({ keep: 2 }, grown)).toEqual([['2-sweep-text-to-text', 'index changed']])
  // And rows that somebody added: another truth. No figure of an index; exact search is chosen; the oldest report goes.
  await inStore((store) =>
    store.database.command(`INSERT INTO ${store.table('text').name} (id, prompt, model, prompt_vector)
      SELECT concat('x', id), prompt, model, prompt_vector FROM ${store.table('text').name} LIMIT 20`),
  )
  expect(await benchmark(options, grown, 'benchmark')).toMatchObject({ ran: 3 })
  const report = await readReport(workspace)
  const track = trackOf(report, 'text-to-text')
  expect(track).toMatchObject({ rows: 370, index: { state: 'none' } })
  expect(exactOf(report)).toMatchObject({ recall: { mean: 1 } })
  expect(new Set(track.cells.map(({ effort }) => effort))).toEqual(new Set(['exact', 'auto']))
  expect(report.remarks).toContain('text-to-text: there is no index.')
  expect(report.choices).toMatchObject([
    { table: 'text', mode: 'exact', reason: expect.stringMatching(/no setting of an index/) },
  ])
  expect(await reportNames(workspace)).toEqual([more.run, report.run])
  expect(report.earlier.map(({ run }) => run)).toContain(more.run)
})

test('questions and ground truth are the same bytes in another workspace; only measurements differ', async () => {
  await startFrom(measured)
  const first = await truthBytes()
  expect(Object.keys(first)).toHaveLength(2)
  workspace = join(folder, 'another')
  // Without an index, and stopped before anything is measured: neither has a part in them.
  const [embed, load, , benchmarking] = pipeline(ROWS, BRIEF) as [BoundStage, BoundStage, BoundStage, BoundStage]
  const stopping = new AbortController()
  await run({
    ...{ workspace, pipeline: [embed, load, benchmarking], signal: stopping.signal },
    listener: (event) => {
      if (event.type === 'shard-done' && event.stage === 'benchmark') stopping.abort(new Error('enough'))
    },
  })
  expect(await truthBytes()).toEqual(first)
})

test('real questions that need no model are refused with what is missing', async () => {
  await startFrom(loaded)
  await writeFile(join(workspace, 'questions.txt'), 'a castle at night\n')
  const options = { questions: join(workspace, 'questions.txt'), tracks: ['questions-to-text'] }
  await expect(benchmark(options)).rejects.toThrow(/needs a model/)
  const missing = { questions: join(workspace, 'no.txt') }
  await expect(benchmark(missing)).rejects.toThrow(/question file .*no\.txt can't be read/)
})

test('a copy is built, added to, merged and restarted in processes of its own, with questions it never held', async () => {
  await startFrom(measured)
  // The options are others, so all is measured again.
  expect(await benchmark({ ...BRIEF, lifecycleRows: 300 })).toMatchObject({ ran: 4, skipped: 0 })
  const { lifecycle } = await readReport(workspace)
  expect(lifecycle).toMatchObject({ table: 'text', dimension: 8, heldOut: expect.any(Number) })
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
  workspace = await mkdtemp(join(folder, 'empty-'))
  const stages = pipeline(ROWS).slice(3)
  expect(await planRun({ workspace, pipeline: stages })).toMatchObject([{ run: [], skip: 0 }])
  expect(await readdir(workspace)).toEqual([])
})
