import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { run } from '@promptloom/runner/run'
import type { Answer } from '@promptloom/search/answer'
import type { Job } from '@promptloom/studio/api/job'
import type { Lineage } from '@promptloom/studio/api/lineage'
import type { PipelineStand } from '@promptloom/studio/api/run'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../../tests/program.double.ts'
import { type Configuration, configurationSchema, rememberConfiguration } from '../configuration.ts'
import { samplePicture } from '../fetch-images/picture-samples.double.ts'
import { type Hosting, host } from '../hosting.ts'
import { buildPipeline } from '../pipeline.ts'
import type { Loop } from './loop.ts'
import { openLoop } from './open-loop.ts'
import { openStudio, type Studio } from './studio.ts'

let folder: string
let configuration: Configuration
let loop: Loop & AsyncDisposable
let studio: Studio
let server: Hosting
const errors: unknown[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-studio-'))
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < 6; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},"a castle number ${at}, oil on canvas, fog",${at}.jpg,96,80,here`)
  }
  const source = join(folder, 'prompts.csv')
  await writeFile(source, `${rows.join('\n')}\n`)
  const workspace = join(folder, 'workspace')
  configuration = configurationSchema.parse({ workspace, source, model, 'fetch-images': { localRoot: folder } })
  await rememberConfiguration(configuration)
  const pipeline = buildPipeline(configuration)
  expect((await run({ workspace, pipeline, to: 'load' })).exitCode).toBe(0)
  loop = await openLoop(configuration)
  studio = await openStudio(configuration, { pipeline, loop, onError: (error) => errors.push(error) })
  server = await host(studio, { host: '127.0.0.1', port: 0, allowHost: [] })
}, 120_000)
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await studio?.[Symbol.asyncDispose]()
  await loop?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(server.url + path)).json()) as T
}
async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.ok, await response.clone().text()).toBe(true)
  return (await response.json()) as T
}
async function finished(path: string, body: unknown): Promise<Job> {
  const { job } = await post<{ job: Job }>(path, body)
  await (await fetch(`${server.url}/api/jobs/${job.id}/events`)).text()
  return (await get<{ job: Job }>(`/api/jobs/${job.id}`)).job
}
const search = (q: string) => get<Answer>(`/api/search?q=${encodeURIComponent(q)}&k=3`)

describe('a studio', () => {
  it('goes through the whole loop, and finds what was kept by the next search', async () => {
    const improved = await finished('/api/refine', { prompt: 'a lonely lighthouse', variants: 1 })
    expect(improved).toMatchObject({ state: 'done', error: null })
    const prompt = improved.variants[0]?.prompt as string
    const painted = await finished('/api/paint', {
      ...{ prompt, width: 64, height: 64, seed: 1, count: 1 },
      refined: { job: improved.id, variant: 0 },
    })
    expect(painted).toMatchObject({ state: 'done', error: null })
    const searches: Promise<Answer>[] = []
    const keeping = finished('/api/keep', { job: painted.id, pictures: [0] })
    for (let at = 0; at < 5; at++) searches.push(search(`castle number ${at}`))
    const kept = await keeping
    expect(kept).toMatchObject({ state: 'done', searchable: true, kept: [{ outcome: 'ok' }] })
    // Nobody was turned away meanwhile.
    for (const answer of await Promise.all(searches)) expect(answer.hits.length).toBeGreaterThan(0)
    const id = kept.kept[0]?.id as string
    const [hit] = (await search(prompt)).hits
    expect(hit).toMatchObject({ prompt, hasPicture: true })
    expect((await fetch(`${server.url}/api/rows/${id}/thumbnail?size=32`)).status).toBe(200)
    const lineage = await get<Lineage>(`/api/rows/${id}/lineage`)
    expect(lineage.nodes.map(({ origin }) => origin)).toEqual(expect.arrayContaining(['generated', 'refined']))
    expect(lineage.nodes.find((node) => node.id === id)?.painter).toMatchObject({ standIn: true })

    expect(await finished('/api/keep', { job: painted.id, pictures: [0] })).toMatchObject({ state: 'done' })
    expect((await search(prompt)).hits.filter((one) => one.id === id).length).toBeLessThanOrEqual(1)
    await post(`/api/rows/${id}/rating`, { rating: 5 })
    expect((await get<Lineage>(`/api/rows/${id}/lineage`)).rating).toBe(5)
    await post(`/api/rows/${id}/forget`, { reason: 'a test' })
    expect((await fetch(`${server.url}/api/rows/${id}`)).status).toBe(404)
  }, 120_000)

  it('draws on rows that somebody has picked', async () => {
    const job = await finished('/api/refine', { prompt: 'a tower', neighbours: ['row-3', 'row-1'], variants: 1 })
    expect(job.neighbours.map(({ id }) => id)).toEqual(['row-3', 'row-1'])
    expect(job.neighbours[0]?.similarity).toBeGreaterThan(-1)
    const failed = await finished('/api/refine', { prompt: 'a tower', neighbours: ['nobody'] })
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'not_found' } })
  })

  it('lends the store to a run of another process, and searches again afterwards', async () => {
    await search('castle')
    const { workspace } = configuration
    const { code, stderr, stdout } = await runProgram(['run', '--only', 'load', '--workspace', workspace])
    expect(code, stderr + stdout).toBe(0)
    expect((await search('castle')).hits.length).toBeGreaterThan(0)
    const stand = await get<PipelineStand>('/api/pipeline')
    expect(stand.stages.map(({ name }) => name)).toContain('load')
  }, 60_000)

  it('is the only one of its workspace', async () => {
    const again = openStudio(configuration, { pipeline: [], loop })
    await expect(again).rejects.toThrow(/in use by process/)
  })

  it('of a folder that is not there says so, and makes none', async () => {
    const nowhere = { ...configuration, workspace: join(folder, 'nowhere') }
    await expect(openStudio(nowhere, { pipeline: [], loop })).rejects.toThrow(/There is no workspace/)
  })

  it('has had no bug on the way', () => expect(errors).toEqual([]))
})
