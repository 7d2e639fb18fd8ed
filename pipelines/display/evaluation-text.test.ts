import type { Evaluation } from '@promptloom/search/evaluation/evaluation'
import { describe, expect, test } from 'vitest'
import { coldStartText, evaluationText } from './evaluation-text.ts'

/** A table's line without its borders. */
const cells = (text: string, line: string) =>
  (text.split('\n').find((one) => one.includes(line)) ?? '')
    .split('│')
    .map((cell) => cell.trim())
    .filter(Boolean)

const quiet = { foreign: 0.02, own: 0.5, loadBefore: 1, loadAfter: 1, noisy: false }

describe('figures of search as tables', () => {
  const evaluation: Evaluation = {
    kinds: [
      {
        kind: 'beginning',
        questions: 1200,
        at1: 0.5,
        at10: 0.987,
        chance10: 0.004,
        note: 'the first half of a prompt',
      },
      { kind: 'picture', questions: 0, at1: 0, at10: 0, chance10: 0, note: 'there are no pictures' },
    ],
    cutoffs: [
      {
        route: 'text→prompts',
        score: 1.234,
        by: 'score',
        unrelated: 60,
        falseAccepts: 0.05,
        pairs: 1000,
        misses: 0.1,
      },
      { route: 'text→pictures', score: null, by: 'words', unrelated: 60, falseAccepts: 0, pairs: 100, misses: 0.02 },
      { route: 'picture→prompts', score: null, by: 'nothing', unrelated: 40, falseAccepts: 1, pairs: 100, misses: 0 },
    ],
    latencies: [
      { kind: 'words', part: 'encode', p50: 12.345, p95: 20 },
      { kind: 'words', part: 'store', p50: 1, p95: 2 },
    ],
    filtered: { rows: 9000, full: 19, questions: 20 },
  }
  const text = evaluationText(evaluation)

  test('have a line a kind of question, in shares of all that were asked, beside chance', () => {
    const line = ['beginning', '1,200', '50.0 %', '98.7 %', '0.4 %', 'the first half of a prompt']
    expect(cells(text, 'beginning')).toEqual(line)
  })

  test('show a kind that could not be asked as such', () => {
    expect(cells(text, 'there are no pictures').slice(0, 2)).toEqual(['picture', '0'])
  })

  test('have a line a cut-off, with both rates and what they are of', () => {
    const line = ['text→prompts', '1.23', '5.0 % of 60 unrelated', '10.0 % of 1,000 known pairs']
    expect(cells(text, 'text→prompts')).toEqual(line)
    const byWords = ['text→pictures', 'by the words', '0.0 % of 60 unrelated', '2.0 % of 100 known pairs']
    expect(cells(text, 'text→pictures')).toEqual(byWords)
    expect(cells(text, 'picture→prompts')).toEqual(['picture→prompts', 'none', 'the model does not tell'])
  })

  test('tell what pictures decide, and how pictures that were given did', () => {
    const [first] = evaluation.cutoffs
    const given = { asked: 17, falseAccepts: 2 / 17 }
    const one = { ...first, route: 'picture→prompts', score: null, by: 'pictures', unrelated: 80, given } as const
    const told = evaluationText({ ...evaluation, cutoffs: [one as never, ...evaluation.cutoffs.slice(0, 1)] })
    expect(cells(told, 'of pictures given')).toEqual([
      'cut-off',
      'score',
      'false accepts',
      'of pictures given',
      'misses',
    ])
    const line = [
      'picture→prompts',
      'by the pictures',
      '5.0 % of 80 unrelated',
      '11.8 % of 17',
      '10.0 % of 1,000 known pairs',
    ]
    expect(cells(told, 'picture→prompts')).toEqual(line)
    expect(text).not.toContain('of pictures given')
  })

  test('show what share of ten is right where many rows are', () => {
    const kind = { kind: 'style', questions: 9, at1: 1, at10: 1, chance10: 0.3, note: 'n' }
    const told = evaluationText({ ...evaluation, kinds: [{ ...kind, precision10: { found: 0.42, chance: 0.03 } }] })
    expect(cells(told, 'style')).toEqual(['style', '9', '100.0 %', '100.0 %', '30.0 %', '42.0 % (chance 3.0 %)', 'n'])
    expect(text).not.toContain('right of ten')
  })

  test('say where to get cut-offs from where there are none', () => {
    expect(evaluationText({ ...evaluation, cutoffs: [] })).toContain('"promptloom calibrate" finds where to.')
  })

  test('have a column a part of an answer, in milliseconds', () => {
    expect(cells(text, 'p50 / p95')).toEqual([
      'warm, ms: p50 / p95',
      'encoder',
      'store',
      'fusing and folding',
      'hits’ facts',
      'all',
    ])
    expect(cells(text, '12.3')).toEqual(['words', '12.3 / 20.0', '1.0 / 2.0'])
  })

  test('say what a filter costs', () => {
    expect(text).toContain('A filter that 9,000 rows meet (1 %): 19 of 20 questions got all the hits that they could.')
    const one = evaluationText({ ...evaluation, filtered: { rows: 1, full: 1, questions: 1 } })
    expect(one).toContain('A filter that 1 row meets (1 %): 1 of 1 questions')
  })
})

describe('starts from cold', () => {
  const starts = [
    { wall: 1640, processor: 1900 },
    { wall: 1800, processor: 2010 },
  ]

  test('are told from the shortest to the longest, on the clock and of the processor', () => {
    const times = '1.6 to 1.8 s on the clock, 1.9 to 2.0 s of processor time.'
    expect(coldStartText(starts, quiet)).toBe(`"promptloom search" from a cold start, 2 times: ${times}`)
  })

  test('are told without the processor where the system does not say', () => {
    const [first] = starts.map((one) => ({ ...one, processor: undefined }))
    const text = coldStartText(first ? [first] : [], quiet)
    expect(text).toBe('"promptloom search" from a cold start, once: 1.6 s on the clock.')
  })

  test('say when the machine was busy with other things', () => {
    const text = coldStartText([], { ...quiet, foreign: 0.6, noisy: true })
    expect(text).toBe('The machine was busy: other programs took 60.0 % of it; times are longer than they would be.')
    expect(coldStartText([], quiet)).toBe('')
  })
})
