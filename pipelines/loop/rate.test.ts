import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { putBatch } from '../feedback/inbox.ts'
import { collection, promptRow } from '../fetch-images/collection.double.ts'
import { Ratings } from '../ratings.ts'
import { rate } from './rate.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-rate-'))
  const stage = collection([[promptRow('row-1', '')], [promptRow('row-2', '')]]) as Stage<unknown>
  await run({ workspace, pipeline: [{ stage, options: {} }] })
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

it('rates rows of the collection and of the inbox', async () => {
  await putBatch(workspace, [{ row: { id: 'r-1', prompt: 'new', origin: 'refined' } }])
  await rate(workspace, 'row-2', 4)
  await rate(workspace, 'r-1', 1)
  await rate(workspace, 'row-2', 5)
  const ratings = await Ratings.read(workspace)
  expect([ratings.of('row-2'), ratings.of('r-1'), ratings.of('row-1')]).toEqual([5, 1, undefined])
})

it.each([0, 6, 1.5, Number.NaN])('refuses %s stars in one sentence', async (rating) => {
  await expect(rate(workspace, 'row-1', rating)).rejects.toMatchObject({
    exitCode: 2,
    message: `The rating is ${rating}; it should be a whole number from 1 (worst) to 5 (best).`,
  })
})

it('refuses an id that no row has', async () => {
  await expect(rate(workspace, 'nobody', 3)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/has the id "nobody"; copy it/),
  })
  expect((await Ratings.read(workspace)).of('nobody')).toBeUndefined()
})
