import { describe, expect, test, vi } from 'vitest'
import { type JobOptions, runJob } from './job.ts'

const options = (more: Partial<JobOptions> = {}) => {
  const cancel = vi.fn(async () => undefined)
  return { label: 'Painter', signal: undefined, timeoutMs: 60_000, cancel, ...more }
}
/** Work that ends only when its signal does. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

describe('a job that ends by itself', () => {
  test('gives its result, and nothing is cancelled', async () => {
    const job = options()
    expect(await runJob(job, async () => 42)).toBe(42)
    expect(job.cancel).not.toHaveBeenCalled()
  })

  test('with an error of its own passes it on, and nothing is cancelled', async () => {
    const job = options()
    const error = new Error('out of memory')
    await expect(runJob(job, () => Promise.reject(error))).rejects.toBe(error)
    expect(job.cancel).not.toHaveBeenCalled()
  })

  test('with an error thrown before any wait passes that on too', async () => {
    const work = () => {
      throw new TypeError('bug')
    }
    await expect(runJob(options(), work)).rejects.toThrow('bug')
  })
})

describe('a job that is aborted', () => {
  test('before its start is never started', async () => {
    const reason = new Error('Ctrl-C')
    const work = vi.fn(endless)
    const job = options({ signal: AbortSignal.abort(reason) })
    await expect(runJob(job, work)).rejects.toBe(reason)
    expect(work).not.toHaveBeenCalled()
    expect(job.cancel).not.toHaveBeenCalled()
  })

  test('is cancelled on the server with a signal that is still good, then throws the reason', async () => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const seen: boolean[] = []
    const cancel = async (signal: AbortSignal) => void seen.push(signal.aborted)
    const running = runJob(options({ signal: controller.signal, cancel }), endless)
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(seen).toEqual([false])
  })

  test('throws the reason also where the server can not be told', async () => {
    const controller = new AbortController()
    const cancel = () => Promise.reject(new Error('ECONNREFUSED'))
    const running = runJob(options({ signal: controller.signal, cancel }), endless)
    controller.abort(new Error('Ctrl-C'))
    await expect(running).rejects.toThrow('Ctrl-C')
  })

  test('waits for the cancellation before it ends', async () => {
    const controller = new AbortController()
    const order: string[] = []
    const cancel = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push('cancelled')
    }
    const running = runJob(options({ signal: controller.signal, cancel }), endless).catch(() => order.push('ended'))
    controller.abort()
    await running
    expect(order).toEqual(['cancelled', 'ended'])
  })

  test('whose work fails for the abort in its own words still throws the reason', async () => {
    const controller = new AbortController()
    const work = async (signal: AbortSignal) => {
      await endless(signal).catch(() => undefined)
      throw new Error('socket hang up')
    }
    const running = runJob(options({ signal: controller.signal }), work)
    controller.abort(new Error('Ctrl-C'))
    await expect(running).rejects.toThrow('Ctrl-C')
  })
})

describe('a job whose time is up', () => {
  test('is cancelled, and says how long it was given and what to do', async () => {
    const job = options({ timeoutMs: 5 })
    await expect(runJob(job, endless)).rejects.toMatchObject({
      outcome: 'generator_timeout',
      retryable: true,
      message: 'Painter did not finish within 5 ms; allow it more time.',
      cause: expect.objectContaining({ name: 'TimeoutError' }),
    })
    expect(job.cancel).toHaveBeenCalledTimes(1)
  })

  test('is told apart from one that was aborted while it was cancelled', async () => {
    const controller = new AbortController()
    const cancel = async () => controller.abort(new Error('Ctrl-C'))
    await expect(runJob(options({ timeoutMs: 5, signal: controller.signal, cancel }), endless)).rejects.toThrow(
      'Ctrl-C',
    )
  })
})
