import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../pipelines/commands/table.ts'
import { callProgram, runProgram } from './program.double.ts'

let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-cli-'))
})

describe('promptloom', () => {
  it('lists every command', async () => {
    const { code, stdout } = await callProgram(['--help'])
    expect(code).toBe(0)
    for (const { name } of commands) expect(stdout).toContain(`\n  ${name.split(' ')[0]} `)
  })

  it.each(commands.map(({ name }) => name))('explains %s with examples', async (name) => {
    const { code, stdout, stderr } = await callProgram([...name.split(' '), '--help'])
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`Usage: promptloom ${name}`)
    expect(stdout).toMatch(/Examples?:\n {2}(npx )?promptloom /)
  })

  it.each([
    [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [['run', '--sorce', 'x'], /unknown option '--sorce'\n\(Did you mean --source\?\)/],
    [['run', '--only', 'embd', '--workspace', 'W'], /no stage "embd"; did you mean "embed"/],
    [['run', '--config', '/nowhere.yaml'], /\/nowhere\.yaml can't be read/],
    [['retry', 'embed', '--workspace', 'W'], /required option '--outcome/],
    [['retry', 'embed', '--outcome', 'okk', '--workspace', 'W'], /embed has no outcome "okk"; did you mean "ok"/],
  ])('answers %j with one sentence and exit code 2', async (args, message) => {
    const { code, stderr } = await callProgram(args.map((word) => (word === 'W' ? workspace : word)))
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(code).toBe(2)
  })

  it('tells the shell how a command ended', async () => {
    const { code, stdout, stderr } = await runProgram(['run', '--only', 'embd', '--workspace', workspace])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^There is no stage "embd"; did you mean "embed"\? Stages: download, .*benchmark\.\n$/)
  })

  it('names the nearest key for a wrong one in a configuration file', async () => {
    const config = join(workspace, 'wrong.yaml')
    await writeFile(config, 'embed:\n  devcie: cpu\n')
    const { code, stderr } = await callProgram(['plan', '--config', config])
    expect(stderr).toMatch(/wrong\.yaml line 2: There is no option "embed\.devcie"; did you mean "embed\.device"\?/)
    expect(code).toBe(2)
  })

  it('shows the status of a workspace where nothing ran, for people and for machines', async () => {
    const people = await callProgram(['status', '--workspace', workspace])
    expect(people.stdout).toContain('Nothing has run in this workspace yet')
    const { code, stdout } = await runProgram(['status', '--workspace', workspace, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ balanced: true, complete: false })
  })
})
