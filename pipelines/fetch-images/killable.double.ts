import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '@promptloom/runner/progress'
import { trial } from './collection.double.ts'

/**
 * A program that runs the trial whose rows and options lie in `<workspace>/trial.json`, for tests that compile it, and
 * that kills itself without warning at a moment, if one is given, as the type of an event, its shard and, of progress,
 * its rows: `node killable.mjs <workspace> [shard-progress 00000 45]`.
 */
const [workspace, type, shard, rows] = process.argv.slice(2) as [string, string?, string?, string?]

function killInTime(event: RunEvent): void {
  if (event.type !== type || !('shard' in event) || event.stage !== 'fetch-images' || event.shard !== shard) return
  if (event.type !== 'shard-progress' || event.rows === Number(rows)) process.kill(process.pid, 'SIGKILL')
}

const { shards, options } = JSON.parse(await readFile(join(workspace, 'trial.json'), 'utf8'))
const { exitCode } = await (await trial(shards, workspace)).run(options, { listener: killInTime })
process.exitCode = exitCode
