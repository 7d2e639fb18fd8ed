import { UserError } from '@promptloom/runner/errors'
import { describe, expect, it } from 'vitest'
import { JobStoppedError, jobFailure } from './job-failure.ts'

const failing = (fields: object) => Object.assign(new Error('The painter is full.'), fields)

describe('why a job failed', () => {
  it('is told in the sentence of an error that was written for people', () => {
    expect(jobFailure(new UserError('There is no such row.'))).toEqual({
      code: 'failed',
      message: 'There is no such row.',
      unexpected: false,
    })
  })

  it.each([
    [{ exitCode: 1, outcome: 'llm_refused', code: 'E_X' }, 'llm_refused'],
    [{ exitCode: 1, code: 'budget' }, 'budget'],
    [{ exitCode: 2, outcome: 7, code: 'bad_size' }, 'bad_size'],
    [{ exitCode: 3 }, 'failed'],
  ])('is named by its outcome, else by its code: %o', (fields, code) => {
    expect(jobFailure(failing(fields))).toEqual({ code, message: 'The painter is full.', unexpected: false })
  })

  it.each([
    ['a bug', new TypeError('secret is not a function at /home/somebody')],
    ['an error of the system', Object.assign(new Error('ENOSPC: /home/somebody'), { code: 'ENOSPC' })],
    ['an error whose exit code is no number', failing({ exitCode: '1', message: 'at /home/somebody' })],
    ['a text', 'went wrong in /home/somebody'],
    ['nothing', undefined],
    ['null', null],
  ])('is kept from the page where it is %s, and told to the operator', (_, error) => {
    const { code, message, unexpected } = jobFailure(error)
    expect(code).toBe('internal')
    expect(message).not.toContain('somebody')
    expect(unexpected).toBe(true)
  })

  it('says who stopped it', () => {
    expect(new JobStoppedError('user')).toMatchObject({ by: 'user', message: 'The job was cancelled.' })
    expect(new JobStoppedError('shutdown')).toMatchObject({ by: 'shutdown', message: 'The studio is ending.' })
  })
})
