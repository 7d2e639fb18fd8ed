import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Searcher } from '@promptloom/search/searcher'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { likeOf, retrieve } from './retrieve.ts'

/** What a searcher was asked, and two hits of which one was found by its words alone. */
function answering() {
  const asked: unknown[] = []
  const hits = [
    { id: 'a', prompt: 'a cat', distance: 0.25 },
    { id: 'b', prompt: 'a dog', distance: null },
  ]
  const searcher = {
    ask: async (...question: unknown[]) => {
      asked.push(question)
      return { hits }
    },
  } as unknown as Searcher
  return { searcher, asked }
}

describe('neighbours', () => {
  it('are prompts with how similar they are; those without a distance are left out', async () => {
    const { searcher, asked } = answering()
    expect(await retrieve(searcher, { prompt: 'cats', count: 5 })).toEqual([
      { id: 'a', prompt: 'a cat', similarity: 0.75 },
    ])
    expect(asked).toEqual([
      [{ find: 'prompts', terms: [{ text: 'cats' }], k: 5, cutoff: false }, { uploads: new Map() }],
    ])
  })

  it('lean on the picture of a row, or on bytes', async () => {
    const { searcher, asked } = answering()
    await retrieve(searcher, { prompt: 'cats', like: 'row-1' })
    await retrieve(searcher, { prompt: 'cats', like: Buffer.from('png') })
    expect(asked).toMatchObject([
      [{ terms: [{ text: 'cats' }, { id: 'row-1' }] }, { uploads: new Map() }],
      [{ terms: [{ text: 'cats' }, { upload: 'picture' }] }, { uploads: new Map([['picture', Buffer.from('png')]]) }],
    ])
  })

  it('of a prompt longer than a question may be are those of its beginning', async () => {
    const { searcher, asked } = answering()
    await retrieve(searcher, { prompt: 'x'.repeat(9_000) })
    expect(asked).toMatchObject([[{ terms: [{ text: 'x'.repeat(2_000) }] }, {}]])
  })
})

describe('--like', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptloom-like-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('means a file where there is one', async () => {
    const path = join(folder, 'cat')
    await writeFile(path, 'bytes')
    expect(String(await likeOf(path))).toBe('bytes')
  })

  it.each(['row-1', '6f0c0000-0000-8000-8000-000000000000'])('means a row else: %s', async (id) => {
    expect(await likeOf(id)).toBe(id)
  })

  it.each(['cat.png', 'CAT.JPEG', 'pictures/cat', 'C:\\pictures\\cat'])(
    '%s is a file that is not there',
    async (path) => {
      await expect(likeOf(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(path) })
    },
  )

  it('a file of more than 20 MiB is refused unread', async () => {
    const path = join(folder, 'huge.png')
    await writeFile(path, '')
    await truncate(path, 21 * 1024 * 1024)
    await expect(likeOf(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('22020096') })
  })
})
