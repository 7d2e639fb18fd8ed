import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'
import { type Manifest, manifestShard, readManifest, writeManifest } from './manifest.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-manifest-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const manifest = (stage: string, shards: number): Manifest => ({
  stage,
  run: 'r',
  settled: true,
  shards: Array.from({ length: shards }, (_, shard) => ({ name: String(shard), rows: 10, fingerprint: 'f' })),
})

describe('a manifest', () => {
  it('is the last plan of its own stage', async () => {
    await writeManifest(workspace, manifest('embed', 5))
    await writeManifest(workspace, manifest('load', 1))
    await writeManifest(workspace, { ...manifest('embed', 2), settled: false })
    expect(await readManifest(workspace, 'embed')).toEqual({ ...manifest('embed', 2), settled: false })
    expect(await readManifest(workspace, 'load')).toEqual(manifest('load', 1))
  })

  it('is none for a stage that was never planned, also beside others', async () => {
    expect(await readManifest(workspace, 'embed')).toBeUndefined()
    await writeManifest(workspace, manifest('load', 1))
    expect(await readManifest(workspace, 'embed')).toBeUndefined()
  })

  it('that is damaged counts as none, so that status still answers', async () => {
    await writeManifest(workspace, manifest('embed', 5))
    const path = join(workspace, 'manifests', 'embed.json')
    await truncate(path, 40)
    expect(await readManifest(workspace, 'embed')).toBeUndefined()
    await writeFile(path, JSON.stringify({ ...manifest('embed', 1), shards: [{ name: '0' }] }))
    expect(await readManifest(workspace, 'embed')).toBeUndefined()
    await rm(path)
    await mkdir(path)
    expect(await readManifest(workspace, 'embed')).toBeUndefined()
  })

  it('of a stage without work is one, and lists nothing', async () => {
    await writeManifest(workspace, manifest('embed', 0))
    expect((await readManifest(workspace, 'embed'))?.shards).toEqual([])
  })

  it('names a shard with the fingerprint that its checkpoint would carry', () => {
    const parts = { rows: '7', 'option size': '224' }
    const line = manifestShard({ name: '00003', rows: 7, stale: 'gone' }, parts)
    expect(line).toEqual({ name: '00003', rows: 7, fingerprint: fingerprint(parts) })
  })
})
