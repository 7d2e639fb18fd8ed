import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callProgram } from '../../tests/program.double.ts'

const HEADER = 'id,prompt,url,width,height,source_site\n'
const CSV = `${HEADER}1,a cat,,512,512,s\n2,,,512,512,s\n3,a dog,,wide,512,s\n4,a fox,,512,512,s\n`
const MODEL = resolve(import.meta.dirname, '../../data/sample/model')

let folder: string
let workspace: string
let source: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-commands-'))
  workspace = join(folder, 'workspace')
  source = join(folder, 'prompts.csv')
  await writeFile(source, CSV)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const call = (...args: string[]) => callProgram([...args, '--workspace', workspace])
const download = (...more: string[]) => call('run', '--source', source, '--only', 'download', ...more)
const json = (text: string) => JSON.parse(text)
const files = () => readdir(workspace).catch(() => [])

describe('plan', () => {
  test('says what would run and does nothing: no file appears', async () => {
    const { code, stdout } = await call('plan', '--source', source, '--model', MODEL)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^download: 1 to run, 0 up to date, more may follow/)
    expect(stdout).toMatch(/\n {2}source \(0 rows\): /)
    expect(await files()).toEqual([])
  })

  test('as JSON names every stage, in order, with every shard’s reason', async () => {
    await download()
    const plans = json((await call('plan', '--source', source, '--json', '--only', 'download')).stdout)
    expect(plans).toEqual([expect.objectContaining({ stage: 'download', run: [], skip: 2, remove: [] })])
  })

  test('tells why a shard would be done again', async () => {
    await download()
    await writeFile(source, CSV.replace('a fox', 'an owl'))
    const { stdout } = await call('plan', '--source', source, '--only', 'download')
    expect(stdout).toMatch(/^download: 1 to run, 0 up to date, more may follow/)
    expect(stdout).toContain('  source (0 rows): sha256 changed')
  })
})

describe('run', () => {
  test('of one stage brings it up to date, shows the ledger, and does nothing the second time', async () => {
    const first = await download()
    expect(first.code).toBe(0)
    expect(first.stdout).toContain('download')
    expect(first.stdout).toMatch(/bad_size/)
    const before = await readFile(join(workspace, 'download', '00000.json'), 'utf8')
    expect((await download()).code).toBe(0)
    expect(await readFile(join(workspace, 'download', '00000.json'), 'utf8')).toBe(before)
  })

  test('with --json prints JSON lines alone', async () => {
    const { code, stdout } = await download('--json')
    expect(code).toBe(0)
    const lines = stdout.trim().split('\n').map(json)
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.at(-1)).toMatchObject({ exitCode: 0 })
  })

  test('remembers its configuration: the next command needs only the workspace', async () => {
    await download()
    expect((await call('run', '--only', 'download')).code).toBe(0)
    expect(json(await readFile(join(workspace, 'configuration.json'), 'utf8'))).toMatchObject({ source })
  })

  test('forgets a configuration in which a later stage found a mistake, and goes on with the one before', async () => {
    const queue = join(folder, 'queue.txt')
    await writeFile(queue, '')
    const settings = (more: object) => JSON.stringify({ workspace, source, ...more })
    const [good, bad] = [join(folder, 'good.yaml'), join(folder, 'bad.yaml')]
    await writeFile(good, settings({ feedback: { queue: { source: { file: queue } } } }))
    await writeFile(bad, settings({ feedback: { queue: { source: { file: join(folder, 'nowhere.txt') } } } }))
    const run = (...args: string[]) => call('run', '--to', 'feedback', ...args)
    expect((await run('--config', good)).code).toBe(0)
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await run('--config', bad)
      expect([code, stderr]).toEqual([2, expect.stringMatching(/nowhere\.txt/)])
      expect((await run()).code).toBe(0)
      const remembered = json(await readFile(join(workspace, 'configuration.json'), 'utf8'))
      expect(remembered.feedback.queue.source).toEqual({ file: queue })
    }
  })

  test.each<[string, string[], RegExp]>([
    ['no source', ['run', '--only', 'download'], /source/],
    [
      'a source that is not there',
      ['run', '--only', 'download', '--source', '/nowhere.csv'],
      /There is no file \/nowhere\.csv/,
    ],
    ['a model that is not there', ['run', '--source', '/p.csv', '--model', '/nowhere'], /no model directory \/nowhere/],
    ['an unknown stage', ['run', '--from', 'embded'], /did you mean "embed"/],
    ['a range that runs backwards', ['run', '--from', 'load', '--to', 'download'], /comes after/],
    ['--only beside a range', ['run', '--only', 'load', '--to', 'load'], /--only cannot be combined/],
    ['a configuration that is not there', ['run', '--config', '/nowhere.yaml'], /\/nowhere\.yaml/],
  ])('with %s is the user’s mistake, and leaves no checkpoint', async (_, args, message) => {
    const { code, stderr } = await call(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(await readdir(join(workspace, 'download')).catch(() => [])).toEqual([])
  })

  test('with a wrong model says so before anything is downloaded', async () => {
    const { code } = await call('run', '--source', source, '--model', '/nowhere')
    expect(code).toBe(2)
    expect(await files()).toEqual([])
  })
})

