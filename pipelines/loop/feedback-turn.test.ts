import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPictureLibrary } from '@promptloom/dataset/picture-library'
import { run } from '@promptloom/runner/run'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Configuration, configurationSchema } from '../configuration.ts'
import { listBatches, readBatch } from '../feedback/inbox.ts'
import { buildPipeline } from '../pipeline.ts'
import { openSearchSession } from '../search-session.ts'
import { takeFeedbackTurn } from './feedback-turn.ts'

let folder: string
let configuration: Configuration
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-turn-'))
  const styles = ['watercolour, misty, detailed', 'oil, misty, detailed', 'ink, misty', 'watercolour, detailed']
  const rows = styles.map((style, at) => `row-${at},"a castle by the sea, ${style}",,96,80,here`)
  const source = join(folder, 'prompts.csv')
  await writeFile(source, ['id,prompt,url,width,height,source_site', ...rows, ''].join('\n'))
  const workspace = join(folder, 'workspace')
  const model = join(import.meta.dirname, '../../data/sample/model')
  configuration = configurationSchema.parse({ workspace, source, model, generate: { width: 96, height: 96 } })
  const { exitCode } = await run({ workspace, pipeline: buildPipeline(configuration), to: 'load' })
  expect(exitCode).toBe(0)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const ASKED = 'a castle at night'

describe('one turn of the loop', () => {
  it('improves, paints and keeps, says who did so, and is found again', async () => {
    const turn = await takeFeedbackTurn(configuration, ASKED)
    expect(turn).toMatchObject({ asked: ASKED, searchable: true, refiner: { kind: 'offline', standIn: true } })
    expect(turn).toMatchObject({ painter: { kind: 'sketch', standIn: true } })
    expect(turn.prompt).toMatch(/^a castle at night, .*(misty|detailed)/)
    await using session = await openSearchSession(configuration)
    const { hits } = await session.searcher.ask({ terms: [{ text: turn.prompt }], fold: false, k: 2 })
    expect(new Set(hits.map(({ id }) => id))).toEqual(new Set([turn.refined, turn.picture]))
    await using pictures = await openPictureLibrary(configuration.workspace)
    expect((await pictures.read(turn.picture))?.length).toBeGreaterThan(0)
  }, 60_000)

  it('is taken once: the second time nothing is made', async () => {
    const lines = async () => {
      const all = []
      for (const { name } of await listBatches(configuration.workspace))
        all.push(...(await readBatch(configuration.workspace, name)))
      return all
    }
    const before = await lines()
    expect(before).toHaveLength(2)
    const again = await takeFeedbackTurn(configuration, ASKED)
    expect(await lines()).toEqual(before)
    expect([again.refined, again.picture]).toEqual(before.map((line) => 'id' in line && line.id))
  }, 60_000)
})
