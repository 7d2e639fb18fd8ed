import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { generatedId, refinedId } from '../feedback/inbox-row.ts'
import { keepsakeItems } from '../loop/keep.ts'
import type { KeepItem } from './loop.ts'
import { makersOf } from './loop.ts'
import { keepsakeOf, openLoop } from './open-loop.ts'
import { tellOfRun } from './run-words.ts'

const ITEM: KeepItem = {
  bytes: Buffer.from('a picture'),
  picture: {
    ...{ position: 2, width: 8, height: 8, mediaType: 'image/png', prompt: 'a red fox', negativePrompt: 'blurry' },
    ...{ seed: 7, steps: 20, sampler: 'Euler', cfg: 5, model: 'dream' },
  },
  painter: { kind: 'sketch', label: 'sketch', standIn: true },
  parents: ['row-1'],
}
const refined: KeepItem['refined'] = {
  asked: 'fox',
  variant: { prompt: 'a fox, oil on canvas', reason: 'Names a medium.', neighbours: ['row-2'] },
  refiner: { kind: 'offline', label: 'offline', standIn: true },
  neighbours: [{ id: 'row-2', prompt: 'oil on canvas', similarity: 0.8 }],
}

describe('what is kept of a picture', () => {
  it('is its prompt, how it was painted, and the rows that inspired it', () => {
    const [row, ...more] = keepsakeItems(keepsakeOf(ITEM))
    expect(more).toEqual([])
    expect(row?.row).toMatchObject({
      id: generatedId(ITEM.bytes),
      prompt: 'a red fox',
      origin: 'generated',
      parents: ['row-1'],
      lineage: { painter: ITEM.painter, parameters: { seed: 7, steps: 20, negativePrompt: 'blurry' } },
    })
  })

  it('is the improved prompt too, as a row between the picture and the rows that it draws on', () => {
    const [improved, picture] = keepsakeItems(keepsakeOf({ ...ITEM, refined }))
    const id = refinedId('a fox, oil on canvas', ['row-2'])
    expect(improved?.row).toMatchObject({
      id,
      origin: 'refined',
      parents: ['row-2'],
      lineage: { asked: 'fox', reason: 'Names a medium.', refiner: refined?.refiner },
    })
    // The person has changed the variant before it was painted: the picture shows what was painted.
    expect(picture?.row).toMatchObject({ prompt: 'a red fox', parents: [id], lineage: { asked: 'fox' } })
  })
})

it('without any configuration, who refines and who paints are stand-ins and say so', async () => {
  const configuration = configurationSchema.parse({ workspace: join(tmpdir(), 'promptloom-nowhere') })
  await using loop = await openLoop(configuration)
  const makers = makersOf(loop)
  expect(makers.refiner).toMatchObject({ kind: 'offline', standIn: true })
  expect(makers.painter).toMatchObject({ kind: 'sketch', standIn: true })
})

it('a language model and a painting server of the configuration are named, and are no stand-ins', async () => {
  const configuration = configurationSchema.parse({
    refine: { endpoint: 'http://127.0.0.1:1/v1', model: 'm' },
    generate: { painter: { kind: 'automatic1111', url: 'http://127.0.0.1:2' } },
  })
  await using loop = await openLoop(configuration)
  const { refiner, painter } = makersOf(loop)
  expect(refiner).toMatchObject({ kind: 'llm', standIn: false, label: expect.stringContaining('127.0.0.1:1') })
  expect(painter).toMatchObject({
    kind: 'automatic1111',
    standIn: false,
    label: expect.stringContaining('127.0.0.1:2'),
  })
})

it('tells in words what a run does for somebody who waits', () => {
  const told: string[] = []
  const listen = tellOfRun((state) => told.push(state))
  for (const stage of ['feedback', 'embed', 'load', 'other']) listen({ type: 'stage-start', stage })
  listen({ type: 'warning', message: 'slow' })
  expect(told).toEqual([
    'checking the pictures',
    'embedding',
    'bringing the rows into the database',
    'running the stage other',
  ])
})
