import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CheckpointFolder } from './checkpoint.ts'
import { DamagedFileError } from './errors.ts'
import type { FileRef } from './stage.ts'
import { Verification } from './verification.ts'

let workspace: string
let folder: CheckpointFolder
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-verification-'))
  folder = new CheckpointFolder(workspace, 'embed')
  await folder.recover()
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

async function committed(shard: string, text = `vectors of ${shard}`): Promise<FileRef> {
  await writeFile(folder.partial(shard, 'parquet'), text)
  const files = await folder.seal('embed', shard, ['parquet'])
  await folder.commit({
    ...{ stage: 'embed', shard, fingerprint: 'f', rows: 1, outcomes: { ok: 1 }, files, parts: {} },
    ...{ facts: {}, timings: {}, seconds: 1, run: 'r', committed: '2026-01-01T00:00:00.000Z' },
  })
  return files[0] as FileRef
}

const path = (file: FileRef) => join(folder.path, file.name)
const shards = async () => (await folder.list()).map(({ shard }) => shard)

describe('Verification', () => {
  it('hands out the path of a file that has the bytes it was committed with', async () => {
    const file = await committed('00000')
    const found = await new Verification(workspace).read(file)
    expect(found).toBe(path(file))
    expect(await readFile(found, 'utf8')).toBe('vectors of 00000')
  })

  it('finds one changed byte of a file of the same size, and has that shard alone made anew', async () => {
    const file = await committed('00000')
    await committed('00001')
    await writeFile(path(file), 'vectors of 0000O')
    const reading = new Verification(workspace).read(file)
    await expect(reading).rejects.toThrow(DamagedFileError)
    await expect(reading).rejects.toThrow(`(SHA-256 ${file.sha256.slice(0, 12)}…); run again, and embed makes it anew.`)
    expect(await shards()).toEqual(['00001'])
  })

  it('finds a file that was cut, or is gone', async () => {
    const [cut, gone] = [await committed('00000'), await committed('00001')]
    await truncate(path(cut), 5)
    await rm(path(gone))
    const verification = new Verification(workspace)
    await expect(verification.read(cut)).rejects.toThrow(/00000\.parquet no longer has the bytes/)
    await expect(verification.read(gone)).rejects.toThrow(/00001\.parquet is missing; run again/)
    expect(await shards()).toEqual([])
  })

  it('tells everybody who waits for a damaged file, and takes its checkpoint away once', async () => {
    const file = await committed('00000')
    await writeFile(path(file), 'vectors of 0000O')
    const verification = new Verification(workspace)
    const readers = await Promise.allSettled(Array.from({ length: 8 }, () => verification.read(file)))
    expect(readers.map(({ status }) => status)).toEqual(Array(8).fill('rejected'))
  })

  it('looks anew at a file that was damaged: once it is mended it can be read in the same run', async () => {
    const file = await committed('00000')
    const verification = new Verification(workspace)
    await writeFile(path(file), 'something else')
    await expect(verification.read(file)).rejects.toThrow(DamagedFileError)
    const mended = await committed('00000')
    expect(mended).toEqual(file)
    expect(await verification.read(mended)).toBe(path(file))
  })

  it('checks what a shard wrote the second time, though it has the name of the first', async () => {
    const verification = new Verification(workspace)
    await verification.read(await committed('00000', 'first'))
    const second = await committed('00000', 'second')
    await writeFile(path(second), 'sec0nd')
    await expect(verification.read(second)).rejects.toThrow(DamagedFileError)
  })

  it('never lets a reference to bytes of yesterday pass for those of today', async () => {
    const yesterday = await committed('00000', 'first')
    await committed('00000', 'other')
    await expect(new Verification(workspace).read(yesterday)).rejects.toThrow(DamagedFileError)
  })

  it('changes nothing where it is only asked what would be done', async () => {
    const file = await committed('00000')
    await truncate(path(file), 5)
    await expect(new Verification(workspace, { repairs: false }).read(file)).rejects.toThrow(DamagedFileError)
    expect(await shards()).toEqual(['00000'])
  })
})
