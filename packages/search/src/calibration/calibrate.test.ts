import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ToyCollection, toyCollection, toyEncoder } from '../collection.double.ts'
import { openCollection } from '../collection.ts'
import { evaluate } from '../evaluation.ts'
import { Searcher } from '../searcher.ts'
import { calibrate } from './calibrate.ts'
import { unpackReference } from './calibration-file.ts'
import { beginning } from './known-pairs.ts'

const SUBJECTS = ['cat', 'dog', 'castle', 'robot', 'forest', 'ship', 'dragon', 'knight']
const PLACES = ['sofa', 'moon', 'harbour', 'meadow', 'library', 'volcano', 'desert', 'kitchen']

let toy: ToyCollection
beforeAll(async () => {
  toy = await toyCollection(
    SUBJECTS.flatMap((subject) =>
      PLACES.map((place) => ({
        id: `${subject}-${place}`,
        prompt: `${subject} by ${place}`,
        shows: `${subject} ${place}`,
      })),
    ),
    { pictures: undefined },
  )
})
afterAll(() => toy[Symbol.asyncDispose]())

describe('calibration', () => {
  it('covers the kinds of question that have known pairs, tied to model and rows', async () => {
    const routes: string[] = []
    // Patterns are no pictures to the toy model, so questions by picture cannot be calibrated with it.
    const encoder = { ...toyEncoder, embedPictures: undefined as never }
    const collection = await openCollection({ ...toy.collection, encoder })
    const calibration = await calibrate(collection, { pairs: 40, onRoute: (route) => routes.push(route) })
    expect(routes).toEqual(['text→prompts', 'text→pictures'])
    expect(calibration.routes.map(({ route }) => route)).toEqual(routes)
    expect(calibration).toMatchObject({ version: 1, model: 'toy-model', tables: { prompts: { rows: 64 } } })
    for (const one of calibration.routes) {
      expect(one).toMatchObject({ rows: 64, falseAcceptQuestions: 60, missPairs: 20 })
      expect(one.separation).toBeGreaterThan(0.9)
      expect(one.score).not.toBeNull()
    }
    const reference = unpackReference(calibration.tables.prompts?.reference ?? '')
    expect(reference.length).toBe(64 * toyEncoder.dimension)
    const opened = await openCollection({ ...toy.collection, calibration })
    expect([...(opened.tables.prompts?.background.vectors ?? [])]).toEqual([...reference])
  })

  it('gives the same cut-offs each time', async () => {
    const encoder = { ...toyEncoder, embedPictures: undefined as never }
    const collection = await openCollection({ ...toy.collection, encoder })
    const scores = async () => (await calibrate(collection, { pairs: 30 })).routes.map(({ score }) => score)
    expect(await scores()).toEqual(await scores())
  })

  it('stops when asked to', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const encoder = { ...toyEncoder, embedPictures: undefined as never }
    const collection = await openCollection({ ...toy.collection, encoder })
    await expect(calibrate(collection, { signal })).rejects.toThrow('enough')
  })
})

describe('what somebody would type for a prompt', () => {
  it.each([
    ['a cat on a red sofa, oil on canvas, 8k', 'a cat on a red sofa'],
    ['cat, oil on canvas, by rembrandt', 'cat, oil on'],
    ['style of Louis Wain', 'style of Louis Wain'],
    ['one two three four five six', 'one two three four five six'],
  ])('%s', (prompt, expected) => {
    expect(beginning(prompt)).toBe(expected)
  })
})

describe('evaluation', () => {
  it('counts how often the right row is found', async () => {
    const kinds: string[] = []
    const labelOf = (prompt: string) => prompt.split(' ')[0]
    const evaluation = await evaluate(new Searcher(toy.collection), {
      questions: 20,
      labelOf,
      onKind: (one) => kinds.push(one),
    })
    expect(evaluation.kinds.map(({ kind }) => kind)).toEqual(kinds)
    const by = (kind: string) => evaluation.kinds.find((one) => one.kind === kind)
    expect(by('words → prompts')).toMatchObject({ questions: 20, at1: 1, at10: 1 })
    expect(by('words → pictures')?.at1).toBeGreaterThan(0.9)
    expect(by('picture → prompts')?.at1).toBeGreaterThan(0.9)
    expect(by('label → prompts, hybrid')).toMatchObject({ at1: 1, at10: 1 })
    expect(by('picture → pictures of its label')?.at10).toBe(1)
    expect(evaluation.latencies.map(({ part }) => part)).toEqual(['encode', 'search', 'rows', 'total'])
    expect(evaluation.filtered.full).toBe(evaluation.filtered.questions)
  })
})
