import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { digestModel } from '@promptloom/clip/model-digest'
import { readModelDirectory } from '@promptloom/clip/model-directory'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from '@promptloom/dataset/picture-table'
import { PictureTarWriter } from '@promptloom/dataset/picture-tar'
import { PROMPT_SCHEMA, promptColumns } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { columnsFromRows } from '@promptloom/dataset/table-rows'
import { writeTable } from '@promptloom/dataset/table-writer'
import { run } from '@promptloom/runner/run'
import type { Checkpoint, Stage } from '@promptloom/runner/stage'
import { z } from 'zod'
import { digestCache } from '../embedder.ts'
import { type EmbedOptions, embedOptions } from '../options.ts'
import { embedStage } from '../stage.ts'
import type { Measurement } from './measurement.ts'

/** What the stage embeds: prompts, and for pictures the files that stand beside them. */
export interface BenchInput {
  readonly prompts: readonly string[]
  /** Paths; with them the pictures are measured, else the prompts. */
  readonly pictures?: readonly string[]
  readonly model: string
  /** Rows of the first shard, which isn't measured: what is opened, loaded and compiled once is done with it. */
  readonly warmRows: number
}

/** Milliseconds between two looks at the event loop, which count as delay too; each look costs the workers some time. */
const RESOLUTION = 5

/** A warm shard, from its first read until the run has ended, and how the whole run treated others. */
export interface StageMeasurement extends Measurement {
  readonly openSeconds: number
  /** Longest and 99th percentile delay of this thread's event loop, in milliseconds. */
  readonly delayMost: number
  readonly delayP99: number
  readonly embedded: number
}

/** Runs the stage through the runner in a workspace of its own, from committed tables to committed vectors. */
export async function runStage(input: BenchInput): Promise<StageMeasurement> {
  const workspace = await mkdtemp(join(tmpdir(), 'promptloom-bench-'))
  try {
    const before = [
      { stage: rowsStage(input), options: {} },
      { stage: picturesStage(input), options: {} },
    ]
    await run({ workspace, pipeline: before })
    // Hashing the weights is done once a workspace, like opening the model.
    await digestModel(await readModelDirectory(input.model), digestCache(workspace))
    const options = embedOptions.parse({ model: input.model }) satisfies EmbedOptions
    const warm = new WarmShard(shardNames(input)[1])
    const watched = warm.watch(input.pictures ? imagesOnly(embedStage) : embedStage)
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
    delay.enable()
    const { stages } = await run({ workspace, pipeline: [...before, { stage: watched as Stage<unknown>, options }] })
    const taken = warm.ended()
    delay.disable()
    const report = stages.find((one) => one.stage === 'embed')
    if (!report || report.failures.length > 0) throw new Error(report?.failures[0]?.message ?? 'The stage did not run.')
    const checkpoint = await checkpointOf(workspace, shardNames(input)[1])
    return {
      rows: checkpoint.rows,
      ...taken,
      delayMost: delay.max / 1e6,
      delayP99: delay.percentile(99) / 1e6,
      embedded: Number(checkpoint.facts.embedded),
    }
  } finally {
    await rm(workspace, { recursive: true })
  }
}

/** Notes when the second shard begins, and what opening the model took before. */
class WarmShard {
  readonly #name: string
  #openSeconds = 0
  #began = { cpu: process.cpuUsage(), at: performance.now() }

  constructor(name: string) {
    this.#name = name
  }

  /** The same stage, watched, with one shard in work at a time. */
  watch(stage: Stage<EmbedOptions>): Stage<EmbedOptions> {
    return {
      ...stage,
      // One after the other, or the second would begin while the first still opens the model.
      concurrency: () => 1,
      process: (shard, context) => {
        if (shard.name === this.#name) this.#began = { cpu: process.cpuUsage(), at: performance.now() }
        const open: typeof context.open = (key, opener) =>
          context.open(key, async () => {
            const started = performance.now()
            const opened = await opener()
            if (key === 'embedder' || key === 'picture tower') this.#openSeconds += (performance.now() - started) / 1000
            return opened
          })
        return stage.process(shard, { ...context, open })
      },
    }
  }

  /** What has passed since it began. */
  ended(): { seconds: number; cpuSeconds: number; openSeconds: number } {
    const { user, system } = process.cpuUsage(this.#began.cpu)
    const seconds = (performance.now() - this.#began.at) / 1000
    return { seconds, cpuSeconds: (user + system) / 1e6, openSeconds: this.#openSeconds }
  }
}

function shardNames({ pictures }: BenchInput): [warming: string, measured: string] {
  const kind = pictures ? 'image' : 'text'
  return [`${kind}-00000`, `${kind}-00001`]
}

async function checkpointOf(workspace: string, name: string): Promise<Checkpoint> {
  return JSON.parse(await readFile(join(workspace, 'embed', `${name}.json`), 'utf8'))
}

function imagesOnly(stage: Stage<EmbedOptions>): Stage<EmbedOptions> {
  return {
    ...stage,
    plan: async (context) => (await stage.plan(context)).filter(({ name }) => name.startsWith('image-')),
  }
}

function rowsOf({ prompts, warmRows }: BenchInput, shard: string): PromptRow[] {
  const [start, end] = Number(shard) === 0 ? [0, warmRows] : [warmRows, prompts.length]
  return prompts.slice(start, end).map((prompt, at) => ({
    ...{
      id: `${start + at}`,
      prompt,
      url: '',
      width: 512,
      height: 512,
      source_site: 'bench',
      origin: 'dataset',
      parents: [],
    },
  }))
}

function rowsStage(input: BenchInput): Stage<unknown> {
  const names = ['00000', '00001']
  return {
    name: 'download',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    plan: async () => names.map((name) => ({ name, rows: rowsOf(input, name).length })),
    async process(shard, context) {
      const rows = rowsOf(input, shard.name)
      await writeTable(context.write('parquet'), PROMPT_SCHEMA, promptColumns(rows))
      return { outcomes: { ok: rows.length } }
    },
  }
}

function picturesStage(input: BenchInput): Stage<unknown> {
  const { pictures = [] } = input
  return {
    name: 'fetch-images',
    version: 1,
    options: z.object({}),
    outcomes: { ok: 'ok' },
    plan: async (context) =>
      input.pictures
        ? context.upstream('download').map(({ shard: name, rows, files: inputs }) => ({ name, rows, inputs }))
        : [],
    async process(shard, context) {
      await using tar = await PictureTarWriter.create(context.write('tar'))
      const rows: PictureRow[] = []
      for (const { id } of rowsOf(input, shard.name)) {
        const path = pictures[Number(id)] as string
        const bytes = await readFile(path)
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        rows.push({ ...emptyPictureRow(id, 'ok'), sha256, ...(await tar.add(id, extname(path).slice(1), bytes)) })
      }
      await tar.finish()
      await writeTable(context.write('parquet'), PICTURE_SCHEMA, columnsFromRows(PICTURE_SCHEMA, rows))
      return { outcomes: { ok: rows.length } }
    },
  }
}
