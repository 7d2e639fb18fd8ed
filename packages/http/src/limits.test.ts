import { expect, test } from 'vitest'
import { limitsOf } from './limits.ts'
import { OPT_OUT_DIRECTIVES } from './opt-out.ts'

const userAgent = 'Promptloom/1.0'

test('what is left out is what the options promise', () => {
  const { resolve, ...limits } = limitsOf({ userAgent })
  expect(resolve).toBeTypeOf('function')
  expect(limits).toEqual({
    userAgent,
    allow: [],
    concurrency: 64,
    host: {
      maxConcurrency: 16,
      startConcurrency: 4,
      maxRate: 50,
      refusalPauseMs: 5000,
      troublePauseMs: 200,
      longestPauseMs: 300_000,
      giveUpAfter: 6,
    },
    connectTimeoutMs: 10_000,
    headersTimeoutMs: 15_000,
    idleTimeoutMs: 15_000,
    totalTimeoutMs: 60_000,
    maxRedirects: 5,
    attempts: 4,
    bodyMemory: 384 * 2 ** 20,
    retryDelayMs: 500,
    retryShare: 0.2,
    optOut: ['noai', 'noimageai', 'noindex', 'noimageindex', 'noml'],
    robots: false,
  })
  expect(limits.optOut).toBe(OPT_OUT_DIRECTIVES)
})

test('what is given holds, zero, none and a part of the host’s limits included', () => {
  const given = limitsOf({ userAgent, maxRedirects: 0, retryShare: 0, optOut: [], robots: true, host: { maxRate: 2 } })
  expect(given).toMatchObject({ maxRedirects: 0, retryShare: 0, optOut: [], robots: true })
  expect(given.host).toMatchObject({ maxRate: 2, maxConcurrency: 16 })
})
