import type { Calibration } from '@promptloom/search/calibration/calibration-file'
import { describe, expect, test } from 'vitest'
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

  test('say where the words decide, with their rates', () => {
    const words = { falseAcceptRate: 0.02, missRate: 0.03 }
    const text = calibrationText(calibration(route({ score: null, falseAcceptRate: 1, missRate: 0, words })))
    const line = text.split('\n').find((one) => one.includes('text-to-text'))
    expect(cells(line).slice(1, 4)).toEqual(['by the words', '2.0 % of 300', '3.0 % of 100'])
    expect(text).toContain(
      'by the words: the model does not tell related from unrelated here, so hits must hold the words.',
    )
    expect(text).not.toContain('nothing is cut off')
  })

  test('say where similar pictures decide, which have their own line', () => {
    const prompts = route({ route: 'picture→prompts', score: null, falseAcceptRate: 1, missRate: 0 })
    const text = calibrationText(calibration(prompts, route({ route: 'picture→pictures' })))
    const line = text.split('\n').find((one) => one.includes('picture→prompts'))
    expect(cells(line).slice(0, 3)).toEqual(['picture→prompts', 'by the pictures', '0.988'])
    expect(text).toContain('so hits are prompts of similar enough pictures.')
    expect(text).not.toContain('nothing is cut off')
    const neither = calibrationText(calibration(prompts, route({ route: 'picture→pictures', score: null })))
    expect(neither).not.toContain('by the pictures')
    expect(neither).toContain('so nothing is cut off.')
  })

  test('say nothing of that where all have one', () => {
    expect(calibrationText(calibration(route()))).not.toContain('none')
  })
})
