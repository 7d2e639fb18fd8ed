import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLog } from './log.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-log-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const lines = async () =>
  (await readFile(join(workspace, 'run.log'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the log of a run', () => {
  it('is in the file as soon as it is written: a kill loses nothing', async () => {
    openLog(workspace, 'r1').info('shard-done', { shard: '00000', rows: 10 })
    expect(await lines()).toMatchObject([{ run: 'r1', msg: 'shard-done', shard: '00000', rows: 10 }])
  })

  it('goes on behind the logs of earlier runs, each line with its run and time', async () => {
    openLog(workspace, 'r1').info('one')
    openLog(workspace, 'r2').info('two')
    openLog(workspace, 'r1').info('three')
    const found = await lines()
    expect(found.map(({ run, msg }) => [run, msg])).toEqual([
      ['r1', 'one'],
      ['r2', 'two'],
      ['r1', 'three'],
    ])
    for (const { time } of found) expect(new Date(String(time)).toISOString()).toBe(time)
  })

  it('keeps a warning apart from what is merely told', async () => {
    const log = openLog(workspace, 'r')
    log.info('told')
    log.warn('warned')
    const [told, warned] = await lines()
    expect(Number(warned?.level)).toBeGreaterThan(Number(told?.level))
  })

  it('keeps one line a message and every character of it, whatever a prompt or an error brings along', async () => {
    const log = openLog(workspace, 'r')
    const hostile = 'two\nlines "quoted" 100 %s %d %j %% \u001b[2J \u2028 {"level":60} 🐈'
    log.info(hostile, { text: hostile })
    log.warn(hostile)
    expect(await lines()).toMatchObject([{ msg: hostile, text: hostile }, { msg: hostile }])
  })
})
