import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { openAiDouble } from '@promptloom/refine/openai.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { queueParts } from './queue-parts.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-queue-parts-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const parse = (given: object = {}) => configurationSchema.parse({ workspace: join(folder, 'workspace'), ...given })
const recipe = (given: object = {}) => queueParts(parse(given)).recipe()

describe('what decides the answers of the queue', () => {
  const endpoint = 'http://127.0.0.1:1/v1'
  const a1111 = { kind: 'automatic1111', url: 'http://127.0.0.1:7860' }

  const painting = (painter: object) => ({ generate: { painter } })

  it.each<[string, object, object]>([
    ['the time allowed', { refine: { endpoint } }, { refine: { endpoint, timeout: 5 } }],
    ['the budget', { refine: { endpoint } }, { refine: { endpoint, budget: { tokens: 5 } } }],
    ['a model that is not asked', {}, { refine: { model: 'other' } }],
    ['where its key is', { refine: { endpoint } }, { refine: { endpoint, keyEnv: 'MY_KEY', plainHttp: true } }],
    ['the tries of the painter', {}, { generate: { attempts: 1 } }],
    ['how its secret may travel', painting(a1111), painting({ ...a1111, plainHttp: true })],
    ['its time allowed', { generate: { painter: a1111 } }, { generate: { painter: { ...a1111, timeout: 5 } } }],
  ])('is not %s', async (_, before, after) => expect(await recipe(after)).toEqual(await recipe(before)))

  it.each<[string, object, object]>([
    ['the model', { refine: { endpoint } }, { refine: { endpoint, model: 'other' } }],
    ['its temperature', { refine: { endpoint } }, { refine: { endpoint, temperature: 1 } }],
    ['the neighbours', {}, { refine: { neighbours: 3 } }],
    ['the painter', {}, { generate: { painter: a1111 } }],
    ['its steps', {}, { generate: { steps: 30 } }],
  ])('is %s', async (_, before, after) => expect(await recipe(after)).not.toEqual(await recipe(before)))

  it('is what is in the files of the instruction and the workflow', async () => {
    const [instruction, workflow] = [join(folder, 'instruction.md'), join(folder, 'workflow.json')]
    const given = {
      refine: { endpoint, instruction },
      generate: { painter: { kind: 'comfyui', url: 'http://127.0.0.1:8188', workflow } },
    }
    const seen: unknown[] = []
    for (const [text, steps] of [
      ['Be brief.', 20],
      ['Be brief.', 30],
      ['Be long.', 30],
    ]) {
      await writeFile(instruction, String(text))
      await writeFile(workflow, JSON.stringify({ 1: { class_type: 'KSampler', inputs: { steps } } }))
      seen.push(await recipe(given))
    }
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(3)
    await rm(workflow)
    await expect(recipe(given)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(workflow) })
  })
})

describe('those who work on it', () => {
  const nothingSpent = { tokens: 0, cost: 0 }
  const { signal } = new AbortController()

  it('are stand-ins that say so where nothing is configured', async () => {
    await using makers = await queueParts(parse()).open(nothingSpent)
    expect(makers.refiner.describe().kind).toBe('offline')
    expect(makers.painter.describe()).toMatchObject({ kind: 'sketch', standIn: true })
  })

  it('cannot look for neighbours where nothing is loaded yet, and say so in one sentence', async () => {
    await using makers = await queueParts(parse()).open(nothingSpent)
    await expect(makers.retrieve('a cat', signal)).rejects.toMatchObject({ exitCode: 2 })
    await using alone = await queueParts(parse({ refine: { neighbours: 0 } })).open(nothingSpent)
    expect(await alone.retrieve('a cat', signal)).toEqual([])
  })

  it('are the configured servers, and the budget counts what was spent before', async () => {
    await using llm = await openAiDouble({
      text: { variants: [{ prompt: 'a better cat', reason: 'so', neighbours: [] }] },
    })
    await using painter = await automatic1111Double()
    const given = {
      refine: { endpoint: llm.url, budget: { tokens: 50_000 } },
      generate: { painter: { kind: 'automatic1111', url: painter.url } },
    }
    const request = { prompt: 'a cat', neighbours: [], variants: 1 }
    await using makers = await queueParts(parse(given)).open(nothingSpent)
    expect((await makers.refiner.refine(request)).variants).toMatchObject([{ prompt: 'a better cat' }])
    expect(await makers.painter.generate({ prompt: 'a cat', seed: 1 })).toHaveLength(1)
    await using spent = await queueParts(parse(given)).open({ tokens: 49_999, cost: 0 })
    await expect(spent.refiner.refine(request)).rejects.toMatchObject({ outcome: 'budget' })
    expect(llm.asked).toHaveLength(1)
  })
})
