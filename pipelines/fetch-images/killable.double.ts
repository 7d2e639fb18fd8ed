import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { trial } from './collection.double.ts'

/**
 * A program that runs the trial whose rows and options lie in `<workspace>/trial.json`, for tests that compile and
 * kill it: `node killable.mjs <workspace>`.
 */
const workspace = process.argv[2] as string
const { shards, options } = JSON.parse(await readFile(join(workspace, 'trial.json'), 'utf8'))
const { exitCode } = await (await trial(shards, workspace)).run(options)
process.exitCode = exitCode
