import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { openAiDouble } from '@promptloom/refine/openai.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { openMakers } from './queue-makers.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-makers-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const NOTHING = { tokens: 0, cost: 0 }
const configured = (more: object = {}) =>
  configurationSchema.parse({ workspace, model: join(workspace, 'no-model'), ...more })
const { signal } = new AbortController()
const request = { prompt: 'a cat', neighbours: [], variants: 1 }
const answer = { text: { variants: [{ prompt: 'a cat at dusk', reason: 'light', neighbours: [] }] } }

describe('who works on the queue', () => {
  it('is offline and a stand-in where nothing is configured, and costs nothing to open', async () => {
    await using makers = await openMakers(configured(), NOTHING)
    expect(makers.refiner.describe()).toMatchObject({ kind: 'offline' })
    expect(makers.painter.describe()).toMatchObject({ kind: 'sketch', standIn: true })
    expect(await readdir(workspace)).toEqual([])
  })

  it('is whom the configuration names', async () => {
    await using model = await openAiDouble(answer)
    await using server = await automatic1111Double()
    const refine = { endpoint: model.url, model: 'm' }
    const generate = { painter: { kind: 'automatic1111', url: server.url }, steps: 9 }
    await using makers = await openMakers(configured({ refine, generate }), NOTHING)
    expect((await makers.refiner.refine(request, { signal })).variants).toHaveLength(1)
    expect(await makers.painter.generate({ prompt: 'a cat at dusk', seed: 4 }, { signal })).toHaveLength(1)
    expect(server.painted).toMatchObject([{ prompt: 'a cat at dusk', seed: 4, steps: 9 }])
  })

  it('goes on with what was spent before, and asks nothing beyond the budget', async () => {
    await using model = await openAiDouble(answer)
    const refine = { endpoint: model.url, price: { input: 1, output: 1 }, budget: { cost: 0.5 } }
    await using makers = await openMakers(configured({ refine }), { tokens: 9, cost: 0.5 })
    await expect(makers.refiner.refine(request, { signal })).rejects.toMatchObject({ outcome: 'budget', exitCode: 3 })
    expect(model.asked).toEqual([])
  })

  it.each<[string, object]>([
    ['an instruction that is not there', { refine: { endpoint: 'http://127.0.0.1:9/v1', instruction: '/nowhere.md' } }],
    ['a budget without a price', { refine: { endpoint: 'http://127.0.0.1:9/v1', budget: { cost: 1 } } }],
    [
      'a workflow that is not there',
      { generate: { painter: { kind: 'comfyui', url: 'http://127.0.0.1:9', workflow: '/nowhere.json' } } },
    ],
  ])('cannot be opened with %s, which is the user’s mistake', async (_, more) => {
    await expect(openMakers(configured(more), NOTHING)).rejects.toMatchObject({ exitCode: 2 })
  })
})

describe('neighbours for the queue', () => {
  it('are none where none are wanted, and the collection is not opened for them', async () => {
    await using makers = await openMakers(configured({ refine: { neighbours: 0 } }), NOTHING)
    expect(await makers.retrieve('a cat', signal)).toEqual([])
  })

  it('of a collection that nobody has loaded are an error, each time, and closing goes well after it', async () => {
    const makers = await openMakers(configured(), NOTHING)
    for (let time = 0; time < 2; time++) {
      await expect(makers.retrieve('a cat', signal)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^Nothing has been loaded in \S+ yet/),
      })
    }
    await makers[Symbol.asyncDispose]()
    expect(await readdir(workspace)).toEqual([])
  })
})