describe('status', () => {
  test('of a workspace where nothing ran says so, and how to begin', async () => {
    const { code, stdout } = await call('status')
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing has run in this workspace yet')
    expect(await files()).toEqual([])
  })

  test('as JSON holds what machines rely on', async () => {
    await download()
    const status = json((await call('status', '--json')).stdout)
    expect(status).toMatchObject({ balanced: true, complete: false, unanswered: { refiner: 0, painter: 0 } })
    expect(status.stages[0]).toMatchObject({
      name: 'download',
      shards: { done: 2, total: 2 },
      rows: 4,
      outcomes: { ok: 2, empty_prompt: 1, bad_size: 1 },
    })
    expect(status.stages.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['download', 'fetch-images', 'embed', 'load', 'build-index', 'benchmark']),
    )
  })

  test('may be asked while a run holds the workspace', async () => {
    await download()
    await writeFile(join(workspace, 'lock'), JSON.stringify({ pid: process.pid, host: 'elsewhere' }))
    expect((await call('status')).code).toBe(0)
  })
})

describe('retry', () => {
  test('asks for outcomes of the stage by name', async () => {
    await download()
    const { code, stderr } = await call('retry', 'download', '--outcome', 'bad_siz')
    expect(code).toBe(2)
    expect(stderr).toContain('download has no outcome "bad_siz"; did you mean "bad_size"?')
  })
})

describe('commands that ask a database', () => {
  test.each([
    ['search', 'a cat'],
    ['calibrate'],
    ['bench', 'search'],
    ['store', 'status'],
    ['store', 'drop', '--yes'],
    ['store', 'export', 'backup'],
    ['bench', 'vectors', '--export', 'x.hdf5'],
  ])('%s %s: in a workspace where nothing was loaded is a mistake, and makes no database', async (...args) => {
    const { code, stderr } = await call(...args, '--model', MODEL)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Nothing has been loaded in \S+ yet; check --workspace, or run promptloom run first\.$/m)
    expect(await files()).toEqual([])
  })

  test('bench search refuses a pattern that is none before it opens anything', async () => {
    const { code, stderr } = await call('bench', 'search', '--label', '([')
    expect(code).toBe(2)
    expect(stderr).toBe('--label is "([", which is no regular expression; write one like "style of ([^,]+)".\n')
  })

  test.each<[string[], RegExp]>([
    [['bench', 'vectors'], /Name a file to measure, or give --export/],
    [['bench', 'vectors', '--export', 'x.hdf5', '--table', 'images'], /--table is "images"; it must be text or image/],
    [['bench', 'vectors', '/nowhere.hdf5'], /\/nowhere\.hdf5/],
  ])('%j is a mistake', async (args, message) => {
    const { code, stderr } = await call(...args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  })
})

describe('bench store and bench embed', () => {
  const bench = (...args: string[]) => callProgram(['bench', ...args])

  // Numbers that are none: numeric-options.test.ts.
  test.each(['quick', 'i8,24'])('no graph is called %s', async (name) => {
    const { code, stderr } = await bench('store', '--hnsw', name)
    expect(code).toBe(2)
    expect(stderr).toContain(`option '--hnsw <quantization,connections,candidates>' argument '${name}' is invalid.`)
    expect(stderr).toContain('Expected default, fast, or quantization (f32, f16, bf16, i8), connections and candidates')
    expect(stderr).toContain('promptloom bench store --help')
  })

  test('embed without the prompts says so before it makes a model', async () => {
    const { code, stderr } = await bench('embed', '--prompts', join(folder, 'no.csv'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/There is no file .*no\.csv/)
  })

  test('embed refuses a folder without pictures, and a tokenizer that is none', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    const pictures = await bench('embed', '--prompts', source, '--pictures', empty)
    expect(pictures).toMatchObject({ code: 2, stderr: expect.stringContaining(`There are no pictures in ${empty}`) })
    const tokenizer = await bench('embed', '--prompts', source, '--tokenizer', empty)
    expect(tokenizer).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no tokenizer.json in it') })
  })
})

describe('config schema', () => {
  test('prints the schema that editors use, every key with its default or its meaning', async () => {
    const { code, stdout } = await callProgram(['config', 'schema'])
    expect(code).toBe(0)
    const schema = json(stdout)
    expect(schema).toMatchObject({ title: 'Promptloom configuration', type: 'object', additionalProperties: false })
    for (const [key, value] of Object.entries(schema.properties as Record<string, { description?: string }>))
      expect([key, (value.description ?? '').length > 9]).toEqual([key, true])
  })

  test('names no key that holds a secret', async () => {
    const { stdout } = await callProgram(['config', 'schema'])
    expect(stdout).not.toMatch(/"(password|token|apiKey|secret)":/i)
  })
})

describe('evaluate-demo', () => {
  test('without its model says what is wrong', async () => {
    const { code, stderr } = await callProgram(['evaluate-demo', '--model', join(folder, 'nothing')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/no model directory/)
  })
})
