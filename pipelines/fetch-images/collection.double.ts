import { createHash } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictureShard } from '@promptloom/dataset/picture-shard'
import type { PictureRow } from '@promptloom/dataset/picture-table'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { writeTable } from '@promptloom/dataset/table-writer'
import { type RunOptions, run } from '@promptloom/runner/run'
import type { BoundStage, Checkpoint, Stage } from '@promptloom/runner/stage'
import { z } from 'zod'
import { FETCH_LOG, type FetchFacts, readFetchLog } from './fetch-log.ts'
import { fetchOptions } from './options.ts'
import { fetchImagesStage } from './stage.ts'

/** A prompt row with this id and address. */
export function promptRow(id: string, url: string, size = { width: 0, height: 0 }): PromptRow {
  return { id, prompt: `prompt of ${id}`, url, ...size, source_site: 'test', origin: 'dataset', parents: [] }
}

/** Options with short limits, so that tests of failures don't take long. */
export const QUICK = {
  allowPrivate: ['127.0.0.1'],
  minSide: 16,
  connectTimeout: 1,
  headersTimeout: 0.6,
  idleTimeout: 0.6,
  totalTimeout: 2,
  attempts: 2,
  refusalPause: 0.02,
  hostRate: 100_000,
}

/** Stands in for `download`: commits the given rows, a list a shard. */
export function collection(shards: readonly (readonly PromptRow[])[]): Stage<unknown> {
  return {
    name: 'download',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    plan: async () =>
      shards.map((rows, number) => ({
        name: String(number).padStart(5, '0'),
        rows: rows.length,
        facts: { rows: createHash('sha256').update(JSON.stringify(rows)).digest('hex') },
      })),
    async process(shard, context) {
      const rows = shards[Number(shard.name)] ?? []
      await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(rows))
      return { outcomes: { ok: rows.length } }
    },
  }
}

/** A workspace of its own, and the two stages over the given rows. */
export interface Trial {
  readonly workspace: string
  /** Runs both stages; options are `QUICK`'s unless changed. */
  run(changes?: object, more?: Partial<RunOptions>): ReturnType<typeof run>
  /** Rows of a committed shard, by id. */
  rows(shard?: string): Promise<Map<string, PictureRow & { fetch: FetchFacts }>>
  /** The stored picture of a row. */
  picture(id: string, shard?: string): Promise<Buffer | undefined>
  checkpoint(shard?: string): Promise<Checkpoint>
  /** SHA-256 of the committed files whose bytes must not depend on chance. */
  digests(shard?: string): Promise<string[]>
}

/** Begins a trial in a new folder, or goes on with one. */
export async function trial(shards: readonly (readonly PromptRow[])[], folder?: string): Promise<Trial> {
  const workspace = folder ?? (await mkdtemp(join(tmpdir(), 'promptloom-fetch-')))
  const path = (file: string) => join(workspace, 'fetch-images', file)
  const pipeline = (changes: object): BoundStage[] => [
    { stage: collection(shards), options: {} },
    { stage: fetchImagesStage as Stage<unknown>, options: fetchOptions.parse({ ...QUICK, ...changes }) },
  ]
  const open = (shard: string) => openPictureShard(path(`${shard}.parquet`), path(`${shard}.tar`))
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(path(file)))
      .digest('hex')
  return {
    workspace,
    run: (changes = {}, more = {}) => run({ workspace, pipeline: pipeline(changes), ...more }),
    async rows(shard = '00000') {
      await using opened = await open(shard)
      const facts = await readFetchLog(path(`${shard}.${FETCH_LOG}`))
      return new Map(opened.rows.map((row, at) => [row.id, { ...row, fetch: facts[at] as FetchFacts }]))
    },
    async picture(id, shard = '00000') {
      await using opened = await open(shard)
      const row = opened.rows.find((one) => one.id === id)
      return row && opened.read(row)
    },
    checkpoint: async (shard = '00000') => JSON.parse(await readFile(path(`${shard}.json`), 'utf8')) as Checkpoint,
    digests: (shard = '00000') => Promise.all([`${shard}.parquet`, `${shard}.tar`].map(digest)),
  }
}
