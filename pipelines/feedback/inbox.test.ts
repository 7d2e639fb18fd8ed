import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetInBatch, inboxFolder, listBatches, NewBatch, putBatch, readBatch, readInboxPicture } from './inbox.ts'
import { generatedId, refinedId } from './inbox-row.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-inbox-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const refined = (prompt: string, parents: string[] = []) => ({
  row: { id: refinedId(prompt, parents), prompt, origin: 'refined' as const, parents },
})
const painted = (prompt: string, bytes: string) => {
  const picture = Buffer.from(bytes)
  return { row: { id: generatedId(picture), prompt, origin: 'generated' as const }, picture }
}

describe('ids', () => {
  it('come from content: the same thing twice is the same row', () => {
    expect(refinedId('a cat', ['x', 'y'])).toBe(refinedId('a cat', ['y', 'x']))
    expect(refinedId('a cat', ['x'])).not.toBe(refinedId('a cat', []))
    expect(refinedId('a cat', [])).not.toBe(refinedId('a dog', []))
    expect(generatedId(Buffer.from('a'))).toBe(generatedId(Buffer.from('a')))
    expect(generatedId(Buffer.from('a'))).toMatch(/^g-[0-9a-f]{16}$/)
  })
})

describe('a batch', () => {
  it('gives back what was put in, in its order', async () => {
    const put = await putBatch(workspace, [refined('a cat', ['p1']), painted('a dog', 'woof')])
    const [batch] = await listBatches(workspace)
    expect(batch).toEqual(put)
    expect(batch?.rows).toBe(2)
    const lines = await readBatch(workspace, batch?.name as string)
    expect(lines).toMatchObject([
      { prompt: 'a cat', origin: 'refined', parents: ['p1'], url: '', width: 0, lineage: {} },
      { prompt: 'a dog', origin: 'generated', picture: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ])
    const { picture } = lines[1] as { picture: { sha256: string } }
    expect(String(await readInboxPicture(workspace, batch?.name as string, picture.sha256))).toBe('woof')
  })

  it('stores a picture once, however many rows have it', async () => {
    const put = await putBatch(workspace, [painted('a', 'same'), painted('b', 'same')])
    expect(await readdir(join(inboxFolder(workspace), put?.name as string))).toHaveLength(2)
  })

  it('without rows is none', async () => {
    expect(await putBatch(workspace, [])).toBeUndefined()
    expect(await readdir(inboxFolder(workspace))).toEqual([])
  })

  it.each([
    ['an empty prompt', { prompt: '' }],
    ['a prompt beyond 20,000 characters', { prompt: 'x'.repeat(20_001) }],
    ['an origin that new rows cannot have', { origin: 'dataset' }],
    ['a negative size', { width: -1 }],
    ['a key that rows do not have', { colour: 'red' }],
  ])('with %s is refused whole, and leaves nothing behind', async (_, wrong) => {
    const bad = { row: { ...refined('fine').row, ...wrong } } as ReturnType<typeof refined>
    await expect(putBatch(workspace, [refined('first'), bad])).rejects.toThrow()
    expect(await readdir(inboxFolder(workspace))).toEqual([])
  })

  it('is seen by nobody before it is complete', async () => {
    const batch = await NewBatch.begin(workspace)
    await batch.add(refined('a cat'))
    expect(await listBatches(workspace)).toEqual([])
    await batch.commit()
    expect(await listBatches(workspace)).toHaveLength(1)
  })

  it('sorts after those that came before it', async () => {
    const names: string[] = []
    for (let at = 0; at < 5; at++) {
      names.push((await putBatch(workspace, [refined(`prompt ${at}`)]))?.name as string)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect((await listBatches(workspace)).map(({ name }) => name)).toEqual(names)
  })

  it('is told from what a crash has left', async () => {
    await mkdir(join(inboxFolder(workspace), '0123456789abcdef.partial'), { recursive: true })
    await mkdir(join(inboxFolder(workspace), 'holiday pictures'))
    expect(await listBatches(workspace)).toEqual([])
  })

  it('that was never finished is swept away by a later one once it is a day old', async () => {
    const folder = inboxFolder(workspace)
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    for (const name of ['0123456789abcdef.partial', 'fedcba9876543210.partial', 'mine.partial']) {
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'rows.jsonl'), '')
      if (!name.startsWith('f')) await utimes(join(folder, name), yesterday, yesterday)
    }
    const put = await putBatch(workspace, [refined('a cat')])
    expect((await readdir(folder)).sort()).toEqual([put?.name, 'fedcba9876543210.partial', 'mine.partial'])
  })

  it('that somebody has cut short is refused with its path', async () => {
    const put = await putBatch(workspace, [refined('a cat')])
    const path = join(inboxFolder(workspace), put?.name as string, 'rows.jsonl')
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -10))
    await expect(readBatch(workspace, put?.name as string)).rejects.toThrow(path)
  })
})

describe('an inbox that is not there', () => {
  it('has no batches', async () => {
    expect(await listBatches(join(workspace, 'nowhere'))).toEqual([])
  })
})

describe('forgetting', () => {
  it('takes rows and pictures out, and leaves every other line in its place', async () => {
    const [keep, lose] = [painted('keep', 'kept bytes'), painted('lose', 'lost bytes')]
    const put = await putBatch(workspace, [lose, keep])
    const name = put?.name as string
    expect(await forgetInBatch(workspace, name, new Set([lose.row.id]))).toBe(1)
    const lines = await readBatch(workspace, name)
    expect(lines).toMatchObject([{ forgotten: lose.row.id }, { id: keep.row.id }])
    expect(await readdir(join(inboxFolder(workspace), name))).toHaveLength(2)
    const [batch] = await listBatches(workspace)
    expect(batch?.rows).toBe(2)
    expect(batch?.sha256).not.toBe(put?.sha256)
  })

  it('keeps a picture that another row has too', async () => {
    const picture = Buffer.from('shared')
    const rows = ['g-one', 'g-two'].map((id) => ({ row: { ...painted(id, 'shared').row, id }, picture }))
    const name = (await putBatch(workspace, rows))?.name as string
    await forgetInBatch(workspace, name, new Set(['g-one']))
    const [, kept] = await readBatch(workspace, name)
    const { picture: left } = kept as { picture: { sha256: string } }
    expect(String(await readInboxPicture(workspace, name, left.sha256))).toBe('shared')
  })

  it('of rows that are not there changes nothing', async () => {
    const put = await putBatch(workspace, [refined('a cat')])
    expect(await forgetInBatch(workspace, put?.name as string, new Set(['r-0']))).toBe(0)
    expect(await listBatches(workspace)).toEqual([put])
  })
})
