import { expect, test, vi } from 'vitest'
import { TimeLimit } from './time-limit.ts'

const url = 'http://example.org/a.jpg'
const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket closed'))))

test('a request that ends in time has its answer, and leaves its signal alone', async () => {
  const time = new TimeLimit(url, 10_000)
  let seen: AbortSignal | undefined
  expect(
    await time.run(async (signal) => {
      seen = signal
      return 'answer'
    }),
  ).toBe('answer')
  expect([seen?.aborted, time.spent]).toEqual([false, false])
})

test('one that takes longer is a timeout, whatever its connection says of the abort', async () => {
  const time = new TimeLimit(url, 20)
  await expect(time.run(hang)).rejects.toMatchObject({
    kind: 'timeout',
    retryable: true,
    url,
    message: `${url} took longer than 20 ms in all.`,
  })
  expect(time.spent).toBe(true)
})

test('an error of the request itself is passed on', async () => {
  const error = new Error('refused')
  await expect(new TimeLimit(url, 1000).run(async () => Promise.reject(error))).rejects.toBe(error)
})

test('counts what its requests took together, and not what lay between them', async () => {
  vi.useFakeTimers()
  try {
    const time = new TimeLimit(url, 60)
    const took = (ms: number) => time.run(() => vi.advanceTimersByTimeAsync(ms))
    await vi.advanceTimersByTimeAsync(80)
    await took(40)
    await vi.advanceTimersByTimeAsync(80)
    await took(19)
    expect(time.spent).toBe(false)
    const late = expect(time.run(hang)).rejects.toMatchObject({ kind: 'timeout' })
    await vi.advanceTimersByTimeAsync(1)
    await late
    expect(time.spent).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})

test('stands still while what is none of the host’s doing is waited for, and goes on afterwards', async () => {
  vi.useFakeTimers()
  try {
    const time = new TimeLimit(url, 60)
    let free: (bytes: string) => void = () => {}
    const late = time.run(async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, 40))
      expect(await time.standing(() => new Promise((resolve) => (free = resolve)))).toBe('memory')
      await expect(time.standing(async () => Promise.reject(new Error('closed')))).rejects.toThrow('closed')
      return hang(signal)
    })
    const refused = expect(late).rejects.toMatchObject({ kind: 'timeout' })
    await vi.advanceTimersByTimeAsync(1000)
    expect([time.spent, vi.getTimerCount()]).toEqual([false, 0])
    free('memory')
    await vi.advanceTimersByTimeAsync(19)
    expect(time.spent).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await refused
    expect(time.spent).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})

test('waiting outside of a request starts no clock', async () => {
  vi.useFakeTimers()
  try {
    const time = new TimeLimit(url, 60)
    await time.standing(() => vi.advanceTimersByTimeAsync(1000))
    expect([time.spent, vi.getTimerCount()]).toEqual([false, 0])
  } finally {
    vi.useRealTimers()
  }
})
