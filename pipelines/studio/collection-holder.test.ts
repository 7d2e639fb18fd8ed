import { describe, expect, it } from 'vitest'
import type { SearchSession } from '../search-session.ts'
import { CollectionHolder } from './collection-holder.ts'

/** Sessions that count what is open. */
function sessions() {
  const log: string[] = []
  let made = 0
  const open = async () => {
    const name = `session ${++made}`
    log.push(`open ${name}`)
    const close = async () => {
      log.push(`close ${name}`)
    }
    return { name, [Symbol.asyncDispose]: close } as unknown as SearchSession & { name: string }
  }
  return { log, open }
}

const nameOf = async (session: SearchSession) => (session as unknown as { name: string }).name

describe('the collection of the moment', () => {
  it('is opened once, for all that ask at the same time', async () => {
    const { log, open } = sessions()
    await using holder = new CollectionHolder({ open })
    expect(await Promise.all([holder.use(nameOf), holder.use(nameOf)])).toEqual(['session 1', 'session 1'])
    expect(log).toEqual(['open session 1'])
  })

  it('is opened anew beside the old one, which closes when its last user leaves', async () => {
    const { log, open } = sessions()
    await using holder = new CollectionHolder({ open })
    let leave = () => {}
    const staying = holder.use(async (session) => {
      await new Promise<void>((resolve) => {
        leave = resolve
      })
      return nameOf(session)
    })
    await expect.poll(() => log).toEqual(['open session 1'])
    const refreshed = holder.refresh()
    await expect.poll(() => holder.use(nameOf)).toBe('session 2')
    expect(log).toEqual(['open session 1', 'open session 2'])
    leave()
    await refreshed
    expect(await staying).toBe('session 1')
    expect(log).toEqual(['open session 1', 'open session 2', 'close session 1'])
  })

  it('need not be opened anew before anybody asked', async () => {
    const { log, open } = sessions()
    await using holder = new CollectionHolder({ open })
    await holder.refresh()
    expect(log).toEqual([])
  })

  it('that is lent is closed, and whoever asks waits until it is back', async () => {
    const { log, open } = sessions()
    await using holder = new CollectionHolder({ open })
    await holder.use(nameOf)
    const loan = await holder.lend('A run is loading rows')
    expect(log).toEqual(['open session 1', 'close session 1'])
    expect(holder.lent).toBe('A run is loading rows')
    const waiting = holder.use(nameOf)
    await holder.refresh()
    await loan[Symbol.asyncDispose]()
    expect(await waiting).toBe('session 2')
    expect(holder.lent).toBeUndefined()
  })

  it('that is lent while it is opened anew stays closed', async () => {
    const { log, open } = sessions()
    let slow = Promise.resolve()
    await using holder = new CollectionHolder({
      open: async () => {
        await slow
        return open()
      },
    })
    await holder.use(nameOf)
    let go = () => {}
    slow = new Promise((resolve) => {
      go = resolve
    })
    const refreshing = holder.refresh()
    const loan = await holder.lend('A run is loading rows')
    go()
    await refreshing
    expect(log).toEqual(['open session 1', 'close session 1', 'open session 2', 'close session 2'])
    await loan[Symbol.asyncDispose]()
    expect(await holder.use(nameOf)).toBe('session 3')
  })

  it('is not opened for those who come when it ends', async () => {
    const { log, open } = sessions()
    const holder = new CollectionHolder({ open })
    await holder.use(nameOf)
    await holder[Symbol.asyncDispose]()
    await expect(holder.use(nameOf)).rejects.toMatchObject({ status: 503, code: 'ending' })
    expect(log).toEqual(['open session 1', 'close session 1'])
  })

  it('that is lent for long is told of, with the reason', async () => {
    const { open } = sessions()
    await using holder = new CollectionHolder({ open, waitMs: 10 })
    await using _loan = await holder.lend('A run is loading rows')
    const error = await holder.use(nameOf).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      status: 503,
      code: 'collection_lent',
      message: 'A run is loading rows; the search is back when it ends.',
    })
  })

  it('that does not open says why, and the next question tries again', async () => {
    const failures: Error[] = [
      Object.assign(new Error('Nothing has been loaded.'), { exitCode: 2 }),
      Object.assign(new Error('In use.'), { exitCode: 2, name: 'StoreBusyError' }),
      new TypeError('a bug'),
    ]
    const { open } = sessions()
    await using holder = new CollectionHolder({
      open: async () => {
        const failure = failures.shift()
        if (failure) throw failure
        return open()
      },
    })
    await expect(holder.use(nameOf)).rejects.toMatchObject({ status: 503, code: 'not_searchable' })
    await expect(holder.use(nameOf)).rejects.toMatchObject({ status: 503, code: 'collection_busy', message: 'In use.' })
    await expect(holder.use(nameOf)).rejects.toThrow(TypeError)
    expect(await holder.use(nameOf)).toBe('session 1')
  })

  it('stays as it is where it cannot be opened anew', async () => {
    const { log, open } = sessions()
    let broken = false
    await using holder = new CollectionHolder({
      open: () => (broken ? Promise.reject(Object.assign(new Error('No.'), { exitCode: 1 })) : open()),
    })
    await holder.use(nameOf)
    broken = true
    await expect(holder.refresh()).rejects.toThrow('No.')
    expect(await holder.use(nameOf)).toBe('session 1')
    expect(log).toEqual(['open session 1'])
  })

  it('stays open while work fails', async () => {
    const { log, open } = sessions()
    await using holder = new CollectionHolder({ open })
    await expect(holder.use(() => Promise.reject(new Error('bad question')))).rejects.toThrow('bad question')
    expect(await holder.use(nameOf)).toBe('session 1')
    expect(log).toHaveLength(1)
  })
})
