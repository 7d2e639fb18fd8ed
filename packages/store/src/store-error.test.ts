import { expect, test } from 'vitest'
import {
  StatementError,
  StoreBusyError,
  StoreError,
  StoreStateError,
  StoreUnreachableError,
  StoreUsageError,
} from './store-error.ts'

test.each([
  [new StoreUsageError('x'), 'StoreUsageError', 2, false],
  [new StoreBusyError('x'), 'StoreBusyError', 2, false],
  [new StoreUnreachableError('x'), 'StoreUnreachableError', 1, true],
  [new StoreStateError('x'), 'StoreStateError', 1, false],
  [new StatementError('x', { code: 60 }), 'StatementError', 1, false],
  [new StatementError('x', { code: 241, retryable: true }), 'StatementError', 1, true],
])('%s', (error, name, exitCode, retryable) => {
  expect(error).toBeInstanceOf(StoreError)
  expect([error.name, error.exitCode, error.retryable, error.message]).toEqual([name, exitCode, retryable, 'x'])
})

test('keeps what it was caused by', () => {
  const cause = new Error('socket hang up')
  expect(new StoreUnreachableError('x', { cause }).cause).toBe(cause)
  expect(new StatementError('x', { code: 1, cause }).cause).toBe(cause)
})
