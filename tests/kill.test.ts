import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CheckpointFolder } from '@promptloom/runner/checkpoint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compiled, compileProgram } from './compiled-program.ts'
import { root, Standby } from './program.double.ts'

const KILLS = 50
/** Workspaces that are killed beside one another: a run waits for the disk and for what it starts. */
const LANES = 2
const SHARD_ROWS = 20
const ROWS = 100
const STAGES = ['download', 'fetch-images', 'embed', 'load', 'build-index']

let folder: string
let config: string
/** SHA-256 of every Parquet file of a run that was never killed. */
let expected: Record<string, string>
/** Milliseconds that the work of such a run takes here: kills come at random moments of it. */
let whole: number
let program: Compiled

/** The sample's first rows, with a repeated and an empty prompt among them and no picture to fetch. */
async function writeSource(): Promise<string> {
  const path = join(folder, 'prompts.csv')
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const prompt = index % 50 === 7 ? '' : `a ${['red', 'blue', 'green'][index % 3]} castle number ${index % 90}, oil`
    return `${index},id-${String(index).padStart(4, '0')},"${prompt}",,512,768,sketch`
  })
  await writeFile(path, `,id,prompt,url,width,height,source_site\n${rows.join('\n')}\n`)
  return path
}

const command = (workspace: string) => ['run', '--config', config, '--workspace', workspace, '--to', 'build-index']

async function parquetDigests(workspace: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const stage of STAGES) {
    for (const name of await readdir(join(workspace, stage))) {
      if (!name.endsWith('.parquet')) continue
      const bytes = await readFile(join(workspace, stage, name))
      digests[`${stage}/${name}`] = createHash('sha256').update(bytes).digest('hex')
    }
  }
  return digests
}

/** Committed shards and the run that committed each. */
async function committed(workspace: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const stage of STAGES) {
    for (const one of await new CheckpointFolder(workspace, stage).list()) found.set(`${stage}/${one.shard}`, one.run)
  }
  return found
}

/** Ids in the database with the number of rows each has, read by a process of its own. */
async function storedIds(workspace: string): Promise<Record<string, number>> {
  const out = join(workspace, 'export.json')
  await promisify(execFile)(process.execPath, [program.path('stored-ids'), join(workspace, 'store'), out])
  return JSON.parse(await readFile(out, 'utf8')) as Record<string, number>
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-kill-'))
  config = join(folder, 'config.yaml')
  const source = await writeSource()
  await writeFile(
    config,
    `source: ${source}\nmodel: ${join(root, 'data/sample/model')}\ndownload:\n  shardRows: ${SHARD_ROWS}\n`,
  )
  const workspace = join(folder, 'whole')
  program = await compileProgram()
  using standby = new Standby(program)
  const child = await standby.start(command(workspace))
  const started = performance.now()
  expect(await once(child, 'exit')).toEqual([0, null])
  whole = performance.now() - started
  expected = await parquetDigests(workspace)
}, 120_000)

afterAll(async () => {
  await program[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe('a run that is killed again and again', () => {
  it(`ends in the same bytes and rows after ${KILLS} SIGKILLs, and does nothing twice`, async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) => killInLane(lane, KILLS / LANES))
    expect(await Promise.all(lanes)).toEqual(lanes.map(() => KILLS / LANES))
  }, 600_000)
})

/** Kills runs of one workspace after the other until there were so many kills; returns their number. */
async function killInLane(lane: number, most: number): Promise<number> {
  // Loading the program takes longer than its work here: the next one loads while one works, is killed and looked at.
  using standby = new Standby(program)
  let kills = 0
  for (let round = 0; kills < most; round++) {
    const workspace = join(folder, `killed-${lane}-${round}`)
    kills += await killUntilDone(standby, workspace, most - kills)
    expect(await parquetDigests(workspace)).toEqual(expected)
    const ids = await storedIds(workspace)
    expect(Object.keys(ids)).toHaveLength(ROWS - ROWS / 50)
    expect(new Set(Object.values(ids))).toEqual(new Set([1]))
    await rm(workspace, { recursive: true, force: true })
  }
  return kills
}

/** Runs a workspace to its end, killing it at random moments up to `most` times; returns the number of kills. */
async function killUntilDone(standby: Standby, workspace: string, most: number): Promise<number> {
  let before = new Map<string, string>()
  for (let kills = 0; ; ) {
    const child = await standby.start(command(workspace))
    // Half of a whole run's time: what is left is ever less, and a moment after the end kills nothing.
    const moment = Math.random() * (whole / 2)
    const timer = kills < most ? setTimeout(() => child.kill('SIGKILL'), moment) : undefined
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    clearTimeout(timer)
    const now = await committed(workspace)
    for (const [shard, run] of before) expect([shard, now.get(shard)]).toEqual([shard, run])
    before = now
    if (signal === 'SIGKILL') kills++
    else {
      expect(code).toBe(0)
      return kills
    }
  }
}
