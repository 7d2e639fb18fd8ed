import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planRun, type StagePlan } from './planning.ts'
import { createToy, type Toy } from './toy-pipeline.double.ts'
import { settledCheckpoints } from './upstream.ts'

const plan = (toy: Toy, more: object = {}) => planRun({ workspace: toy.workspace, pipeline: toy.pipeline(), ...more })
const of = (plans: readonly StagePlan[], stage: string) => plans.find((one) => one.stage === stage) as StagePlan
const shards = ({ run }: StagePlan) => run.map(({ shard }) => shard)

/** Names and contents of all files of the workspace. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const)))
}

describe('before anything ran', () => {
  it('knows only the first shard, and says that more may follow in every stage', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c')
    const plans = await plan(toy)
    expect(plans.map(({ stage }) => stage)).toEqual(['split', 'shout', 'join'])
    expect(shards(of(plans, 'split'))).toEqual(['a-scan'])
    for (const one of plans) expect(one).toMatchObject({ skip: 0, remove: [], open: true })
  })

  it('a later stage alone has nothing to build on, and names what has to run first', async () => {
    const toy = await createToy()
    await toy.write('a')
    await expect(plan(toy, { only: 'shout' })).rejects.toThrow(
      'split has not run in this workspace yet; run with --from split, or without --from and --only.',
    )
  })
})

describe('after a run', () => {
  it('has nothing to do, and nothing open', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c')
    await toy.run()
    const plans = await plan(toy)
    expect(plans.map(({ stage, skip, run, open }) => [stage, skip, run.length, open])).toEqual([
      ['split', 3, 0, false],
      ['shout', 2, 0, false],
      ['join', 1, 0, false],
    ])
  })

  it('changes nothing by asking', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c')
    await toy.run()
    await toy.write('a b', 'd', 'e')
    const before = await snapshot(toy.workspace)
    await plan(toy)
    expect(await snapshot(toy.workspace)).toEqual(before)
    expect(toy.processed.filter((one) => one.startsWith('split/line'))).toHaveLength(2)
  })

  it('tells what would run again, and why', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c')
    await toy.run()
    const changed = await planRun({ workspace: toy.workspace, pipeline: toy.pipeline({ shout: { mark: '?' } }) })
    expect(of(changed, 'split')).toMatchObject({ skip: 3, run: [] })
    expect(of(changed, 'shout').run.map(({ reason }) => reason)).toEqual([
      'option mark changed from "!" to "?"',
      'option mark changed from "!" to "?"',
    ])
    expect(of(changed, 'join').open).toBe(true)
  })

  it('takes an option that changes only speed for no change', async () => {
    const toy = await createToy()
    await toy.write('a b')
    await toy.run()
    const faster = await planRun({ workspace: toy.workspace, pipeline: toy.pipeline({ shout: { threads: 4 } }) })
    for (const one of faster) expect(one.run).toEqual([])
  })

  it('tells that a file is missing', async () => {
    const toy = await createToy()
    await toy.write('a b')
    await toy.run()
    await rm(join(toy.workspace, 'shout', 'line-0.txt'))
    const [again] = of(await plan(toy), 'shout').run
    expect(again).toMatchObject({ shard: 'line-0', rows: 2, reason: expect.stringMatching(/line-0\.txt/) })
  })

  it('names rows that ended in a transient outcome, whose shard is tried again', async () => {
    const toy = await createToy()
    await toy.write('a FLAKY')
    await toy.run()
    const [again] = of(await plan(toy), 'shout').run
    expect(again).toMatchObject({ shard: 'line-0', reason: expect.stringMatching(/flaky/) })
  })

  it('names what would be removed only where nothing before it is open', async () => {
    const toy = await createToy()
    await toy.write('a', 'b')
    await toy.run()
    await toy.write('a')
    for (const one of await plan(toy)) expect(one.remove).toEqual([])
    await toy.run({ only: 'split' })
    expect(of(await plan(toy), 'shout')).toMatchObject({ remove: ['line-1'], skip: 1 })
  })

  it('of a part of the pipeline takes the rest as it lies', async () => {
    const toy = await createToy()
    await toy.write('a')
    await toy.run()
    expect((await plan(toy, { from: 'shout' })).map(({ stage }) => stage)).toEqual(['shout', 'join'])
    expect((await plan(toy, { to: 'shout' })).map(({ stage }) => stage)).toEqual(['split', 'shout'])
    expect((await plan(toy, { only: 'shout' })).map(({ stage }) => stage)).toEqual(['shout'])
  })

  it('agrees with the run that follows: what was planned is what ran', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c', 'd')
    await toy.run()
    await toy.write('a b', 'x', 'd')
    const [split] = await plan(toy)
    const { stages } = await toy.run()
    expect(shards(split as StagePlan)).toEqual(['a-scan'])
    expect(stages.map(({ stage, ran }) => [stage, ran])).toEqual([
      ['split', 2],
      ['shout', 1],
      ['join', 1],
    ])
    for (const one of await plan(toy)) expect(one.run).toEqual([])
  })
})

describe('what a stage left for later ones', () => {
  const settled = (toy: Toy, stage: string) => settledCheckpoints(toy.workspace, stage)

  it('is every shard of its last plan', async () => {
    const toy = await createToy()
    await toy.write('a b', 'c')
    await toy.run()
    expect((await settled(toy, 'split')).map(({ shard }) => shard)).toEqual(['a-scan', 'line-0', 'line-1'])
  })

  it('is nothing to build on before it ran', async () => {
    const toy = await createToy()
    await expect(settled(toy, 'split')).rejects.toMatchObject({ exitCode: 2 })
  })

  it('is nothing to build on where a shard of it is gone or failed', async () => {
    const toy = await createToy()
    await toy.write('a', 'BOOM')
    expect((await toy.run()).exitCode).toBe(1)
    await expect(settled(toy, 'shout')).rejects.toThrow(
      'shout has 1 of 2 shards up to date, and did not finish; run with --from shout first.',
    )
    await toy.write('a', 'b')
    await toy.run()
    await rm(join(toy.workspace, 'shout', 'line-1.json'))
    await expect(settled(toy, 'shout')).rejects.toThrow(
      'shout has 1 of 2 shards up to date; run with --from shout first.',
    )
  })

  it('does not count a checkpoint of another plan', async () => {
    const toy = await createToy()
    await toy.write('a')
    await toy.run()
    const path = join(toy.workspace, 'shout', 'line-0.json')
    const checkpoint = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...checkpoint, fingerprint: 'other' }))
    await expect(settled(toy, 'shout')).rejects.toThrow('shout has 0 of 1 shards up to date')
  })
})
