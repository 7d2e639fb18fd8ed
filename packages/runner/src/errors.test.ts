import { describe, expect, it } from 'vitest'
import * as errors from './errors.ts'

const { exitCodeOf } = errors

describe('the errors of a run', () => {
  it.each([
    [new errors.UserError('no such stage'), 2],
    [new errors.WorkspaceBusyError('in use'), 2],
    [new errors.LedgerError('a row is lost'), 1],
    [new errors.DamagedFileError('changed'), 1],
    [new errors.InterruptedError('stopped'), 3],
  ])('%s ends the program with %d', (error, code) => {
    expect(exitCodeOf(error)).toBe(code)
    expect(`${error}`).toBe(`${error.constructor.name}: ${error.message}`)
  })

  it('keep what caused them', () => {
    const cause = new Error('ENOSPC')
    expect(new errors.UserError('no', { cause }).cause).toBe(cause)
  })
})

describe('exitCodeOf', () => {
  it('knows the errors of other packages by their exit code alone', () => {
    expect(exitCodeOf(Object.assign(new Error('x'), { exitCode: 2 }))).toBe(2)
  })

  it('calls everything else a bug', () => {
    const strange = [
      new TypeError('bug'),
      Object.assign(new Error('x'), { exitCode: '2' }),
      { exitCode: 2 },
      'no',
      null,
    ]
    for (const thrown of [...strange, undefined]) expect(exitCodeOf(thrown)).toBeUndefined()
  })
})
