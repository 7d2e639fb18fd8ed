import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventLogPath } from './event-log.ts'
import { Ratings, recordOpinions } from './ratings.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-ratings-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

describe('ratings', () => {
  it('are none where nobody has rated', async () => {
    const ratings = await Ratings.read(workspace)
    expect(ratings.of('a')).toBeUndefined()
    expect(ratings.atLeast(1)).toEqual([])
    expect(ratings.preferences().size).toBe(0)
  })

  it('count as the latest word on a row', async () => {
    await recordOpinions(workspace, [{ id: 'a', kind: 'rated', rating: 2 }])
    await recordOpinions(workspace, [
      { id: 'b', kind: 'rated', rating: 3 },
      { id: 'a', kind: 'rated', rating: 5 },
    ])
    const ratings = await Ratings.read(workspace)
    expect(ratings.of('a')).toBe(5)
    expect(ratings.atLeast(4)).toEqual(['a'])
    expect(ratings.atLeast(3).sort()).toEqual(['a', 'b'])
  })

  it('come before choices, which count where there is no rating, and are no stars', async () => {
    await recordOpinions(workspace, [
      { id: 'a', kind: 'kept' },
      { id: 'b', kind: 'kept' },
      { id: 'b', kind: 'discarded' },
      { id: 'c', kind: 'rated', rating: 1 },
      { id: 'c', kind: 'kept' },
    ])
    const ratings = await Ratings.read(workspace)
    expect(ratings.preferences()).toEqual(
      new Map([
        ['a', 0.5],
        ['b', -0.5],
        ['c', -1],
      ]),
    )
    expect(ratings.atLeast(1)).toEqual(['c'])
  })

  it.each([0, 6, 2.5, Number.NaN])(
    'are whole numbers from 1 to 5: %s is refused, and nothing is written',
    async (rating) => {
      const both = [
        { id: 'a', kind: 'rated', rating: 3 },
        { id: 'b', kind: 'rated', rating },
      ] as const
      await expect(recordOpinions(workspace, both)).rejects.toThrow()
      await expect(readFile(eventLogPath(workspace, 'ratings'))).rejects.toThrow('ENOENT')
    },
  )

  it('survive a line that was cut short', async () => {
    await recordOpinions(workspace, [{ id: 'a', kind: 'rated', rating: 4 }])
    await appendFile(eventLogPath(workspace, 'ratings'), '{"id":"b","kind":"ra')
    await recordOpinions(workspace, [{ id: 'c', kind: 'rated', rating: 4 }])
    const ratings = await Ratings.read(workspace)
    expect(ratings.atLeast(4)).toEqual(['a', 'c'])
    expect(ratings.damaged).toBe(1)
  })
})
