import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { z } from 'zod'
import { loadFor } from './command-options.ts'
import { configurationSchema, existingStoreOf, storeOf } from './configuration.ts'
import { buildPipeline } from './pipeline.ts'

const ROOT = resolve(import.meta.dirname, '..')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-configuration-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function loaded(yaml: string) {
  const config = join(folder, 'my.yaml')
  await writeFile(config, yaml)
  return loadFor({ config, workspace: join(folder, 'workspace') })
}

describe('a configuration file that is wrong', () => {
  it.each<[string, string | RegExp]>([
    [
      'sorce: p.csv',
      /my\.yaml line 1: There is no option "sorce"; did you mean "source"\?|There is no option "sorce"; did you mean "source"\?/,
    ],
    ['download:\n  shardrows: 5', /There is no option "download\.shardrows"; did you mean "download\.shardRows"\?/],
    [
      'download:\n  columns:\n    promt: text',
      /There is no option "download\.columns\.promt"; did you mean "download\.columns\.prompt"\?/,
    ],
    ['download:\n  sorce: a.csv', /There is no option "download\.sorce"; did you mean "source"\?/],
    ['embed:\n  model: models/clip', /There is no option "embed\.model"; did you mean "model"\?/],
    ['hostRate: 5', /There is no option "hostRate"; did you mean "fetch-images\.hostRate"\?/],
    [
      'download:\n  shardRows: many',
      /my\.yaml line 2: The option "download\.shardRows" is "many": expected (int|number)/,
    ],
    ['download:\n  shardRows: 0', /my\.yaml line 2: The option "download\.shardRows" is 0: .*>=1/],
    ['download:\n  badSize: drop', /my\.yaml line 2: The option "download\.badSize" is "drop": .*"reject"\|"keep"/],
    [
      'download:\n  expectRows: some',
      /"download\.expectRows" is "some": expected number, received string, or expected "any"\./,
    ],
    ['embed: 5', /my\.yaml line 1: The option "embed" is 5: expected object/],
    ['model: ""', /my\.yaml line 1: The option "model" is "": /],
    ['source: [a, b]', /my\.yaml line 1: The option "source" is \["a","b"\]: expected string/],
    ['store:\n  kind: server\n  password: secret', /password/],
    ['- a\n- b', /my\.yaml must hold keys and values, not \["a","b"\]/],
    ['just words', /my\.yaml must hold keys and values, not "just words"/],
    ['a: b: c', /my\.yaml is not valid YAML: /],
    ['download: {shardRows: 5', /my\.yaml is not valid YAML: /],
    ['source: a\nsource: b', /my\.yaml is not valid YAML: Map keys must be unique/],
  ])('%j', async (yaml, message) => {
    const loading = loaded(yaml)
    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toMatchObject({ exitCode: 2 })
  })

  it('in several places names five of them, and says how many more there are', async () => {
    const wrong = 'download:\n  shardRows: x\n  badSize: x\n  allowCut: x\n  refresh: x\n  entry: 5\n  expectRows: x\n'
    const error = (await loaded(wrong).catch((reason: unknown) => reason)) as Error
    const lines = error.message.split('\n')
    expect(lines).toHaveLength(6)
    for (const line of lines.slice(0, 5)) expect(line).toMatch(/my\.yaml line \d: The option "download\.\w+" is /)
    expect(lines.at(-1)).toBe('And 1 more.')
  })

  it('says nothing of a secret that it holds', async () => {
    const error = (await loaded('store:\n  kind: server\n  pasword: s3cret').catch(
      (reason: unknown) => reason,
    )) as Error
    expect(error.message).not.toContain('s3cret')
  })
})

describe('a configuration file that is right', () => {
  it.each<[string, object]>([
    ['', { model: resolve('models/clip-vit-base-patch32') }],
    ['# only a comment', {}],
    ['source: kaggle:a/b', { source: 'kaggle:a/b' }],
    ['source: p.csv', { source: resolve('p.csv') }],
    ['download:\n  shardRows: 5', { download: { shardRows: 5, badSize: 'reject' } }],
    ['download:\n  columns:\n    url: null', { download: { columns: { url: null, id: 'id' } } }],
    ['store:\n  kind: embedded', { store: { kind: 'embedded' } }],
  ])('%j', async (yaml, expected) => {
    expect(await loaded(yaml)).toMatchObject(expected)
  })

  it('is every one that the repository has', async () => {
    const names = (await readdir(join(ROOT, 'config'))).filter((name) => name.endsWith('.yaml'))
    expect(names.length).toBeGreaterThan(1)
    for (const name of names) {
      const text = await readFile(join(ROOT, 'config', name), 'utf8')
      expect([name, configurationSchema.safeParse(parse(text)).error?.message]).toEqual([name, undefined])
      expect(text).toContain('yaml-language-server: $schema=')
    }
  })
})

