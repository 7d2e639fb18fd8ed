import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configurationOptions, loadFor, selectionOptions } from './command-options.ts'
import { rememberConfiguration } from './configuration.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-options-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const file = async (text: string) => {
  const path = join(workspace, 'some.yaml')
  await writeFile(path, text)
  return path
}

describe('the configuration that flags mean', () => {
  it('is that of the workspace’s last run, so that later commands need only name the workspace', async () => {
    const first = await loadFor({ workspace, source: 'kaggle:a/b', model: 'models/x' })
    await rememberConfiguration(first)
    expect(await loadFor({ workspace })).toEqual(first)
  })

  it('is remembered by replacing it as a whole: a crash leaves the old one or the new one', async () => {
    await rememberConfiguration(await loadFor({ workspace, source: 'kaggle:first/one' }))
    await using old = await open(join(workspace, 'configuration.json'))
    await rememberConfiguration(await loadFor({ workspace, source: 'kaggle:b/c' }))
    expect(JSON.parse(await old.readFile('utf8')).source).toBe('kaggle:first/one')
    expect((await loadFor({ workspace })).source).toBe('kaggle:b/c')
  })

  it('is the file’s where one is named, and not the remembered one beneath it', async () => {
    await rememberConfiguration(await loadFor({ workspace, source: 'kaggle:a/b' }))
    const config = await file('model: m\n')
    const { source, model } = await loadFor({ workspace, config })
    expect([source, model]).toEqual([undefined, resolve('m')])
  })

  it('has the flags above both', async () => {
    const config = await file(`workspace: elsewhere\nsource: kaggle:a/b\nmodel: m\n`)
    expect(await loadFor({ config, workspace, source: 'kaggle:c/d' })).toMatchObject({
      ...{ workspace, source: 'kaggle:c/d', model: resolve('m') },
    })
  })

  it.each([
    ['https://x.example/prompts.csv.gz', 'https://x.example/prompts.csv.gz'],
    ['kaggle:owner/slug/file.csv@3', 'kaggle:owner/slug/file.csv@3'],
    ['prompts.csv', resolve('prompts.csv')],
    ['./with:colon.csv', resolve('with:colon.csv')],
    ['../900k.csv', resolve('../900k.csv')],
  ])('reads the source %s as %s', async (given, meant) => {
    expect((await loadFor({ workspace, source: given })).source).toBe(meant)
  })

  it.each([{ workspace: '' }, { model: '' }, { source: '' }])(
    'refuses %j: an unset variable in a script',
    async (flags) => {
      await expect(loadFor({ workspace, ...flags })).rejects.toMatchObject({ exitCode: 2 })
    },
  )

  it('refuses a file that is not there, instead of falling back to what is remembered', async () => {
    await rememberConfiguration(await loadFor({ workspace }))
    await expect(loadFor({ workspace, config: join(workspace, 'none.yaml') })).rejects.toMatchObject({
      ...{ exitCode: 2, message: expect.stringContaining('none.yaml') },
    })
  })
})

describe('the flags', () => {
  it('are taken from the command line under the names that the configuration reads', async () => {
    const command = selectionOptions(configurationOptions(new Command('run')))
    await command.parseAsync(['--workspace', 'w', '--source', 's', '--from', 'embed', '--to', 'load'], { from: 'user' })
    expect(command.opts()).toEqual({ workspace: 'w', source: 's', from: 'embed', to: 'load' })
  })
})
