import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QuestionInput } from '@promptloom/search/question'
import { parseQuestion } from '@promptloom/search/question-text'
import type { Capabilities } from '@promptloom/store/capabilities'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { number, type QuestionFlags, questionOf, rankedByWords, ratio } from './question-flags.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-question-'))
  await writeFile(join(folder, 'a.png'), 'A')
  await writeFile(join(folder, 'b:2'), 'B')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const flags = (given: Partial<QuestionFlags> = {}): QuestionFlags => ({
  ...{ find: 'prompts', like: [], also: [], minus: [], phrase: [], k: 10, page: 1, cutoff: true, fold: true },
  ...{ site: [], origin: [], run: [] },
  ...given,
})

describe('a question from flags', () => {
  it('of words alone is one term', async () => {
    const { question, uploads } = await questionOf(['a', 'cat'], flags())
    expect(parseQuestion(question)).toMatchObject({ find: 'prompts', terms: [{ text: 'a cat', weight: 1 }], k: 10 })
    expect(uploads.size).toBe(0)
  })

  it('leaves it open whether words rank, unless told', async () => {
    const hybrid = async (given: Partial<QuestionFlags>) => (await questionOf(['cat'], flags(given))).question.hybrid
    expect([await hybrid({}), await hybrid({ hybrid: true }), await hybrid({ hybrid: false })]).toEqual([
      ...[undefined, true, false],
    ])
  })

  it('takes what stands between quotation marks as phrases, and as words too', async () => {
    const phrases = async (...words: string[]) => {
      const { question } = await questionOf(words, flags({ phrase: ['8k'] }))
      return [question.terms, question.phrases]
    }
    expect(await phrases('castle "oil painting"', 'at night')).toEqual([
      [{ text: 'castle oil painting at night' }],
      ['8k', 'oil painting'],
    ])
    expect(await phrases('„greg rutkowski“ “fog”')).toEqual([
      [{ text: 'greg rutkowski fog' }],
      ['8k', 'greg rutkowski', 'fog'],
    ])
    // One mark alone, or with nothing between, is a sign like others.
    expect(await phrases('a 5" pipe ""')).toEqual([[{ text: 'a 5" pipe ""' }], ['8k']])
  })

  it('takes an id that looks like a file for what it is said to be', async () => {
    const { question } = await questionOf([], flags({ like: ['id:set/a.png', 'id:set/ü:0.5'] }))
    expect(question.terms).toEqual([
      { id: 'set/a.png', weight: 1 },
      { id: 'set/ü', weight: 0.5 },
    ])
    await expect(questionOf([], flags({ like: ['set/a.png'] }))).rejects.toThrow(
      'There is no file set/a.png; a row whose id looks like that is --like "id:set/a.png".',
    )
    await expect(questionOf([], flags({ like: ['ftp://x.example/a.png'] }))).rejects.toThrow(
      '--like is ftp://x.example/a.png; addresses of pictures begin with http:// or https://.',
    )
  })

  it('takes pictures from files, addresses and ids, with weights', async () => {
    const file = join(folder, 'a.png')
    const like = [
      `${file}:0.5`,
      file,
      join(folder, 'b:2'),
      'https://x.example:8080',
      'http://x.example/p.png:2',
      'row-7',
      'row-7:0.3',
    ]
    const { question, uploads } = await questionOf([], flags({ like, find: 'pictures' }))
    expect(question.terms).toEqual([
      { upload: 'picture1', weight: 0.5 },
      { upload: 'picture2', weight: 1 },
      { upload: 'picture3', weight: 1 },
      { url: 'https://x.example:8080', weight: 1 },
      { url: 'http://x.example/p.png', weight: 2 },
      { id: 'row-7', weight: 1 },
      { id: 'row-7', weight: 0.3 },
    ])
    expect(String(uploads.get('picture3'))).toBe('B')
    expect(() => parseQuestion(question)).not.toThrow()
  })

  it('moves away from what is named with --minus, by half unless told otherwise', async () => {
    const { question } = await questionOf(['castle'], flags({ minus: ['people', 'night: sky:0.8'], also: ['fog:0.2'] }))
    expect(question.terms).toEqual([
      { text: 'castle' },
      { text: 'fog', weight: 0.2 },
      { text: 'people', weight: -0.5 },
      { text: 'night: sky', weight: -0.8 },
    ])
  })

  it('hands filters over, and only those that are given', async () => {
    const given = { minWidth: 512, site: ['a', 'b'], origin: ['refined'], hasPicture: true, minRating: 3.5 }
    const { question } = await questionOf(['x'], flags(given))
    expect(question.filters).toEqual({
      minWidth: 512,
      sources: ['a', 'b'],
      origins: ['refined'],
      hasPicture: true,
      minRating: 3.5,
    })
    expect((await questionOf(['x'], flags())).question.filters).toEqual({})
  })

  it('refuses files that are not there or too large', async () => {
    await expect(questionOf([], flags({ like: ['no/such.png'] }))).rejects.toThrow(/There is no file no\/such\.png/)
    const huge = join(folder, 'huge.png')
    await writeFile(huge, '')
    await truncate(huge, 30 * 1024 * 1024)
    await expect(questionOf([], flags({ like: [huge] }))).rejects.toThrow(/31457280 bytes; pictures of up to 20971520/)
  })
})

it('numbers are numbers', () => {
  expect(number('12')).toBe(12)
  expect(ratio('3.5')).toBe(3.5)
  for (const text of ['', '-1', '1e3', 'x', '1.5']) expect(() => number(text)).toThrow(/whole number/)
  for (const text of ['', 'x', ' ', 'Infinity']) expect(() => ratio(text)).toThrow(/number/)
})

describe('whether words rank beside their meaning', () => {
  const engine = (index: '0' | '1', vectorTables = false) =>
    ({ vectorTables, settings: new Map([['enable_full_text_index', index]]) }) as unknown as Capabilities
  const cat = { terms: [{ text: 'cat' }] }

  it.each<[string, QuestionInput, Capabilities, boolean | undefined]>([
    ['prompts are asked for', cat, engine('1'), true],
    ['so they are by name', { ...cat, find: 'prompts' }, engine('1'), true],
    ['pictures are', { ...cat, find: 'pictures' }, engine('1'), undefined],
    ['the engine has no text index', cat, engine('0'), undefined],
    ['its text index is not to be relied upon', cat, engine('1', true), undefined],
    ['the question says no', { ...cat, hybrid: false }, engine('1'), false],
    ['the question says yes', { ...cat, hybrid: true }, engine('0'), true],
  ])('where %s', (_, question, capabilities, expected) => {
    expect(rankedByWords(question, capabilities).hybrid).toBe(expected)
  })
})
