import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StageContext } from '@promptloom/runner/stage'
import { openStore } from '@promptloom/store/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BenchmarkOptions, benchmarkOptions } from './options.ts'
import { possibleTracks, type Survey, survey, type TableSurvey } from './session.ts'

let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-survey-'))
})
afterAll(() => rm(workspace, { recursive: true, force: true }))

const table: TableSurvey = { rows: 10, dimension: 4, digest: 'd', index: 'built' }
const surveyed = (kinds: readonly string[], questions: readonly string[] = []): Survey => ({
  engine: {
    ...{ label: 'double', version: '1', effortName: 'ef', local: true },
    efforts: { quick: [16], full: [16, 32] },
  },
  tables: {
    text: kinds.includes('text') ? table : undefined,
    image: kinds.includes('image') ? table : undefined,
  },
  questions,
})
const options = (given: object = {}) => benchmarkOptions.parse(given)

describe('the kinds of questions', () => {
  it.each<[string, readonly string[], readonly string[], object, readonly string[]]>([
    ['nothing', [], ['a cat'], {}, []],
    ['prompts', ['text'], [], {}, ['text-to-text']],
    ['pictures', ['image'], [], {}, ['image-to-image']],
    ['both', ['text', 'image'], [], {}, ['text-to-text', 'image-to-image', 'text-to-image', 'image-to-text']],
    ['prompts and real questions', ['text'], ['a cat'], {}, ['text-to-text', 'questions-to-text']],
    ['pictures and real questions', ['image'], ['a cat'], {}, ['image-to-image', 'questions-to-image']],
    ['both, of which one is wanted', ['text', 'image'], [], { tracks: ['text-to-image'] }, ['text-to-image']],
    ['prompts, where pictures are wanted', ['text'], [], { tracks: ['image-to-image', 'text-to-image'] }, []],
    ['no questions, where they are wanted', ['text'], [], { tracks: ['questions-to-text'] }, []],
  ])('of %s are those that have both ends', (_, kinds, questions, given, expected) => {
    expect(possibleTracks(options(given), surveyed(kinds, questions)).map(({ name }) => name)).toEqual(expected)
  })

  it('are in the table’s order, whatever the order of the options', () => {
    const given = { tracks: ['image-to-text', 'text-to-text'] }
    const found = possibleTracks(options(given), surveyed(['text', 'image']))
    expect(found.map(({ name }) => name)).toEqual(['text-to-text', 'image-to-text'])
  })
})

/** The part of a stage's context that a survey needs; what it opened is closed at the end. */
function context(given: Partial<BenchmarkOptions> = {}) {
  const open = new Map<string, Promise<AsyncDisposable>>()
  const opened: string[] = []
  const all = {
    ...{ options: options(given), workspace, run: 'run-1', signal: new AbortController().signal },
    log: { info: () => {}, warn: () => {} },
    ...{ upstream: () => [], own: () => [], read: async () => '' },
    open: <T extends AsyncDisposable>(key: string, opener: () => Promise<T>) => {
      const known = open.get(key)
      if (known) return known as Promise<T>
      opened.push(key)
      const opening = opener()
      open.set(key, opening)
      return opening
    },
  } satisfies StageContext<BenchmarkOptions>
  const close = async () => {
    const settled = await Promise.allSettled([...open.values()].reverse())
    for (const one of settled) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]()
  }
  return { ...all, opened, [Symbol.asyncDispose]: close }
}

describe('a survey', () => {
  it('of a workspace without a store finds nothing, and leaves nothing', async () => {
    await using asked = context()
    expect(await survey(asked)).toBeUndefined()
    expect([asked.opened, await readdir(workspace)]).toEqual([[], []])
  })

  it('of an empty store finds no table; it looks once a stage, and reads the questions as people write them', async () => {
    await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
    await store[Symbol.asyncDispose]()
    const questions = join(workspace, 'questions.txt')
    await writeFile(questions, '# of March\r\na cat\r\n\r\n  a dog  \na cat\n#a fox\nwhat is #1?\n')
    await using asked = context({ questions })
    const first = await survey(asked)
    expect(first?.tables).toEqual({ text: undefined, image: undefined })
    expect(first?.questions).toEqual(['a cat', 'a dog', 'what is #1?'])
    expect(first?.engine).toMatchObject({ local: true, effortName: 'ef' })
    await rm(questions)
    expect(await survey(asked)).toBe(first)
    expect(asked.opened.sort()).toEqual(['store', 'survey'])
  })

  it('says which question file cannot be read, and where it was named', async () => {
    await using asked = context({ questions: join(workspace, 'nowhere.txt') })
    await expect(survey(asked)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^The question file \S+nowhere\.txt can't be read \(ENOENT.*check benchmark\.questions\.$/,
      ),
    })
  })
})
