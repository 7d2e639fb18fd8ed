import { describe, expect, it } from 'vitest'
import { Background } from './background.ts'
import type { Calibration } from './calibration/calibration-file.ts'
import type { TermVector } from './combination.ts'
import { routeCutoff } from './cutoff.ts'
import { judge } from './judgement.ts'
import { plan } from './plan.ts'
import { parseQuestion } from './question-text.ts'
import { rowFilter } from './row-filter.ts'

const route = (name: string, rest: object = {}) => ({
  ...{
    route: name,
    score: 2,
    measure: 'kind',
    mean: 0.1,
    spread: 0.2,
    falseAcceptRate: 0.05,
    falseAcceptQuestions: 60,
  },
  ...{ missRate: 0.02, missPairs: 100, separation: 0.98, pairs: 'x', rows: 100, made: '2026-01-01T00:00:00Z' },
  ...rest,
})
const calibration = {
  version: 1,
  model: 'm',
  tables: {},
  routes: [route('text→prompts'), route('picture→prompts', { score: 1 })],
}
const text = (x: number, y: number, weight = 1): TermVector => ({
  vector: Float32Array.of(x, y),
  modality: 'text',
  weight,
})
const picture = (x: number, y: number, weight = 1): TermVector => ({ ...text(x, y, weight), modality: 'picture' })
const cutoff = (terms: TermVector[], rows = 100, find: 'prompts' | 'pictures' = 'prompts') =>
  routeCutoff(calibration as unknown as Calibration, terms, { find, rows })
const background = new Background(Float32Array.from([1, 0, 0, 1, -1, 0, 0, -1]), 2)

describe('the cut-off of a question', () => {
  it('is that of its kind', () => {
    expect(cutoff([text(1, 0)])).toMatchObject({ applies: true, stale: false, terms: [{ calibrated: { score: 2 } }] })
    expect(cutoff([picture(1, 0)]).terms[0]?.calibrated?.score).toBe(1)
    expect(cutoff([text(1, 0)], 100, 'pictures')).toMatchObject({ applies: false })
  })
  it('does not count what is moved away from', () => {
    expect(cutoff([text(1, 0), picture(0, 1, -1)]).terms).toHaveLength(1)
  })
  it('is stale when a fifth of the rows is new or gone', () => {
    expect(cutoff([text(1, 0)], 120).stale).toBe(false)
    expect(cutoff([text(1, 0)], 121).stale).toBe(true)
    expect(cutoff([text(1, 0)], 79).stale).toBe(true)
  })
  it('is none without a calibration', () => {
    expect(routeCutoff(undefined, [text(1, 0)], { find: 'prompts', rows: 1 })).toMatchObject({ applies: false })
  })
})

describe('a row', () => {
  const vector = Float32Array.of(1, 0)
  it('is scored as its kind of question was calibrated', () => {
    const judged = judge(cutoff([text(1, 0)]), { vector, background, single: true })
    const near = judged({ distance: 0.5, vector: undefined })
    expect(near.score).toBeCloseTo(2, 10)
    expect(near.passes).toBe(true)
    expect(judged({ distance: 0.51, vector: undefined }).passes).toBe(false)
  })
  it('without a calibration is scored by the question’s own background, and passes', () => {
    const judged = judge(cutoff([text(1, 0)], 100, 'pictures'), { vector, background, single: true })
    expect(judged({ distance: 1.9, vector: undefined })).toMatchObject({ passes: true })
    expect(judged({ distance: 1, vector: undefined }).score).toBeCloseTo(0, 10)
  })
  it('of a question of several terms passes when it is like one of them', () => {
    const both = Float32Array.of(Math.SQRT1_2, Math.SQRT1_2)
    const judged = judge(cutoff([text(1, 0), text(0, 1)]), { vector: both, background, single: false })
    expect(judged({ distance: 0.3, vector: [1, 0] }).passes).toBe(true)
    expect(judged({ distance: 0.3, vector: [0, 1] }).passes).toBe(true)
    expect(judged({ distance: 1.7, vector: [-1, 0] }).passes).toBe(false)
    expect(judged({ distance: 0.3, vector: undefined }).passes).toBe(true)
  })
})

describe('the plan', () => {
  const extra = { filter: undefined, hasPictures: true }
  const routes = (input: object, terms: TermVector[], more = extra) =>
    plan(parseQuestion(input), terms, more).routes.map(({ route: name, except }) => [name, ...except])
  it('takes one route for words, and for pictures by anything', () => {
    expect(routes({ terms: [{ text: 'a' }] }, [text(1, 0)])).toEqual([['text→prompts']])
    expect(routes({ find: 'pictures', terms: [{ text: 'a' }] }, [text(1, 0)])).toEqual([['text→pictures']])
    expect(routes({ find: 'pictures', terms: [{ id: 'r' }] }, [picture(1, 0)])).toEqual([['picture→pictures', 'r']])
  })
  it('takes two for prompts by a picture, where there are pictures', () => {
    expect(routes({ terms: [{ id: 'r' }] }, [picture(1, 0)])).toEqual([['picture→prompts'], ['picture→pictures']])
    expect(routes({ terms: [{ id: 'r' }] }, [picture(1, 0)], { ...extra, hasPictures: false })).toEqual([
      ['picture→prompts'],
    ])
  })
  it('leaves out a row asked by its own prompt, not one asked by its picture', () => {
    expect(routes({ terms: [{ id: 'r' }] }, [text(1, 0)])).toEqual([['text→prompts', 'r']])
  })
  it('names mixed questions, and looks for keywords in what is wanted', () => {
    const mixed = { terms: [{ text: 'castle' }, { upload: 'p' }, { text: 'people', weight: -1 }], hybrid: true }
    const made = plan(parseQuestion(mixed), [text(1, 0), picture(0, 1), text(1, 1, -1)], extra)
    expect(made.routes.map(({ route: name }) => name)).toEqual(['mixed→prompts', 'mixed→pictures'])
    expect(made.words).toBe('castle')
    expect(plan(parseQuestion({ terms: [{ upload: 'p' }] }), [picture(0, 1)], extra).words).toBeUndefined()
  })
})

describe('filters of a row', () => {
  it('are none where none are asked for', () => {
    expect(rowFilter({}, [])).toBeUndefined()
  })
  it('never match rows of unknown size', () => {
    const known = [
      { column: 'width', is: '>', value: 0 },
      { column: 'height', is: '>', value: 0 },
    ]
    expect(rowFilter({ maxWidth: 512 }, [])).toEqual({ all: [...known, { column: 'width', is: '<=', value: 512 }] })
    expect(rowFilter({ orientation: 'square' }, [])).toEqual({
      all: [...known, { column: 'width', is: '=', other: 'height' }],
    })
  })
  it('take dates in any zone, as the engine’s own time', () => {
    expect(rowFilter({ since: '2026-03-01', until: '2026-03-01T10:00:00+02:00' }, [])).toEqual({
      all: [
        { column: 'created', is: '>=', value: '2026-03-01 00:00:00' },
        { column: 'created', is: '<', value: '2026-03-01 08:00:00' },
      ],
    })
  })
  it('hold every phrase', () => {
    expect(rowFilter({}, ['a', 'b'])).toEqual({
      all: [
        { column: 'prompt', is: 'contains', value: 'a' },
        { column: 'prompt', is: 'contains', value: 'b' },
      ],
    })
  })
})
