import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchema, loadConfiguration } from './configuration.ts'
import { UserError } from './errors.ts'

const schema = z.strictObject({
  workspace: z.string().default('data/runs/default').describe('Folder of the run.'),
  embed: z
    .strictObject({
      batch: z.int().min(1).default(16).describe('Texts a batch; default 16.'),
      device: z.enum(['cpu', 'cuda']).optional(),
    })
    .prefault({}),
  store: z.union([z.strictObject({ path: z.string() }), z.strictObject({ url: z.string() })]).optional(),
})

async function file(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'promptloom-config-')), 'my.yaml')
  await writeFile(path, text)
  return path
}
const load = async (text: string, overrides = {}) => loadConfiguration({ schema, file: await file(text), overrides })

describe('loadConfiguration', () => {
  it('fills in defaults, without any file too', async () => {
    expect(await loadConfiguration({ schema })).toEqual({ workspace: 'data/runs/default', embed: { batch: 16 } })
    expect((await load('embed:\n  batch: 4')).embed.batch).toBe(4)
  })

  it('lets the command line win over the file, key by key', async () => {
    const merged = await load('workspace: a\nembed:\n  batch: 4', { embed: { device: 'cuda' }, workspace: undefined })
    expect(merged).toEqual({ workspace: 'a', embed: { batch: 4, device: 'cuda' } })
  })

  it('names the nearest known key for an unknown one, with file and line', async () => {
    await expect(load('workspace: a\nembed:\n  bacth: 4')).rejects.toThrow(
      /my\.yaml line 3: There is no option "embed\.bacth"; did you mean "embed\.batch"\?/,
    )
    await expect(load('wrokspace: a')).rejects.toThrow(/no option "wrokspace"; did you mean "workspace"/)
    await expect(load('store:\n  pth: a')).rejects.toThrow(UserError)
  })

  it('names where a key stands that is given at another level, around it or in other places', async () => {
    await expect(load('embed:\n  workspace: a')).rejects.toThrow(
      /line 2: There is no option "embed\.workspace"; did you mean "workspace"\?$/,
    )
    await expect(load('batch: 3')).rejects.toThrow(/no option "batch"; did you mean "embed\.batch"\?$/)
    await expect(load('embed:\n  path: a')).rejects.toThrow(/no option "embed\.path"; did you mean "store\.path"\?$/)
    const shards = z.strictObject({ shards: z.int().optional() }).prefault({})
    const inner = z.strictObject({ ...shards.unwrap().shape, x: z.strictObject({}) })
    await expect(
      loadConfiguration({ schema: z.strictObject({ a: shards, b: inner }), overrides: { b: { x: { shards: 2 } } } }),
    ).rejects.toThrow(/^There is no option "b\.x\.shards"; did you mean "b\.shards"\?$/)
    const wide = z.strictObject({ a: shards, b: z.strictObject({ c: shards }).prefault({}), d: shards, e: shards })
    await expect(loadConfiguration({ schema: wide, overrides: { shards: 2 } })).rejects.toThrow(
      /^There is no option "shards"; did you mean "a\.shards" or "d\.shards" or "e\.shards"\?$/,
    )
  })

  it('names key, value and expectation for a wrong value', async () => {
    await expect(load('embed:\n  batch: many')).rejects.toThrow(
      /my\.yaml line 2: The option "embed\.batch" is "many": expected number/,
    )
    await expect(load('embed:\n  device: gpu')).rejects.toThrow(/"embed\.device" is "gpu".*"cpu"\|"cuda"/)
    await expect(load('', { embed: { batch: 0 } })).rejects.toThrow(/^The option "embed\.batch" is 0/)
  })

  it('reports what is no YAML, no mapping, or no file', async () => {
    await expect(load('a: [1')).rejects.toThrow(/is not valid YAML/)
    await expect(load('- a')).rejects.toThrow(/must hold keys and values/)
    await expect(loadConfiguration({ schema, file: '/nowhere/x.yaml' })).rejects.toThrow(/can't be read.*--config/)
  })
})

describe('jsonSchema', () => {
  it('carries descriptions and defaults for editors, and refuses unknown keys', () => {
    const exported = jsonSchema(schema, 'Promptloom') as {
      properties: Record<string, object>
      additionalProperties: boolean
    }
    expect(exported.additionalProperties).toBe(false)
    expect(exported.properties.workspace).toMatchObject({
      default: 'data/runs/default',
      description: 'Folder of the run.',
    })
  })
})
