import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockWorkspace } from './lock.ts'
import { planRun } from './planning.ts'
import { readStatus } from './status.ts'
import { createToy } from './toy-pipeline.double.ts'

describe('readStatus', () => {
  it('knows nothing of a workspace where nothing ran', async () => {
    const toy = await createToy()
    const status = await readStatus(toy.workspace, toy.pipeline())
    expect(status).toMatchObject({ balanced: true, complete: false })
    expect(status.stages.map(({ shards }) => shards)).toEqual(Array(3).fill({ done: 0, total: 0 }))
  })

  it('counts shards, rows, outcomes and bytes of every stage', async () => {
    const toy = await createToy()
    await toy.write('one FLAKY BAD', 'two')
    await toy.run()
    const status = await readStatus(toy.workspace, toy.pipeline())
    expect(status).toMatchObject({ balanced: true, complete: true, lastRun: { exitCode: 0 } })
    expect(status.stages[1]).toMatchObject({
      name: 'shout',
      shards: { done: 2, total: 2 },
      rows: 4,
      outcomes: { ok: 2, bad: 1, flaky: 1 },
      transient: 1,
      bytes: 'ONE! ?FLAKY -BAD'.length + 'TWO!'.length,
    })
  })

  it('counts what failed as not done', async () => {
    const toy = await createToy()
    await toy.write('one', 'BOOM')
    await toy.run()
    const status = await readStatus(toy.workspace, toy.pipeline())
    expect(status.complete).toBe(false)
    expect(status.stages[1]?.shards).toEqual({ done: 1, total: 2 })
  })

  it('sees a checkpoint that does not balance', async () => {
    const toy = await createToy()
    await toy.write('one')
    await toy.run()
    const path = join(toy.workspace, 'shout/line-0.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"ok": 1', '"ok": 2'))
    expect((await readStatus(toy.workspace, toy.pipeline())).balanced).toBe(false)
  })

  it('says who is at work', async () => {
    const toy = await createToy()
    await using _lock = await lockWorkspace(toy.workspace)
    expect((await readStatus(toy.workspace, toy.pipeline())).runningSince?.pid).toBe(process.pid)
  })
})

describe('planRun', () => {
  const plan = async (toy: Awaited<ReturnType<typeof createToy>>, pipeline = toy.pipeline()) =>
    planRun({ workspace: toy.workspace, pipeline })

  it('says what is known at first, and that more follows', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    const [split, shout] = await plan(toy)
    expect(split).toMatchObject({ run: [{ shard: 'a-scan', reason: 'not done yet' }], open: true })
    expect(shout).toMatchObject({ run: [], open: true })
    expect(toy.processed).toEqual([])
  })

  it('has nothing to do after a run', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    await toy.run()
    expect((await plan(toy)).map(({ run, skip, open }) => [run.length, skip, open])).toEqual([
      [0, 3, false],
      [0, 2, false],
      [0, 1, false],
    ])
  })

  it('says why a shard would run again', async () => {
    const toy = await createToy()
    await toy.write('one FLAKY', 'two')
    await toy.run()
    const [, shout] = await plan(toy)
    expect(shout?.run).toEqual([{ shard: 'line-0', rows: 2, reason: '1 rows ended in flaky: may succeed now' }])
    const [, changed] = await plan(toy, toy.pipeline({ shout: { mark: '?' } }))
    expect(changed?.run[0]?.reason).toBe('option mark changed from "!" to "?"')
  })

  it('lists shards that would be removed', async () => {
    const toy = await createToy()
    await toy.write('one', 'two')
    await toy.run()
    await toy.write('one')
    await toy.run({ to: 'split' })
    expect((await plan(toy))[1]?.remove).toEqual(['line-1'])
  })
})
