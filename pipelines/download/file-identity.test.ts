import { createHash } from 'node:crypto'
import { chmod, link, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileState, identifyFile } from './file-identity.ts'
import { LocalFile } from './local-file.ts'

let folder: string
let path: string
let memory: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-identity-'))
  path = join(folder, 'p.csv')
  memory = join(folder, 'workspace', 'cache', 'download-source.json')
  await writeFile(path, 'first')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const identify = () => identifyFile(path, memory)
/** A memory of the file as it stands, with a digest that shows where it was taken from. */
async function remembered(more: object = {}): Promise<void> {
  await mkdir(join(memory, '..'), { recursive: true })
  await writeFile(memory, JSON.stringify({ path, state: await fileState(path), sha256: 'remembered', ...more }))
}

describe('a file', () => {
  it('is known by its content', async () => {
    expect((await identify()).sha256).toBe(sha256('first'))
    await writeFile(path, 'second')
    expect((await identify()).sha256).toBe(sha256('second'))
  })

  it('of no bytes has an identity too', async () => {
    await writeFile(path, '')
    expect((await identify()).sha256).toBe(sha256(''))
  })

  it('that the memory knows is not read again', async () => {
    await remembered()
    expect((await identify()).sha256).toBe('remembered')
  })

  it.each<[string, () => Promise<unknown>]>([
    ['was written to', () => writeFile(path, 'FIRST')],
    ['was written with the same bytes', () => writeFile(path, 'first')],
    ['was given another time', () => utimes(path, new Date(0), new Date(0))],
    ['was given other rights', () => chmod(path, 0o600)],
    [
      'was replaced',
      async () => {
        await writeFile(`${path}.new`, 'FIRST')
        await rename(`${path}.new`, path)
      },
    ],
    ['has another name besides', () => link(path, join(folder, 'other.csv'))],
  ])('that %s since is read again', async (_, change) => {
    await remembered()
    await change()
    expect((await identify()).sha256).not.toBe('remembered')
  })

  it('behind a link is the file that the link leads to', async () => {
    const there = join(folder, 'link.csv')
    await symlink(path, there)
    expect((await identifyFile(there, memory)).sha256).toBe(sha256('first'))
  })

  it.each<[string, () => string]>([
    ['is not there', () => join(folder, 'no.csv')],
    ['lies in a folder that is not there', () => join(folder, 'no', 'no.csv')],
    ['lies in a file', () => join(path, 'p.csv')],
  ])('that %s is named, with the next step', async (_, where) => {
    await expect(identifyFile(where(), memory)).rejects.toMatchObject({
      kind: 'not_found',
      exitCode: 2,
      message: `There is no file ${where()}; set source to the collection's CSV file.`,
    })
  })

  it('that is a folder is none', async () => {
    await expect(identifyFile(folder, memory)).rejects.toMatchObject({
      kind: 'bad_source',
      message: `${folder} is no file; set source to a CSV file.`,
    })
  })

  it('is not read to its end when the run is stopped', async () => {
    await writeFile(path, Buffer.alloc(8 * 1024 * 1024))
    await expect(identifyFile(path, memory, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('the memory', () => {
  const exists = (one: string) =>
    stat(one).then(
      () => true,
      () => false,
    )

  it.each<[string, string]>([
    ['is empty', ''],
    ['is half', '{"path": "'],
    ['is of another shape', '{"path": 5}'],
  ])('that %s is none', async (_, text) => {
    await mkdir(join(memory, '..'), { recursive: true })
    await writeFile(memory, text)
    expect((await identify()).sha256).toBe(sha256('first'))
  })

  it('of another file is none, though it looked alike', async () => {
    await remembered({ path: join(folder, 'other.csv') })
    expect((await identify()).sha256).toBe(sha256('first'))
  })

  it('is not written for a file that has only just changed: it may change again within a tick', async () => {
    await mkdir(join(folder, 'workspace'))
    await identify()
    expect(await exists(memory)).toBe(false)
  })

  it('makes no workspace where there is none', async () => {
    await identify()
    expect(await exists(join(folder, 'workspace'))).toBe(false)
  })

  it('is kept from one run to the next in the cache, which may be deleted at any time', async () => {
    await remembered()
    expect(JSON.parse(await readFile(memory, 'utf8'))).toMatchObject({ path })
    await rm(memory)
    expect((await identify()).sha256).toBe(sha256('first'))
  })
})

describe('a local file as a source', () => {
  const source = () =>
    new LocalFile(path, { cache: join(folder, 'workspace', 'cache'), signal: new AbortController().signal })

  it('is read where it lies, and identified once', async () => {
    await using file = source()
    expect(await file.identify()).toEqual({ sha256: sha256('first') })
    await writeFile(path, 'second')
    expect(await file.identify()).toEqual({ sha256: sha256('first') })
    expect(await file.acquire()).toEqual({ path, name: path, facts: {} })
  })

  it('that stays the same is confirmed', async () => {
    await using file = source()
    await file.identify()
    await expect(file.confirm()).resolves.toBeUndefined()
  })

  it('that changes while it is read is found out, and another run may succeed', async () => {
    await using file = source()
    await file.identify()
    await writeFile(path, 'second')
    await expect(file.confirm()).rejects.toMatchObject({
      kind: 'changed',
      retryable: true,
      exitCode: 1,
      message: `${path} was changed while it was read; run again.`,
    })
  })

  it('that nobody identified has nothing to confirm', async () => {
    await using file = source()
    await expect(file.confirm()).resolves.toBeUndefined()
  })
})
