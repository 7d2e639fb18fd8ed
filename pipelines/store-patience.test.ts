import { describe, expect, it } from 'vitest'
import { type Patience, whenFree } from './store-patience.ts'

const busy = () => Object.assign(new Error('In use.'), { name: 'StoreBusyError' })

/** A store that is busy for so many tries. */
function store(tries: number, patience: Partial<Patience> = {}) {
  let waits = 0
  const open = async () => {
    if (tries-- > 0) throw busy()
    return 'open'
  }
  const { signal } = new AbortController()
  const opened = whenFree(open, { signal, onWait: () => void waits++, pollMs: 1, waitMs: 5_000, ...patience })
  return { opened, waits: () => waits }
}

describe('a store that somebody else has open', () => {
  it('is waited for, which is told once', async () => {
    const { opened, waits } = store(5)
    expect(await opened).toBe('open')
    expect(waits()).toBe(1)
  })

  it('is not waited for where it is free', async () => {
    const { opened, waits } = store(0)
    expect(await opened).toBe('open')
    expect(waits()).toBe(0)
  })

  it('is given up when it does not become free', async () => {
    await expect(store(Number.POSITIVE_INFINITY, { waitMs: 20 }).opened).rejects.toThrow('In use.')
  })

  it('is given up at once when the run is to stop', async () => {
    const controller = new AbortController()
    const { opened } = store(Number.POSITIVE_INFINITY, { signal: controller.signal, pollMs: 4_000 })
    controller.abort(new Error('stop'))
    await expect(opened).rejects.toThrow('stop')
  })

  it('that fails otherwise is not tried again', async () => {
    let tries = 0
    const open = async () => {
      tries++
      throw new TypeError('broken')
    }
    const { signal } = new AbortController()
    await expect(whenFree(open, { signal, onWait: () => undefined })).rejects.toThrow('broken')
    expect(tries).toBe(1)
  })
})
