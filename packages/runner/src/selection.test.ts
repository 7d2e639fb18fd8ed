import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { UserError } from './errors.ts'
import { nearest, type Selection, selectStages, stageNames } from './selection.ts'
import type { BoundStage } from './stage.ts'

const bound = (name: string): BoundStage => ({
  stage: {
    name,
    version: 1,
    options: z.unknown(),
    outcomes: {},
    plan: async () => [],
    process: async () => ({ outcomes: {} }),
  },
  options: {},
})
const pipeline = ['download', 'fetch-images', 'embed', 'load', 'build-index'].map(bound)
const select = (selection: Selection) => stageNames(selectStages(pipeline, selection))

describe('selectStages', () => {
  it('takes all of them unless told otherwise', () => {
    expect(select({})).toEqual(stageNames(pipeline))
  })

  it.each([
    [{ only: 'embed' }, ['embed']],
    [{ from: 'load' }, ['load', 'build-index']],
    [{ to: 'fetch-images' }, ['download', 'fetch-images']],
    [{ from: 'embed', to: 'load' }, ['embed', 'load']],
    [{ from: 'embed', to: 'embed' }, ['embed']],
    [{ from: 'download', to: 'build-index' }, stageNames(pipeline)],
  ])('takes for %j exactly %j', (selection, names) => expect(select(selection)).toEqual(names))

  it('refuses a range that runs backwards, and shows the order', () => {
    expect(() => select({ from: 'load', to: 'embed' })).toThrow(
      '--from load comes after --to embed; the order is download → fetch-images → embed → load → build-index.',
    )
  })

  it.each([
    { only: 'embed', from: 'embed' },
    { only: 'embed', to: 'load' },
    { only: 'embed', from: 'load', to: 'load' },
  ])('refuses %j, which says two things', (selection) =>
    expect(() => select(selection)).toThrow(/^--only cannot be combined/),
  )

  it('refuses an empty name, instead of taking it for none', () => {
    for (const key of ['only', 'from', 'to']) expect(() => select({ [key]: '' })).toThrow(/There is no stage ""/)
  })

  it.each([
    ['Embed', 'embed'],
    ['fetch_images', 'fetch-images'],
    ['dowload', 'download'],
    ['buildindex', 'build-index'],
  ])('answers %s with %s, and with all names', (name, meant) => {
    const attempt = () => select({ only: name })
    expect(attempt).toThrow(UserError)
    expect(attempt).toThrow(
      `There is no stage "${name}"; did you mean "${meant}"? Stages: download, fetch-images, embed, load, build-index.`,
    )
  })

  it('is no more lenient to names that every object has', () => {
    expect(() => select({ only: 'constructor' })).toThrow(/There is no stage "constructor"/)
  })
})

describe('nearest', () => {
  it('is the name with the fewest changed letters, and none of none', () => {
    expect(nearest('dowload', stageNames(pipeline))).toBe('download')
    expect(nearest('fetch_images', stageNames(pipeline))).toBe('fetch-images')
    expect(nearest('x', [])).toBeUndefined()
  })

  it.each([
    [
      'fetch',
      ['feedback', 'fetch-images'],
      'fetch-images',
      'a name cut short, though another has fewer letters changed',
    ],
    ['BUILD', ['load', 'build-index'], 'build-index', 'whatever its case'],
    ['em', ['om', 'embed'], 'om', 'two letters begin too much to count'],
    ['embed', ['embed', 'embedded'], 'embed', 'the shorter of two that begin so'],
    ['', ['embed', 'load'], 'load', 'nothing begins every name, so it counts for none'],
  ])('of %j among %j is %s: %s', (name, known, meant) => {
    expect(nearest(name, known)).toBe(meant)
  })
})
