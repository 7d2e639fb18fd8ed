import { HubApiError } from '@huggingface/hub'
import { describe, expect, it } from 'vitest'
import { HubError, hubError } from './hub-error.ts'

const request = { hub: 'https://hub.example', repository: 'a/b', revision: 'main' }
const answered = (status: number) => hubError(new HubApiError('https://hub.example/x', status), request)

describe('an answer of the hub', () => {
  it.each([
    [
      401,
      2,
      false,
      'The model hub https://hub.example refuses a/b at main (401); check the name, or set HF_TOKEN to a token that may read it.',
    ],
    [
      403,
      2,
      false,
      'The model hub https://hub.example refuses a/b at main (403); check the name, or set HF_TOKEN to a token that may read it.',
    ],
    [
      404,
      2,
      false,
      'The model hub https://hub.example has no a/b at main; "promptloom model list" names models that fit.',
    ],
    [429, 1, true, 'The model hub https://hub.example answered 429 for a/b at main; try again later.'],
    [500, 1, true, 'The model hub https://hub.example answered 500 for a/b at main; try again later.'],
    [503, 1, true, 'The model hub https://hub.example answered 503 for a/b at main; try again later.'],
    [400, 1, false, 'The model hub https://hub.example answered 400 for a/b at main; try again later.'],
  ])('%i', (status, exitCode, retryable, message) => {
    expect(answered(status)).toMatchObject({ name: 'HubError', exitCode, retryable, message })
  })
})

describe('a hub that cannot be reached', () => {
  it.each([
    [
      'has its code named',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }),
      'ENOTFOUND',
    ],
    ['has its message named where there is no code', new Error('certificate has expired'), 'certificate has expired'],
  ])('%s, and every way out', (_, error, reason) => {
    const told = hubError(error, request)
    expect(told).toMatchObject({ exitCode: 1, retryable: true, cause: error })
    expect(told.message).toBe(
      `The model hub https://hub.example can't be reached (${reason}); connect this machine to it, set HF_ENDPOINT to a mirror, or copy a model directory here by hand and name it with --model.`,
    )
  })
})

it('what is told already is not told again', () => {
  const error = new HubError('one sentence.')
  expect(hubError(error, request)).toBe(error)
  expect([error.exitCode, error.retryable]).toEqual([1, false])
})
