import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clearCaches, clearJobPictures } from './caches.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-caches-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

async function put(path: string, content = ''): Promise<void> {
  await mkdir(join(workspace, path, '..'), { recursive: true })
  await writeFile(join(workspace, path), content)
}

describe('caches', () => {
  it('lose whatever may hold rows, and keep what does not', async () => {
    for (const name of ['vectors.lmdb/data.mdb', 'fetch-images-0f.index', 'map/a.points', 'something-new']) {
      await put(`cache/${name}`)
    }
    for (const name of ['download/source.part', 'model-digests.json', 'download-source.json'])
      await put(`cache/${name}`)
    for (const shard of ['00000', '00001']) await put(`cache/fetch-images/${shard}.spool`)
    await clearCaches(workspace, new Set(['00001']))
    const left = await readdir(join(workspace, 'cache'))
    expect(left.sort()).toEqual(['download', 'download-source.json', 'fetch-images', 'model-digests.json'])
    expect(await readdir(join(workspace, 'cache', 'fetch-images'))).toEqual(['00000.spool'])
  })

  it('need not be there', async () => {
    await clearCaches(workspace, new Set(['00001']))
    await clearJobPictures(workspace, new Set(['0f']))
    expect(await readdir(workspace)).toEqual([])
  })
})

describe('pictures of jobs', () => {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')

  it('go where they have the bytes of forgotten ones, whatever job painted them', async () => {
    await put('studio/jobs/a/pictures/0', 'secret')
    await put('studio/jobs/a/pictures/1', 'fine')
    await put('studio/jobs/b/pictures/0', 'secret')
    await put('studio/jobs/a/events.jsonl', 'secret')
    await put('studio/jobs/stray', 'secret')
    await clearJobPictures(workspace, new Set([digest('secret')]))
    expect(await readdir(join(workspace, 'studio/jobs/a/pictures'))).toEqual(['1'])
    expect(await readdir(join(workspace, 'studio/jobs/b/pictures'))).toEqual([])
  })

  it('stay where no picture was forgotten', async () => {
    await put('studio/jobs/a/pictures/0', 'secret')
    await clearJobPictures(workspace, new Set())
    expect(await readdir(join(workspace, 'studio/jobs/a/pictures'))).toEqual(['0'])
  })
})
