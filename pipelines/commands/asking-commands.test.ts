import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { openAiDouble } from '@promptloom/refine/openai.double'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callProgram } from '../../tests/program.double.ts'
import { printed, smallWorkspace } from './small-workspace.double.ts'

let small: Awaited<ReturnType<typeof smallWorkspace>>
beforeAll(async () => {
  small = await smallWorkspace()
}, 120_000)
afterAll(() => small[Symbol.asyncDispose]())

const call = (...args: string[]) => callProgram([...args, '--workspace', small.workspace])
const configured = async (settings: object, ...args: string[]) =>
  callProgram([...args, '--config', await small.configured(settings)])
const idsOf = (hits: readonly { id: string }[]) => hits.map(({ id }) => id)
const found = async (...args: string[]) => idsOf(printed(await call('search', ...args, '--no-cutoff', '--json')))
const at = (name: string) => join(small.folder, name)

describe('search', () => {
  const all = ['castle', 'cat', 'dog', 'forest', 'robot', 'ship']

  test.each<[string, string[], string[]]>([
    ['a site', ['--site', 'site-1.example'], ['dog', 'robot', 'ship']],
    ['two sites, and a phrase', ['--site', 'site-0.example', '--site', 'site-1.example', '--phrase', 'A CAT'], ['cat']],
    ['what all rows meet', ['--origin', 'dataset', '--min-width', '96', '--max-height', '80', '--has-picture'], all],
    ['a form and a date that no row has', ['--orientation', 'portrait', '--until', '2001-01-01'], []],
  ])('by %s finds those rows and no other', async (_, flags, expected) => {
    expect((await found('something at night', '--no-fold', '-k', '20', ...flags)).sort()).toEqual(expected)
  })

  test('turns pages: together they are the whole, and none has a row of another', async () => {
    const page = (number: string) => found('a cat at night', '--no-fold', '-k', '3', '--page', number)
    const pages = [await page('1'), await page('2'), await page('3')]
    expect(pages.flat()).toEqual(await found('a cat at night', '--no-fold'))
  })

  test('with --minus goes away from words, and by --like to a picture', async () => {
    const [first] = await found('a cat at night, oil on canvas', '--no-fold')
    expect(first).toBe('cat')
    const away = await found('at night', '--minus', 'a cat at night, oil on canvas:1', '--no-fold')
    expect(away.indexOf('cat')).toBeGreaterThan(0)
    const [nearest] = await found('--like', at('ship.jpg'), '--find', 'pictures', '--no-fold')
    expect(nearest).toBe('ship')
  })

  test('prints the whole answer, with what it was asked, what answered, and how long', async () => {
    const answer = printed(await call('search', 'a cat', '--answer', '-k', '1', '--no-cutoff', '--no-fold'))
    expect(answer).toMatchObject({ page: 1, more: true, hits: [{ rank: 1, id: expect.any(String) }] })
    expect(answer.model).toMatchObject({ name: 'sample', standIn: 'CLIP' })
  })

  test('draws a contact sheet of the pictures, and says where', async () => {
    const { code, stdout } = await call('search', 'a cat', '--no-cutoff', '--no-fold', '--sheet', at('sheet.png'))
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Contact sheet: ${at('sheet.png')}`)])
    expect(stdout).toMatch(/^The model \S+ is a stand-in for CLIP/m)
    const { format, width = 0, height = 0 } = await sharp(at('sheet.png')).metadata()
    expect([format, width > 100, height > 100]).toEqual(['png', true, true])
  })

  test('says where a contact sheet cannot be written', async () => {
    const { code, stderr } = await call('search', 'a cat', '--no-cutoff', '--sheet', at('nowhere/sheet.png'))
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^The contact sheet cannot be written to .*nowhere/)])
  })

  test('counts the words that were asked, but for further pages and where that is switched off', async () => {
    const log = join(small.workspace, 'events', 'searches.jsonl')
    await rm(log, { force: true })
    await call('search', 'counted once', '--minus', 'not this')
    await call('search', 'counted once', '--page', '2')
    await configured({ feedback: { searchLog: false } }, 'search', 'nor this')
    const lines = (await readFile(log, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).prompt)).toEqual(['counted once'])
  })

  test.each<[string, string[], RegExp]>([
    ['nothing', [], /needs at least one term with a positive weight, or a phrase/],
    ['no hits', ['cat', '-k', '0'], /\bk\b/],
    [
      'a form that there is none of',
      ['cat', '--orientation', 'round'],
      /Allowed choices are landscape, portrait, square/,
    ],
    ['neither prompts nor pictures', ['cat', '--find', 'videos'], /Allowed choices are prompts, pictures/],
    ['a date that is none', ['cat', '--since', 'yesterday'], /since/],
    ['a row that is not there', ['--like', 'nobody'], /nobody/],
    ['a file that is not there', ['--like', 'no/where.png'], /There is no file no\/where\.png/],
  ])('for %s is the user’s mistake, in one sentence', async (_, args, message) => {
    const { code, stdout, stderr } = await call('search', ...args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)])
    expect(stderr).not.toMatch(/This is a bug|^ {4}at /m)
  })
})

describe('refine', () => {
  const improved = { variants: [{ prompt: 'a cat at dusk', reason: 'light', neighbours: ['cat'] }] }

  test('without a language model leans on the neighbours alone, and says that it is none', async () => {
    const { code, stdout } = await call('refine', 'a', 'cat', '-n', '2')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^By .*no language model.*, from \d+ similar prompts:/)
    expect(stdout).toMatch(/Draws on/)
  })

  test('prints variants, neighbours and cost for machines', async () => {
    await using model = await openAiDouble({ text: improved })
    const refine = { endpoint: model.url, model: 'm', neighbours: 3, price: { input: 1, output: 2 } }
    const ended = await configured({ refine }, 'refine', 'a cat', '-n', '1', '--seed', '4', '--json')
    expect(ended.code).toBe(0)
    const answer = printed(ended)
    expect(answer).toMatchObject({ prompt: 'a cat', ...improved, repaired: false })
    expect(answer.neighbours).toHaveLength(3)
    expect(answer.usage).toMatchObject({ inputTokens: 100, outputTokens: 50, cost: (100 + 2 * 50) / 1e6 })
    expect(model.asked[0]?.body).toMatchObject({ model: 'm', seed: 4 })
  })

  test('shows nothing of the collection where no neighbours are wanted', async () => {
    await using model = await openAiDouble({ text: { variants: [{ ...improved.variants[0], neighbours: [] }] } })
    const refine = { endpoint: model.url, neighbours: 0 }
    const ended = await configured({ refine }, 'refine', 'a cat', '-n', '1', '--json')
    expect([ended.code, printed(ended).neighbours]).toEqual([0, []])
    expect(JSON.stringify(model.asked[0]?.body.messages)).not.toMatch(/oil on canvas/)
  })

  test('says that the first answer was malformed where it was', async () => {
    await using model = await openAiDouble({ text: 'Sure! Here you are.' }, { text: improved })
    const { code, stdout } = await configured({ refine: { endpoint: model.url } }, 'refine', 'a cat', '-n', '1')
    expect([code, model.asked.length]).toEqual([0, 2])
    expect(stdout).toMatch(/1 {2}a cat at dusk\n {3}light\n/)
    expect(stdout).toMatch(/The first answer was malformed; this one was asked for again\./)
  })

  test.each<[string, object, number, RegExp]>([
    ['says no', { refusal: 'I will not.' }, 1, /I will not/],
    ['is malformed twice', { text: 'Sure!' }, 1, /answered twice what can't be used: it is not one JSON object/],
    ['has no such model', { status: 404, body: '{"error":{"message":"no model m"}}' }, 2, /no model m/],
  ])('a language model that %s is told in a sentence', async (_, reply, ends, message) => {
    await using model = await openAiDouble(reply)
    const { code, stdout, stderr } = await configured({ refine: { endpoint: model.url } }, 'refine', 'a cat')
    expect([code, stdout, stderr]).toEqual([ends, '', expect.stringMatching(message)])
    expect(stderr).not.toMatch(/This is a bug|^ {4}at /m)
  })

  test.each<[string, string[], RegExp]>([
    ['no variants', ['a cat', '-n', '0'], /variants/],
    ['half a variant', ['a cat', '-n', '1.5'], /a whole number is expected/],
    ['nothing', [], /missing required argument 'words'/],
    ['a picture that is not there', ['a cat', '--like', 'no.png'], /^There is no file no\.png; give a picture's file/],
    ['a row that is not there', ['a cat', '--like', 'nobody'], /nobody/],
  ])('for %s is the user’s mistake', async (_, args, message) => {
    const { code, stderr } = await call('refine', ...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
    expect(stderr).not.toMatch(/This is a bug/)
  })
})

describe('the benches of a collection', () => {
  test('of refining compare what the endpoint makes with what the neighbours alone make', async () => {
    await using model = await openAiDouble({
      text: { variants: [{ prompt: 'a tin', reason: 'it is', neighbours: [] }] },
    })
    await using painter = await automatic1111Double()
    const settings = {
      refine: { endpoint: model.url, model: 'm' },
      generate: { painter: { kind: 'automatic1111', url: painter.url }, width: 96, height: 80 },
    }
    await writeFile(at('mine.txt'), 'a cat\r\n\n  a dog  \na ship\n')
    const flags = ['--prompts', at('mine.txt'), '--count', '2', '--seed', '9', '--json']
    const ended = await configured(settings, 'bench', 'feedback', ...flags)
    expect(ended.code).toBe(0)
    const { worths, painter: by } = printed(ended)
    expect(worths).toHaveLength(2)
    expect(by).toMatchObject({ kind: 'automatic1111', standIn: false })
    // Two of the three prompts, as they are and as each of the two refiners made them; one seed for all.
    expect(new Set(painter.painted.map(({ seed }) => seed))).toEqual(new Set([9]))
    expect(new Set(painter.painted.map(({ prompt }) => prompt))).toEqual(
      new Set([
        'a cat',
        'a dog',
        'a tin',
        ...painter.painted.map(({ prompt }) => prompt).filter((one) => /,/.test(one)),
      ]),
    )
    expect(ended.stderr).toMatch(/: prompt 1 of 2\n/)
    expect(ended.stderr).not.toMatch(/of 3/)
  }, 60_000)

  test.each<[string[], RegExp]>([
    [
      ['feedback', '--prompts', '/nowhere.txt'],
      /^\/nowhere\.txt cannot be read \(ENOENT\); give a file with a prompt a line\.$/m,
    ],
    [['feedback', '--count', '0'], /Expected a whole number above 0/],
    [['search', '--questions', '0'], /Expected a whole number above 0/],
    [['ratings', 'mine'], /too many arguments/],
  ])('bench %j is a mistake', async (args, message) => {
    const { code, stderr } = await call('bench', ...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test('calibrate refuses to ask nothing', async () => {
    const { code, stderr } = await call('calibrate', '--pairs', '0')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Expected a whole number above 0/)])
  })

  test('of search ask every kind of question, and name the stand-in', async () => {
    const words = ['--questions', '3', '--cold', '0', '--label', 'a (\\w+) at']
    const { code, stdout, stderr } = await call('bench', 'search', ...words)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^The model \S+ is a stand-in for CLIP.*the figures say nothing of that model\./)
    expect(stdout).toMatch(/Nothing is cut off: "promptloom calibrate" finds where to\./)
    expect(stdout).toMatch(/A filter that 1 row meets \(1 %\): 15 of 15 questions got all/)
    expect(stdout).toMatch(/warm, ms: p50 \/ p95 +│ encoder +│ store/)
    expect(stderr).toMatch(/^Asking .* …$/m)
    expect(stdout).toMatch(/words → prompts +│ 3 +│ 100\.0 % │ 100\.0 %/)
    expect(stdout).toMatch(/label → prompts/)
  }, 60_000)
})
