import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ThumbnailStore } from './thumbnail-store.ts'

/** Requests that wait, by the row that they ask for. */
let waiting: Map<string, (response: Response) => void>
let closed: string[]

beforeEach(() => {
  waiting = new Map()
  closed = []
  vi.stubGlobal(
    'fetch',
    (address: string) =>
      new Promise<Response>((resolve) => {
        waiting.set(/rows\/([^/]+)\//.exec(address)?.[1] ?? '', resolve)
      }),
  )
  vi.stubGlobal('createImageBitmap', async (blob: Blob) => {
    const name = await blob.text()
    return { name, close: () => closed.push(name) }
  })
})
afterEach(() => vi.unstubAllGlobals())

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `row-${from + at}`)
async function answer(id: string, response = new Response(id)) {
  const resolve = waiting.get(id)
  waiting.delete(id)
  resolve?.(response)
  await new Promise((done) => setTimeout(done, 0))
  await new Promise((done) => setTimeout(done, 0))
}

describe('small pictures', () => {
  it('are loaded a few at a time, in the order in which they are wanted, and told of', async () => {
    let told = 0
    const store = new ThumbnailStore(() => told++)
    store.want(ids(20))
    expect([...waiting.keys()]).toEqual(ids(8))
    await answer('row-0')
    expect(told).toBe(1)
    expect(store.get('row-0')).toMatchObject({ name: 'row-0' })
    expect([...waiting.keys()]).toEqual(ids(8, 1))
  })

  it('that are no longer wanted are not loaded any more', async () => {
    const store = new ThumbnailStore(() => undefined)
    store.want(ids(20))
    store.want(ids(3, 100))
    for (const id of ids(8)) await answer(id)
    expect([...waiting.keys()]).toEqual(ids(3, 100))
  })

  it('that are there, or are known to be missing, are not asked for again', async () => {
    const store = new ThumbnailStore(() => undefined)
    store.want(['a', 'b'])
    await answer('a')
    await answer('b', new Response('', { status: 404 }))
    store.want(['a', 'b'])
    expect([...waiting.keys()]).toEqual([])
    expect(store.get('b')).toBeUndefined()
  })

  it('are given up when there are many, the least lately used first', async () => {
    const store = new ThumbnailStore(() => undefined)
    store.want(ids(601))
    for (const id of ids(600)) await answer(id)
    expect(store.get('row-0')).toBeDefined()
    await answer('row-600')
    expect(closed).toEqual(['row-1'])
    expect(store.get('row-0')).toBeDefined()
  })
})
