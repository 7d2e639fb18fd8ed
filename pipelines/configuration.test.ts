import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadFor } from './command-options.ts'
import { configurationJsonSchema } from './commands/config-schema.ts'
import { configurationSchema, rememberConfiguration, storeOf } from './configuration.ts'
import { buildPipeline } from './pipeline.ts'

const parse = (value: object = {}) => configurationSchema.parse(value)
const schemaKeys = (value: unknown) => Object.keys(value as object)

describe('configuration', () => {
  it('has a default for every key', () => {
    expect(parse()).toMatchObject({ workspace: 'data/runs/default', model: 'models/clip-vit-base-patch32' })
  })

  it('keeps the embedded store in the workspace unless told otherwise', () => {
    const inWorkspace = storeOf(parse({ workspace: '/w' }), {})
    expect(inWorkspace).toMatchObject({ kind: 'embedded', path: '/w/store' })
    expect(storeOf(parse({ store: { kind: 'embedded', path: '/elsewhere' } }), {})).toMatchObject({
      path: '/elsewhere',
    })
  })

  it('takes the server that the environment names, unless the file wants the embedded one', () => {
    const named = { MYSCALE_URL: 'https://ms:8443', MYSCALE_USER: 'me', MYSCALE_PASSWORD: 'secret' }
    expect(storeOf(parse(), named)).toMatchObject({
      kind: 'server',
      url: 'https://ms:8443/',
      user: 'me',
      password: 'secret',
    })
    expect(storeOf(parse({ store: { kind: 'embedded' } }), named)).toMatchObject({ kind: 'embedded' })
    const own = parse({ store: { kind: 'server', url: 'https://own:8443', database: 'art' } })
    expect(storeOf(own, named)).toMatchObject({ url: 'https://own:8443', database: 'art', password: 'secret' })
    expect(() => storeOf(parse({ store: { kind: 'server' } }), {})).toThrow(
      /set store\.url, MYSCALE_URL or CLICKHOUSE_URL/,
    )
  })

  it('accepts no password in a file', () => {
    expect(configurationSchema.safeParse({ store: { kind: 'server', password: 'x' } }).success).toBe(false)
  })

  it('lets a workspace remember what it ran with, without secrets', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'promptloom-configuration-'))
    const first = await loadFor({ workspace, source: '/data/my.csv', model: '/models/mine' })
    await rememberConfiguration(first)
    expect(await loadFor({ workspace })).toEqual(first)
    expect((await loadFor({ workspace, source: 'kaggle:a/b' })).source).toBe('kaggle:a/b')
    expect(await readFile(join(workspace, 'configuration.json'), 'utf8')).not.toMatch(/password/)
  })

  it('makes paths absolute', async () => {
    const loaded = await loadFor({ workspace: 'w', source: 'my.csv', model: 'm' })
    expect([loaded.workspace, loaded.source, loaded.model]).toEqual(
      ['w', 'my.csv', 'm'].map((name) => join(process.cwd(), name)),
    )
  })
})

describe('pipeline', () => {
  it('lists its stages in order, each with options that its schema accepts', () => {
    const pipeline = buildPipeline(parse({ source: 'x.csv' }))
    for (const { stage, options } of pipeline)
      expect(stage.options.safeParse(options), stage.name).toMatchObject({ success: true })
  })

  it('names only existing options as those that change nothing but speed', () => {
    for (const { stage } of buildPipeline(parse())) {
      const known = schemaKeys((stage.options as { shape?: object }).shape ?? {})
      expect(known, stage.name).toEqual(expect.arrayContaining([...(stage.speed ?? [])]))
    }
  })
})

describe('the JSON Schema for editors', () => {
  it('is the one in config/, and the configurations there keep to the schema', async () => {
    const folder = join(import.meta.dirname, '../config')
    const kept = JSON.parse(await readFile(join(folder, 'promptloom.schema.json'), 'utf8'))
    expect(kept).toEqual(JSON.parse(JSON.stringify(configurationJsonSchema())))
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'))
    expect(names).toContain('demo.yaml')
    for (const name of names) await loadFor({ config: join(folder, name) })
  })
})