describe('every key', () => {
  /** Keys with their schemas, however deep, as `stage.key`. */
  function* keys(schema: z.core.$ZodType, path = ''): Generator<[string, string]> {
    const inner = (schema as { def?: { innerType?: z.core.$ZodType } }).def?.innerType
    if (inner) return yield* keys(inner, path)
    const { shape } = schema as { shape?: Record<string, z.ZodType> }
    for (const [name, value] of Object.entries(shape ?? {})) {
      yield [path + name, value.description ?? '']
      yield* keys(value, `${path}${name}.`)
    }
  }
  const all = [...keys(configurationSchema)].filter(([path]) => !/\.columns\./.test(path))

  it('says what it does', () => {
    expect(all.length).toBeGreaterThan(40)
    for (const [path, description] of all) expect([path, description.length > 8]).toEqual([path, true])
  })

  it('of a stage says its default', () => {
    const groups = new Set(all.map(([path]) => path.slice(0, path.lastIndexOf('.'))))
    const leaves = all.filter(([path]) => !groups.has(path))
    const own = leaves.filter(([path]) =>
      /^(download|fetch-images|embed|load|build-index|benchmark)\.[^.]+$/.test(path),
    )
    expect(own.filter(([, description]) => !/default/i.test(description)).map(([path]) => path)).toEqual([])
  })

  it('of a stage is an option of that stage: nothing that is configured is lost', () => {
    const configuration = configurationSchema.parse({ source: '/p.csv', workspace: '/w' })
    for (const { stage, options } of buildPipeline(configuration)) {
      const configured = configuration[stage.name as keyof typeof configuration]
      if (configured === undefined || stage.name === 'benchmark') continue
      expect([stage.name, options]).toEqual([stage.name, expect.objectContaining(configured as object)])
      expect([stage.name, stage.options.safeParse(options).error]).toEqual([stage.name, undefined])
    }
  })
})

describe('the database of a workspace', () => {
  const configuration = (more: object = {}) => configurationSchema.parse({ workspace: folder, ...more })

  it('that was never loaded is a mistake to ask, and is not made by asking', async () => {
    const workspace = join(folder, 'never')
    expect(() => existingStoreOf(configuration({ workspace }))).toThrow(
      `Nothing has been loaded in ${workspace} yet; check --workspace, or run promptloom run first.`,
    )
    expect(await readdir(folder)).not.toContain('never')
  })

  it.each<[string, object, Record<string, string>, object]>([
    ['nothing', {}, {}, { kind: 'embedded' }],
    [
      'MyScale before ClickHouse',
      {},
      { MYSCALE_URL: 'https://m:1', CLICKHOUSE_URL: 'https://c:1' },
      { kind: 'server', url: 'https://m:1/' },
    ],
    [
      'ClickHouse',
      {},
      { CLICKHOUSE_URL: 'https://c:1', CLICKHOUSE_USER: 'u' },
      { kind: 'server', url: 'https://c:1/', user: 'u' },
    ],
    [
      'secrets in the address',
      {},
      { MYSCALE_URL: 'https://me:p%40ss@m:1' },
      { url: 'https://m:1/', user: 'me', password: 'p@ss' },
    ],
    [
      'a secret that is no percent-encoding',
      {},
      { MYSCALE_URL: 'https://me:100%@m:1' },
      { user: 'me', password: '100%' },
    ],
    ['an empty variable', {}, { MYSCALE_URL: '' }, { kind: 'embedded' }],
    [
      'a file that wants the embedded one',
      { store: { kind: 'embedded' } },
      { MYSCALE_URL: 'https://m:1' },
      { kind: 'embedded' },
    ],
  ])('follows from the environment: %s', (_, more, environment, expected) => {
    expect(storeOf(configuration(more), environment)).toMatchObject(expected)
  })
})
