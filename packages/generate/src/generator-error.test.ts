import { describe, expect, test } from 'vitest'
import { GeneratorError, type GeneratorOutcome, generatorCures } from './generator-error.ts'

const CASES: readonly (readonly [GeneratorOutcome, exitCode: 1 | 2, retryable: boolean, why: string])[] = [
  ['generator_unreachable', 1, true, 'the server may come back'],
  ['generator_timeout', 1, true, 'the queue may be shorter later'],
  ['generator_busy', 1, true, 'the queue empties'],
  ['generator_malformed', 1, true, 'an answer that was cut off may be whole next time'],
  ['generator_error', 1, true, 'memory may be free next time'],
  ['generator_refused', 1, false, 'the filter says no to the same words again'],
  ['generator_denied', 2, false, 'only another key helps'],
  ['generator_invalid', 2, false, 'only another request helps'],
]

describe('an outcome', () => {
  test.each(CASES)(
    '%s ends the program with %i, and another try may cure it: %s (%s)',
    (outcome, exitCode, retryable) => {
      const error = new GeneratorError(outcome, 'Painter says no.')
      expect(error).toMatchObject({ name: 'GeneratorError', outcome, exitCode, retryable, message: 'Painter says no.' })
      expect(generatorCures(error)).toBe(retryable)
    },
  )
})

describe('a retry policy is told', () => {
  test('how long the server asked to wait', () => {
    expect(generatorCures(new GeneratorError('generator_busy', 'later', { afterMs: 7000 }))).toEqual({ afterMs: 7000 })
    expect(generatorCures(new GeneratorError('generator_busy', 'later', { afterMs: 0 }))).toEqual({ afterMs: 0 })
  })

  test('not to wait for what no waiting cures', () => {
    expect(generatorCures(new GeneratorError('generator_denied', 'no', { afterMs: 7000 }))).toBe(false)
  })

  test.each([new Error('bug'), new TypeError('bug'), 'text', undefined, null, { retryable: true }])(
    'that %o is none of these errors: a bug is not tried again',
    (error) => {
      expect(generatorCures(error)).toBe(false)
    },
  )
})

test('the cause is kept, and absent where there is none', () => {
  const cause = new Error('ECONNRESET')
  expect(new GeneratorError('generator_unreachable', 'gone', { cause }).cause).toBe(cause)
  expect(new GeneratorError('generator_unreachable', 'gone')).not.toHaveProperty('cause')
})
