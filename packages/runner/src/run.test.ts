import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from './errors.ts'
import { readRunRecords } from './history.ts'
import type { RunEvent } from './progress.ts'
import { readStatus } from './status.ts'
import { createToy } from './toy-pipeline.double.ts'

describe('run', () => {
  it('does every shard of every stage once, and nothing twice', async () => {
    const toy = await createToy()
    await toy.write('one two', 'three')
    expect((await toy.run()).exitCode).toBe(0)
    expect(await toy.text('join/all.txt')).toBe('ONE! TWO!\nTHREE!')
    expect(toy.processed).toEqual([
      'split/a-scan',
      'split/line-0',
      'split/line-1',
      'shout/line-0',
      'shout/line-1',
      'join/all',
    ])
    toy.processed.length = 0
    const again = await toy.run()
    expect(toy.processed).toEqual([])
    expect(again.stages.map(({ ran, skipped }) => [ran, skipped])).toEqual([
      [0, 3],
      [0, 2],
      [0, 1],
    ])
  })

  it('runs exactly the shards that a change upstream affects', async () => {
    const toy = await createToy()
    await toy.write('one two', 'three', 'four')
    await toy.run()
    toy.processed.length = 0
    await toy.write('one two', 'THREE', 'four')
    await toy.run()
    expect(toy.processed).toEqual(['split/a-scan', 'split/line-1', 'shout/line-1'])
    await toy.write('one two', 'tres', 'four')
    toy.processed.length = 0
    await toy.run()
    expect(toy.processed).toEqual(['split/a-scan', 'split/line-1', 'shout/line-1', 'join/all'])
    expect(await toy.text('join/all.txt')).toBe('ONE! TWO!\nTRES!\nFOUR!')
  })

  it('runs a stage again when an option that matters changed, and not for one that only changes speed', async () => {
    const toy = await createToy()
    await toy.write('one')
    await toy.run()
    toy.processed.length = 0
    await toy.run({ pipeline: toy.pipeline({ shout: { threads: 4 } }) })
    expect(toy.processed).toEqual([])
    await toy.run({ pipeline: toy.pipeline({ shout: { mark: '?' } }) })
    expect(toy.processed).toEqual(['shout/line-0', 'join/all'])
    expect(await toy.text('join/all.txt')).toBe('ONE?')
  })

  it('removes shards that no longer exist, and what they left outside', async () => {
    const toy = await createToy()
    await toy.write('one', 'two', 'three')
    await toy.run()
    await toy.write('one')
    const result = await toy.run()
    expect(result.stages.map(({ removed }) => removed)).toEqual([2, 2, 0])
    expect(toy.removed).toEqual(['line-1', 'line-2'])
    expect((await readdir(join(toy.workspace, 'shout'))).sort()).toEqual(['line-0.json', 'line-0.txt'])
    expect(await toy.text('join/all.txt')).toBe('ONE!')
  })

  it('makes a lost or cut output anew', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    await toy.run()
    await rm(join(toy.workspace, 'shout/line-1.txt'))
    toy.processed.length = 0
    await toy.run()
    expect(toy.processed).toEqual(['shout/line-1'])
  })

  it('refuses bytes that changed behind its back, and mends them with the next run', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    await toy.run({ to: 'split' })
    await writeFile(join(toy.workspace, 'split/line-1.txt'), 'tvo')
    const broken = await toy.run()
    expect(broken.exitCode).toBe(1)
    expect(broken.stages[1]?.failures[0]?.message).toMatch(/line-1\.txt no longer has the bytes.*run again/)
    expect((await toy.run()).exitCode).toBe(0)
    expect(await toy.text('join/all.txt')).toBe('ONE!\nTWO!')
  })

  it('lets other shards settle when one fails, reports the failure, and stops before the next stage', async () => {
    const toy = await createToy()
    await toy.write('one', 'BOOM', 'three')
    const result = await toy.run()
    expect(result.exitCode).toBe(1)
    expect(result.stages.map(({ stage }) => stage)).toEqual(['split', 'shout'])
    expect(result.stages[1]?.failures).toMatchObject([{ shard: 'line-1', message: 'a bug' }])
    expect(result.stages[1]?.failures[0]?.stack).toContain('TypeError')
    expect(result.stages[1]?.ran).toBe(2)
    await toy.write('one', 'two', 'three')
    toy.processed.length = 0
    expect((await toy.run()).exitCode).toBe(0)
    expect(toy.processed).toEqual(['split/a-scan', 'split/line-1', 'shout/line-1', 'join/all'])
  })

  it('commits nothing of a shard whose outcomes do not add up', async () => {
    const toy = await createToy()
    await toy.write('one LOSE')
    const result = await toy.run()
    expect(result.exitCode).toBe(1)
    expect(result.stages[1]?.failures[0]?.message).toMatch(/does not balance: 2 rows came in, 1 are accounted for/)
    expect((await readdir(join(toy.workspace, 'shout'))).filter((name) => name.endsWith('.json'))).toEqual([])
  })

  it('retries only the rows asked for, and transient ones by itself in the next run', async () => {
    let calm = false
    const toy = await createToy(() => calm)
    await toy.write('one FLAKY BAD', 'two')
    expect((await toy.run()).stages[1]?.outcomes).toEqual({ ok: 2, bad: 1, flaky: 1 })
    toy.shouted.length = 0
    await toy.run()
    expect(toy.shouted).toEqual(['FLAKY'])
    calm = true
    toy.shouted.length = 0
    await toy.run({ from: 'shout', retry: { stage: 'shout', outcomes: new Set(['flaky']) } })
    expect(toy.shouted).toEqual(['FLAKY'])
    expect(await toy.text('join/all.txt')).toBe('ONE! FLAKY! -BAD\nTWO!')
    toy.shouted.length = 0
    await toy.run()
    expect(toy.shouted).toEqual([])
  })

  it('ends with 3 when interrupted, keeps what was committed and goes on from there', async () => {
    const toy = await createToy()
    await toy.write('one', 'two', 'three')
    const controller = new AbortController()
    const listener = (event: RunEvent) => {
      if (event.type === 'shard-done' && event.stage === 'shout') controller.abort(new Error('stop'))
    }
    expect((await toy.run({ signal: controller.signal, listener })).exitCode).toBe(3)
    expect(toy.processed.filter((name) => name.startsWith('shout'))).toEqual(['shout/line-0'])
    expect((await toy.run()).exitCode).toBe(0)
    expect(toy.processed.filter((name) => name === 'shout/line-0')).toHaveLength(1)
    expect((await readRunRecords(toy.workspace)).map(({ exitCode }) => exitCode)).toEqual([3, 0])
  })

  it('runs a part of the pipeline on what earlier stages left', async () => {
    const toy = await createToy()
    await toy.write('one')
    await toy.run({ to: 'split' })
    await toy.run({ only: 'shout' })
    expect(toy.processed).toEqual(['split/a-scan', 'split/line-0', 'shout/line-0'])
    await expect(toy.run({ only: 'shuot' })).rejects.toThrow(/no stage "shuot"; did you mean "shout"/)
    await expect(toy.run({ only: 'shout', to: 'join' })).rejects.toThrow(UserError)
    await expect(toy.run({ from: 'join', to: 'split' })).rejects.toThrow(/comes after/)
  })

  it('builds nothing on an earlier stage that is not whole, so that nothing is taken for gone', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    await expect(toy.run({ only: 'shout' })).rejects.toThrow(/split has not run in this workspace yet/)
    await toy.run()
    await toy.write('uno', 'BOOM')
    expect((await toy.run()).exitCode).toBe(1)
    await expect(toy.run({ only: 'join' })).rejects.toThrow(/shout has 1 of 2 shards up to date.*--from shout/)
    expect(await toy.text('join/all.txt')).toBe('ONE!\nTWO!')
    await rm(join(toy.workspace, 'split/line-0.json'))
    await expect(toy.run({ from: 'shout' })).rejects.toThrow(
      /split has 2 of 3 shards up to date; run with --from split/,
    )
    expect(toy.removed).toEqual([])
  })

  it('makes a checkpoint anew that does not balance', async () => {
    const toy = await createToy()
    await toy.write('one')
    await toy.run()
    const path = join(toy.workspace, 'shout/line-0.json')
    await writeFile(path, (await toy.text('shout/line-0.json')).replace('"ok": 1', '"ok": 2'))
    toy.processed.length = 0
    expect((await toy.run()).exitCode).toBe(0)
    expect(toy.processed).toEqual(['shout/line-0'])
  })

  it('retries nothing but what was asked for', async () => {
    const toy = await createToy()
    await toy.write('one BAD', 'FLAKY')
    await toy.run()
    toy.processed.length = 0
    await toy.run({ from: 'shout', retry: { stage: 'shout', outcomes: new Set(['bad']) } })
    expect(toy.processed.filter((name) => name.startsWith('shout'))).toEqual(['shout/line-0'])
  })

  it('commits a shard that was finished when the run was asked to stop', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    const controller = new AbortController()
    const listener = (event: RunEvent) => {
      if (event.type === 'shard-progress' && event.stage === 'shout') controller.abort(new Error('stop'))
    }
    expect((await toy.run({ signal: controller.signal, listener })).exitCode).toBe(3)
    expect((await readStatus(toy.workspace, toy.pipeline())).stages[1]?.shards).toEqual({ done: 1, total: 2 })
  })

  it('tells one mistake of the user once, not once a shard', async () => {
    const toy = await createToy()
    await toy.write('one', 'two', 'three')
    const [split, shout, join] = toy.pipeline()
    const wrong = {
      ...(shout as never as { stage: object }).stage,
      process: () => Promise.reject(new UserError('no model')),
    }
    const pipeline = [split, { stage: wrong, options: {} }, join] as never
    const events: RunEvent[] = []
    await expect(toy.run({ pipeline, listener: (event) => events.push(event) })).rejects.toThrow('no model')
    expect(events.filter(({ type }) => type === 'shard-failed')).toEqual([])
    expect((await readStatus(toy.workspace, toy.pipeline())).lastRun).toMatchObject({ exitCode: 2, error: 'no model' })
  })

  it('refuses shards with the same name, or names that are no file names', async () => {
    const toy = await createToy()
    for (const names of [['a', 'a'], ['../a']]) {
      const stage = { ...toy.pipeline()[0]?.stage, plan: async () => names.map((name) => ({ name, rows: 0 })) }
      await expect(toy.run({ pipeline: [{ stage: stage as never, options: {} }] })).rejects.toThrow(/planned/)
    }
  })

  it('fails a stage whose work does not settle', async () => {
    const toy = await createToy()
    const plan = async () => [{ name: 'all', rows: 0, stale: 'the table holds 0 of 1 rows' }]
    const stage = { ...toy.pipeline()[2]?.stage, plan }
    await expect(toy.run({ pipeline: [{ stage: stage as never, options: {} }] })).rejects.toThrow(
      /was done, but still: the table holds/,
    )
  })
})
