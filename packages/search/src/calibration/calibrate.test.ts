import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOY_SCENES, type ToyCollection, toyCollection, toyEncoder, toyPicture } from '../collection.double.ts'
import { openCollection } from '../collection.ts'
import { calibrate } from './calibrate.ts'
import { unpackReference } from './calibration-file.ts'
import { beginning } from './known-pairs.ts'

let toy: ToyCollection
beforeAll(async () => {
  toy = await toyCollection(TOY_SCENES, { pictures: undefined })
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

  it('keeps what the pictures span, so that strange pictures are told by it', async () => {
    // To the toy, any other bytes than its own show something that nothing else shows.
    let strange = 0
    const encoder = {
      ...toyEncoder,
      embedPictures: (all: readonly Uint8Array[]) =>
        toyEncoder.embedPictures?.(all.map(() => toyPicture(`nothing${strange++}`))) as never,
    }
    const collection = await openCollection({ ...toy.collection, encoder })
    const calibration = await calibrate(collection, { pairs: 40, unrelated: { texts: 20, pictures: 28 } })
    // The toy's pictures cannot be cut and mirrored, which leaves what words and vectors can ask.
    expect(calibration.routes.map(({ route }) => route)).toEqual(['text→prompts', 'text→pictures', 'picture→prompts'])
    expect(calibration.routes.map(({ measure }) => measure)).not.toContain('outside')
    const { background } = (await openCollection({ ...toy.collection, calibration })).tables.pictures ?? {}
    const [known, other] = (await toyEncoder.embedPictures?.([toyPicture('cat sofa'), toyPicture('xyzzy plugh')])) ?? []
    expect(background?.of(known as Float32Array).outside).toBeLessThan(0.1)
    expect(background?.of(other as Float32Array).outside).toBeGreaterThan(0.3)
  })

  it('gives the same cut-offs each time', async () => {
    const encoder = { ...toyEncoder, embedPictures: undefined as never }
    const collection = await openCollection({ ...toy.collection, encoder })
    const scores = async () =>
      (await calibrate(collection, { pairs: 30, unrelated: { texts: 40, pictures: 0 } })).routes.map(
        ({ score }) => score,
      )
    expect(await scores()).toEqual(await scores())
  })

  it('gives the rates of the words where the model tells nothing', async () => {
    // To this model no word of a question is a word of a prompt.
    const backwards = (text: string) => [...text].reverse().join('')
    const embedTexts = (texts: readonly string[]) => toyEncoder.embedTexts(texts.map(backwards))
    const encoder = { ...toyEncoder, embedTexts, embedPictures: undefined as never }
    const collection = await openCollection({ ...toy.collection, encoder })
    const { routes } = await calibrate(collection, { pairs: 30, unrelated: { texts: 40, pictures: 0 } })
    const prompts = routes.find(({ route }) => route === 'text→prompts')
    expect(prompts).toMatchObject({ score: null, falseAcceptRate: 1, words: { missRate: 0 } })
    expect(prompts?.words?.falseAcceptRate).toBeLessThan(0.2)
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
