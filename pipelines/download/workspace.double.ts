import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROMPT_SCHEMA, promptRows } from '@promptloom/dataset/prompt-table'
import type { PromptRow } from '@promptloom/dataset/row'
import { readSmallTable } from '@promptloom/dataset/small-table'
import { readTable } from '@promptloom/dataset/table-reader'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { type RunResult, run } from '@promptloom/runner/run'
import type { Checkpoint, Stage } from '@promptloom/runner/stage'
import { type DownloadOptions, downloadOptions } from './options.ts'
import { REJECT_SCHEMA, type Reject } from './row-shard.ts'
import { type DownloadPorts, downloadStage } from './stage.ts'

/** A workspace in a temporary folder in which the download stage is run by the real runner. */
export interface TestWorkspace extends AsyncDisposable {
  readonly folder: string
  readonly path: string
  /** Writes a file beside the workspace and returns its path. */
  file(name: string, content: string | Buffer): Promise<string>
  run(options: Partial<DownloadOptions> & { source: string }, ports?: Partial<DownloadPorts>): Promise<RunResult>
  checkpoints(): Promise<Checkpoint[]>
  /** Rows by shard, and rejects by shard. */
  rows(shard: string): Promise<PromptRow[]>
  rejects(shard: string): Promise<Reject[]>
  outcomes(): Promise<Record<string, number>>
}

/** Makes a new workspace; disposing of it deletes it. */
export async function testWorkspace(): Promise<TestWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-download-'))
  const path = join(folder, 'workspace')
  const stageFolder = join(path, 'download')
  const checkpoints = () => new CheckpointFolder(path, 'download').list()
  return {
    folder,
    path,
    async file(name, content) {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    run(options, ports = {}) {
      const stage = downloadStage({ environment: {}, firstDelay: 1, ...ports }) as Stage<unknown>
      return run({ workspace: path, pipeline: [{ stage, options: downloadOptions.parse(options) }] })
    },
    checkpoints,
    async rows(shard) {
      return promptRows((await readTable(join(stageFolder, `${shard}.parquet`), PROMPT_SCHEMA)).columns)
    },
    rejects: (shard) => readSmallTable(join(stageFolder, `${shard}.rejects.parquet`), REJECT_SCHEMA),
    async outcomes() {
      const sum: Record<string, number> = {}
      for (const { outcomes } of await checkpoints()) {
        for (const [name, rows] of Object.entries(outcomes)) sum[name] = (sum[name] ?? 0) + rows
      }
      return sum
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
