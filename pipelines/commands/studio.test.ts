import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callProgram, startProgram } from '../../tests/program.double.ts'

let workspace: string
let child: ChildProcess
let url: string

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-studio-command-'))
  child = startProgram(['studio', '--port', '0', '--workspace', workspace])
  let said = ''
  for await (const piece of child.stdout ?? []) {
    said += piece
    if (said.includes('\n')) break
  }
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? said
}, 60_000)
afterAll(async () => {
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
  await rm(workspace, { recursive: true, force: true })
})

describe('promptloom studio in a workspace where nothing is loaded yet', () => {
  it('serves the built page at every view, and its scripts', async () => {
    for (const path of ['/', '/make', '/runs', '/map', '/row/some-id']) {
      const page = await (await fetch(url + path)).text()
      expect(page, path).toContain('<div id="app">')
      const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? []
      const response = await fetch(url + script)
      expect(response.headers.get('content-type')).toContain('text/javascript')
    }
  })

  it('says what is missing instead of an answer', async () => {
    const response = await fetch(`${url}/api/search?q=cat`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      error: { code: 'not_searchable', message: expect.stringContaining('promptloom run') },
    })
    expect(await (await fetch(`${url}/api/map`)).json()).toMatchObject({ state: 'empty' })
    expect(await (await fetch(`${url}/api/runs`)).json()).toEqual({ runs: [] })
  })

  it('describes all that it answers', async () => {
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/search', '/api/paint', '/api/map', '/api/pipeline']),
    )
  })

  it('ends in order when it is told to', async () => {
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
})

it('a workspace that is not there is a mistake, and is not made', async () => {
  const nowhere = join(workspace, 'nowhere')
  const { code, stderr } = await callProgram(['studio', '--port', '0', '--workspace', nowhere])
  expect(code).toBe(2)
  expect(stderr).toContain(`There is no workspace ${nowhere}`)
})

it('serve does not serve what cannot be searched', async () => {
  const { code, stderr } = await callProgram(['serve', '--port', '0', '--workspace', workspace])
  expect(code).toBe(2)
  expect(stderr).toContain('Nothing has been loaded')
})
