import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calibrate } from '../calibration/calibrate.ts'
import { TOY_SCENES, type ToyCollection, toyCollection, toyEncoder } from '../collection.double.ts'
import { type Collection, openCollection } from '../collection.ts'
import { Searcher } from '../searcher.ts'
import { cutoffRates } from './cutoff-rates.ts'
import { calibratedPairs, evaluatedRows } from './evaluated-rows.ts'
import { evaluate } from './evaluation.ts'
import { EvaluationRun } from './evaluation-run.ts'
import { askByLabel } from './label-questions.ts'
import { askNarrowly } from './narrow-filter.ts'
import { PARTS, partLatencies } from './part-latencies.ts'

let toy: ToyCollection
beforeAll(async () => {
  toy = await toyCollection(TOY_SCENES, { pictures: undefined })
})
afterAll(() => toy[Symbol.asyncDispose]())

/** The toy's own "pictures" are words; the patterns that stand for unrelated ones are none to it. */
async function calibrated(pairs: number): Promise<Collection> {
  const wordsAlone = { ...toyEncoder, embedPictures: undefined as never }
  const collection = await openCollection({ ...toy.collection, encoder: wordsAlone })
  return openCollection({
    ...collection,
    calibration: await calibrate(collection, { pairs, unrelated: { texts: 20, pictures: 0 } }),
  })
}

describe('the rows that questions are made of', () => {
  it('are none of those that the calibration asked, as far as the table goes', async () => {
    expect(calibratedPairs(undefined)).toBe(200)
    const few = { routes: [{ missPairs: 150 }, { missPairs: 20 }] } as never
    expect(calibratedPairs(few)).toBe(302)
    // 200 rows are passed over where there are that many; here they would leave none.
    const rows = await evaluatedRows(toy.collection, 20)
    expect(rows).toHaveLength(20)
    const first = await evaluatedRows(toy.collection, 64)
    expect(first.slice(44)).toEqual(rows)
    expect(first.every(({ id, prompt }) => prompt === id.replace('-', ' by '))).toBe(true)
  })
})

describe('an evaluation', () => {
  it('counts how often the right row is found, beside what chance would find', async () => {
    const kinds: string[] = []
    const labelOf = ({ prompt }: { prompt: string }) => prompt.split(' ')[0]
    const evaluation = await evaluate(new Searcher(toy.collection), {
      questions: 4,
      labelOf,
      onKind: (one) => kinds.push(one),
    })
    expect(kinds).toEqual(expect.arrayContaining(evaluation.kinds.map(({ kind }) => kind)))
    const by = (kind: string) => evaluation.kinds.find((one) => one.kind === kind)
    expect(by('words → prompts')).toMatchObject({ questions: 4, at1: 1, at10: 1 })
    expect(by('words → prompts')?.chance10).toBeCloseTo(10 / 64, 9)
    expect(by('words → prompts, hybrid')).toMatchObject({ at1: 1, at10: 1 })
    expect(by('words → pictures')?.at1).toBeGreaterThan(0.9)
    expect(by('picture → prompts')?.at1).toBeGreaterThan(0.9)
    expect(by('label → prompts, hybrid')).toMatchObject({ at1: 1, at10: 1 })
    expect(by('picture → pictures of its label')?.at10).toBe(1)
    // Seven others have the label; as many pictures share the rest with the one asked with.
    expect(by('picture → pictures of its label')?.precision10?.found).toBeGreaterThan(0.3)
    expect(by('picture → pictures of its label')?.precision10?.found).toBeLessThanOrEqual(0.7)
    expect(by('picture → pictures of its label')?.precision10?.chance).toBeCloseTo(7 / 64, 9)
    expect(by('words → prompts')?.precision10).toBeUndefined()
    // Seven others of 64 have the label: ten rows at random hold one in seven cases of ten.
    expect(by('picture → pictures of its label')?.chance10).toBeGreaterThan(0.65)
    expect(by('picture → pictures of its label')?.chance10).toBeLessThan(0.8)
    expect(evaluation.cutoffs).toEqual([])
    expect(evaluation.filtered).toMatchObject({ questions: 20, full: 20, rows: 1 })
  })

  it('asks by names only where prompts hold them', async () => {
    const run = new EvaluationRun(new Searcher(toy.collection), await evaluatedRows(toy.collection, 3))
    await askByLabel(run, () => 'elsewhere')
    const kinds = run.kinds.map(({ kind }) => kind)
    expect(kinds).toEqual(['picture → prompts of its label', 'picture → pictures of its label'])
  })

  it('holds the cut-offs against questions that they were not made of', async () => {
    const onKind = (kind: string) => kinds.push(kind)
    const kinds: string[] = []
    const searcher = new Searcher(await calibrated(20))
    const rates = await cutoffRates(searcher, { rows: await evaluatedRows(toy.collection, 6), unrelated: 10, onKind })
    expect(rates.map(({ route }) => route)).toEqual(['text→prompts', 'text→pictures'])
    expect(kinds).toEqual(['cut-off, text→prompts', 'cut-off, text→pictures'])
    for (const one of rates) {
      expect(one).toMatchObject({ unrelated: 10, score: expect.any(Number) })
      // Words that the toy never met lie in no direction of a row's.
      expect(one.falseAccepts).toBeLessThan(0.2)
      expect(one.misses).toBeLessThan(0.2)
    }
  })
})

describe('a filter that few rows meet', () => {
  it('is told when it makes an answer come up short', async () => {
    const rows = await evaluatedRows(toy.collection, 3)
    const short = new Searcher(toy.collection)
    const { prompts, pictures } = short.collection.tables
    const cut = (searched: typeof prompts) =>
      searched && {
        ...searched,
        table: new Proxy(searched.table, {
          get(table, name) {
            if (name === 'search') return async (request: never) => ({ ...(await table.search(request)), hits: [] })
            const value = Reflect.get(table, name)
            return typeof value === 'function' ? value.bind(table) : value
          },
        }),
      }
    const broken = new Searcher({ ...short.collection, tables: { prompts: cut(prompts), pictures: cut(pictures) } })
    const [found, lost] = [await askNarrowly(short, rows), await askNarrowly(broken, rows)]
    expect(found).toMatchObject({ questions: 15, full: 15 })
    expect(lost.questions).toBe(15)
    expect(lost.full).toBeLessThan(4)
  })
})

describe('the time of the parts', () => {
  it('is taken for each kind of question, and adds up to the whole', async () => {
    const latencies = await partLatencies(new Searcher(toy.collection), await evaluatedRows(toy.collection, 5))
    const kinds = [...new Set(latencies.map(({ kind }) => kind))]
    expect(kinds).toEqual(['words → prompts', 'words → prompts, hybrid', 'words → pictures'])
    expect(latencies.map(({ part }) => part)).toEqual(kinds.flatMap(() => [...PARTS]))
    for (const one of latencies) expect(one.p95).toBeGreaterThanOrEqual(one.p50)
    for (const kind of kinds) {
      const store = latencies.find((one) => one.kind === kind && one.part === 'store')
      expect(store?.p50).toBeGreaterThan(0)
    }
  })
})
