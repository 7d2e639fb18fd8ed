import { createHash } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SyntheticOptions, TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from '@promptloom/dataset/picture-table'
import { PictureTarWriter } from '@promptloom/dataset/picture-tar'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readTable } from '@promptloom/dataset/table-reader'
import { columnsFromRows } from '@promptloom/dataset/table-rows'
import { writeTable } from '@promptloom/dataset/table-writer'
import { imageSchema, textSchema } from '@promptloom/dataset/vector-schema'
import type { Listener } from '@promptloom/runner/progress'
import { run } from '@promptloom/runner/run'
import type { BoundStage, Checkpoint, Stage } from '@promptloom/runner/stage'
import { z } from 'zod'
import { type EmbedOptions, embedOptions } from './options.ts'
import { embedStage } from './stage.ts'

/** Rows of one shard: a prompt each, and a picture's bytes for some. */
export type DoubleRow = readonly [prompt: string, picture?: Buffer | undefined]

/** A workspace with stages that stand before `embed`, fed from memory. */
export interface Collection {
  readonly workspace: string
  /** A tiny model of random weights. */
  readonly model: string
  shards: DoubleRow[][]
  /** What the last run warned of. */
  warnings: string[]
  run(options?: Partial<z.input<typeof embedOptions>>): Promise<number>
  checkpoint(shard: string): Promise<Checkpoint>
  text(shard: string): ReturnType<typeof readText>
  image(shard: string): ReturnType<typeof readImage>
}

/** A collection in a new workspace, with a new tiny model unless one is given; embedded by one worker by default. */
export async function createCollection(
  shards: DoubleRow[][],
  options: SyntheticOptions & { model?: string; workspace?: string; listener?: Listener } = {},
): Promise<Collection> {
  const workspace = options.workspace ?? (await mkdtemp(join(tmpdir(), 'promptloom-embed-')))
  const model = options.model ?? join(await mkdtemp(join(tmpdir(), 'promptloom-model-')), 'tiny')
  if (!options.model) await writeSyntheticModel(model, TINY, options)
  const collection: Collection = {
    workspace,
    model,
    shards,
    warnings: [],
    async run(given = {}) {
      const embed = embedOptions.parse({ model, workers: 1, ...given })
      const pipeline: BoundStage[] = [
        { stage: downloadDouble(collection), options: {} },
        { stage: fetchDouble(collection), options: {} },
        { stage: embedStage as Stage<unknown>, options: embed satisfies EmbedOptions },
      ]
      const warnings: string[] = []
      const listener: Listener = (event) => {
        if (event.type === 'warning') warnings.push(event.message)
        options.listener?.(event)
      }
      const result = await run({ workspace, pipeline, listener })
      collection.warnings = warnings
      const failures = result.stages.flatMap((stage) => stage.failures.map((failure) => failure.message))
      if (failures.length > 0) throw new Error(failures.join('\n'))
      return result.exitCode
    },
    checkpoint: async (shard) => JSON.parse(await readFile(join(workspace, 'embed', `${shard}.json`), 'utf8')),
    text: (shard) => readText(join(workspace, 'embed', `${shard}.parquet`)),
    image: (shard) => readImage(join(workspace, 'embed', `${shard}.parquet`)),
  }
  return collection
}

const readText = async (path: string) => (await readTable(path, textSchema(TINY.dimension))).columns
const readImage = async (path: string) => (await readTable(path, imageSchema(TINY.dimension))).columns

function rowsOf(shard: string, rows: readonly DoubleRow[]): PromptRow[] {
  return rows.map(([prompt], at) => ({
    ...{
      id: `${shard}-${at}`,
      prompt,
      url: '',
      width: 64,
      height: 64,
      source_site: 'double',
      origin: 'dataset',
      parents: [],
    },
  }))
}

function downloadDouble(collection: Collection): Stage<unknown> {
  return {
    name: 'download',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    plan: async () =>
      collection.shards.map((rows, at) => ({
        name: String(at).padStart(5, '0'),
        rows: rows.length,
        facts: { prompts: rows.map(([prompt]) => prompt) },
      })),
    async process(shard, context) {
      const rows = rowsOf(shard.name, collection.shards[Number(shard.name)] as DoubleRow[])
      await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(rows))
      return { outcomes: { ok: rows.length } }
    },
  }
}

function fetchDouble(collection: Collection): Stage<unknown> {
  return {
    name: 'fetch-images',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok', no_url: 'final' },
    plan: async (context) =>
      context
        .upstream('download')
        .filter(({ shard }) => collection.shards[Number(shard)]?.some(([, picture]) => picture))
        .map(({ shard, rows, files }) => ({
          name: shard,
          rows,
          inputs: files,
          facts: {
            pictures: collection.shards[Number(shard)]?.map(([, picture]) => picture?.toString('base64') ?? '') ?? [],
          },
        })),
    async process(shard, context) {
      await using tar = await PictureTarWriter.create(context.write('tar'))
      const rows: PictureRow[] = []
      for (const [at, [, picture]] of (collection.shards[Number(shard.name)] as DoubleRow[]).entries()) {
        const id = `${shard.name}-${at}`
        if (picture)
          rows.push({ ...emptyPictureRow(id, 'ok'), ...(await tar.add(id, 'png', picture)), sha256: sha256(picture) })
        else rows.push(emptyPictureRow(id, 'no_url'))
      }
      await tar.finish()
      await writeTable(context.write('parquet'), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, rows))
      const ok = rows.filter((row) => row.outcome === 'ok').length
      return { outcomes: { ok, no_url: rows.length - ok } }
    },
  }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
