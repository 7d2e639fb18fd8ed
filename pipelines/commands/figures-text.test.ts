import type { Calibration } from '@promptloom/search/calibration/calibration-file'
import type { Evaluation } from '@promptloom/search/evaluation'
import { describe, expect, test } from 'vitest'
import { evaluationText } from './bench-search.ts'
import { calibrationText } from './calibrate.ts'

type Route = Calibration['routes'][number]

const route = (more: Partial<Route> = {}) =>
  ({
    route: 'text-to-text',
    score: 0.25,
    measure: 'cosine',
    falseAcceptRate: 0.01,
    falseAcceptQuestions: 300,
    missRate: 0.125,
    missPairs: 100,
    separation: 0.98765,
    pairs: 'a prompt and its beginning',
    ...more,
  }) as Route
const calibration = (...routes: Route[]) => ({ routes }) as unknown as Calibration
/** A table's line without its borders. */
const cells = (line: string | undefined) =>
  (line ?? '')
    .split('│')
    .map((cell) => cell.trim())
    .filter(Boolean)

describe('cut-offs as a table', () => {
  test('have a line a route, with both rates and what they are of', () => {
    const lines = calibrationText(calibration(route())).split('\n')
    const line = lines.find((one) => one.includes('text-to-text'))
    expect(cells(line)).toEqual([
      'text-to-text',
      '0.25 (cosine)',
      '1.0 % of 300',
      '12.5 % of 100',
      '0.988',
      'a prompt and its beginning',
    ])
  })

  test('say which routes have none, and why', () => {
    const text = calibrationText(calibration(route(), route({ route: 'text-to-image' as Route['route'], score: null })))
    expect(cells(text.split('\n').find((one) => one.includes('text-to-image')))[1]).toBe('none')
    expect(text).toContain('none: the model does not tell related from unrelated here, so nothing is cut off.')
  })

  test('say nothing of that where all have one', () => {
    expect(calibrationText(calibration(route()))).not.toContain('none')
  })
})

describe('figures of search as tables', () => {
  const evaluation = {
    kinds: [
      { kind: 'beginning', questions: 1200, at1: 0.5, at10: 0.987, note: 'the first half of a prompt' },
      { kind: 'picture', questions: 0, at1: 0, at10: 0, note: 'there are no pictures' },
    ],
    latencies: [{ part: 'embed', p50: 12.345, p95: 20 }],
    filtered: { rows: 9000, full: 19, questions: 20 },
  } as unknown as Evaluation
  const text = evaluationText(evaluation)

  test('have a line a kind of question, in shares of all that were asked', () => {
    expect(cells(text.split('\n').find((one) => one.includes('beginning')))).toEqual([
      'beginning',
      '1,200',
      '50.0 %',
      '98.7 %',
      'the first half of a prompt',
    ])
  })

  test('show a kind that could not be asked as such', () => {
    expect(cells(text.split('\n').find((one) => one.includes('picture')))).toContain('0')
    expect(text).toContain('there are no pictures')
  })

  test('have a line a part of an answer, in milliseconds', () => {
    expect(cells(text.split('\n').find((one) => one.includes('embed')))).toEqual(['embed', '12.3', '20.0'])
  })

  test('say what a filter costs', () => {
    expect(text).toContain('A filter that 9,000 rows meet (1 %): 19 of 20 questions got all the hits that they could.')
  })
})
