import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeRunRecord } from '@promptloom/runner/history'
import { lockWorkspace } from '@promptloom/runner/lock'
import { createToy } from '@promptloom/runner/toy-pipeline.double'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import { pipelineStandSchema, reportListSchema, runListSchema, runSchema } from '@promptloom/studio/api/run'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runRoutes } from './run-routes.ts'

let workspace: string
let server: RunningServer
let lent: string | undefined
beforeAll(async () => {
  const toy = await createToy()
  workspace = toy.workspace
  await toy.write('one two BAD', 'three')
  await toy.run()
  const pipeline = toy.pipeline()
  await writeRunRecord(workspace, { run: '20200101T000000000-0000', started: '2020-01-01T00:00:00.000Z', stages: [] })
  server = await createServer({ routes: runRoutes({ workspace, pipeline, lent: () => lent }) })
  await mkdir(join(workspace, 'reports', 'folder.html'), { recursive: true })
  await writeFile(join(workspace, 'reports', 'latest.html'), '<h1>report</h1><script>alert(1)</script>')
  await writeFile(join(workspace, 'reports', 'latest.json'), '{}')
  await writeFile(join(workspace, 'secret.html'), 'secret')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(workspace, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

describe('the pipeline', () => {
  it('is told with every stage, its ledger, and how its outcomes count', async () => {
    const stand = pipelineStandSchema.parse(await (await get('/api/pipeline')).json())
    expect(stand).toMatchObject({ workspace, balanced: true, complete: true, runningSince: null, lent: null })
    expect(stand.stages.length).toBeGreaterThan(1)
    for (const stage of stand.stages) {
      expect(Object.values(stage.outcomes).reduce((sum, rows) => sum + rows, 0)).toBe(stage.rows)
      for (const outcome of Object.keys(stage.outcomes)) expect(stage.kinds).toHaveProperty(outcome)
    }
  })

  it('says who is at work, and why searches must wait', async () => {
    await using _lock = await lockWorkspace(workspace)
    lent = 'A run has the database'
    const stand = pipelineStandSchema.parse(await (await get('/api/pipeline')).json())
    lent = undefined
    expect(stand.runningSince).toMatchObject({ pid: process.pid, here: true })
    expect(stand.lent).toBe('A run has the database')
  })
})

describe('runs', () => {
  it('are listed newest first; one without an end was killed', async () => {
    const { runs } = runListSchema.parse(await (await get('/api/runs')).json())
    expect(runs.map(({ state }) => state)).toEqual(['done', 'killed'])
    expect(runs[0]?.stages.length).toBeGreaterThan(1)
    expect(runListSchema.parse(await (await get('/api/runs?limit=1')).json()).runs).toHaveLength(1)
    const one = runSchema.parse(await (await get(`/api/runs/${runs[0]?.run}`)).json())
    expect(one).toEqual(runs[0])
    expect((await get('/api/runs/nobody')).status).toBe(404)
    expect((await get('/api/runs/..%2f..%2fetc')).status).toBe(400)
    expect((await get('/api/runs?limit=9999')).status).toBe(400)
  })

  it('are told as they go on, from the last one’s beginning and behind any event', async () => {
    const read = async (headers: Record<string, string> = {}) => {
      const leave = new AbortController()
      const response = await fetch(`${server.url}/api/runs/events`, { headers, signal: leave.signal })
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      let text = ''
      for await (const piece of response.body ?? []) {
        text += Buffer.from(piece).toString()
        if (text.includes('run-end')) break
      }
      leave.abort()
      return [...text.matchAll(/id: (\d+)\ndata: (.*)\n/g)].map(([, id, data]) => ({
        id: id as string,
        line: JSON.parse(data as string),
      }))
    }
    const all = await read()
    expect(all[0]?.line).toMatchObject({ msg: 'run-start' })
    expect(all.at(-1)?.line).toMatchObject({ msg: 'run-end', exitCode: 0 })
    const rest = await read({ 'last-event-id': all.at(-3)?.id ?? '' })
    expect(rest).toEqual(all.slice(-2))
    expect(await read({ 'last-event-id': 'nonsense' })).toEqual(all)
  })
})

describe('reports', () => {
  it('are pages in a sandbox', async () => {
    const { reports } = reportListSchema.parse(await (await get('/api/reports')).json())
    expect(reports.map(({ name }) => name)).toEqual(['latest.html'])
    const page = await get('/reports/latest.html')
    expect(await page.text()).toContain('<h1>report</h1>')
    expect(page.headers.get('content-type')).toContain('text/html')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^sandbox;/)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('allow-')
    expect(policy).not.toContain('script')
  })

  it.each([
    'nothing.html',
    'latest.json',
    'folder.html',
    '..%2fsecret.html',
    '%2e%2e%2fsecret.html',
    '..%5csecret.html',
    'latest.html%00.png',
    '.hidden.html',
    '%2fetc%2fpasswd',
    `${'x'.repeat(200)}.html`,
  ])('are not read as %s', async (name) => {
    const response = await get(`/reports/${name}`)
    expect([400, 404]).toContain(response.status)
    expect(await response.text()).not.toMatch(/^secret|root:/)
  })
})
