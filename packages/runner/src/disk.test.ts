import { link, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestFile, flush, PARTIAL, removeDurably, writeDurably } from './disk.ts'
import { sha256 } from './json.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-disk-'))
  path = join(folder, 'state.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('writeDurably', () => {
  it('replaces the file instead of writing into it: whoever reads sees all of the old text or all of the new', async () => {
    await writeDurably(path, 'the old text, which is rather longer')
    await link(path, join(folder, 'second name'))
    await using reader = await open(path)
    await writeDurably(path, 'new')
    expect(await reader.readFile('utf8')).toBe('the old text, which is rather longer')
    expect(await readFile(join(folder, 'second name'), 'utf8')).toBe('the old text, which is rather longer')
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  it('leaves nothing beside the file', async () => {
    await writeDurably(path, 'äöü 🐈')
    expect(await readdir(folder)).toEqual(['state.json'])
    expect(await readFile(path, 'utf8')).toBe('äöü 🐈')
  })

  it('keeps the old file when the disk is full', async () => {
    await writeDurably(path, 'old')
    await symlink('/dev/full', `${path}${PARTIAL}`)
    await expect(writeDurably(path, 'x'.repeat(100_000))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  it('is not hindered by what a crash left half-written, be it longer than the new text', async () => {
    await writeFile(`${path}${PARTIAL}`, '{"half": '.repeat(100))
    await writeDurably(path, '{}')
    expect(await readFile(path, 'utf8')).toBe('{}')
    expect(await readdir(folder)).toEqual(['state.json'])
  })

  it('fails where it cannot put the file, rather than elsewhere', async () => {
    await expect(writeDurably(join(folder, 'no', 'state.json'), '')).rejects.toMatchObject({ code: 'ENOENT' })
    await mkdir(join(path, 'full'), { recursive: true })
    await expect(writeDurably(path, 'text')).rejects.toThrow()
    expect(await readdir(path)).toEqual(['full'])
  })
})

describe('removeDurably', () => {
  it('deletes a file, and finds nothing wrong with one that is not there', async () => {
    await writeFile(path, '')
    await removeDurably(path)
    await removeDurably(path)
    expect(await readdir(folder)).toEqual([])
  })

  it('deletes no folder by mistake', async () => {
    await mkdir(path)
    await writeFile(join(path, 'precious'), '')
    await expect(removeDurably(path)).rejects.toThrow()
    expect(await readdir(path)).toEqual(['precious'])
  })
})

describe('flush', () => {
  it('tells of a file that was promised but never written', async () => {
    await expect(flush(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('digestFile', () => {
  it('is the digest of all bytes, across the pieces that are read at a time', async () => {
    const text = 'prompt,'.repeat(400_000)
    await writeFile(path, text)
    expect(await digestFile(path)).toEqual({ sha256: sha256(text), bytes: 2_800_000 })
  })

  it('of an empty file is the well-known one, with no bytes', async () => {
    await writeFile(path, '')
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    expect(await digestFile(path)).toEqual({ sha256: empty, bytes: 0 })
  })
})
