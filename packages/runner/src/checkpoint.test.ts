import { mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { CheckpointFolder } from './checkpoint.ts'
import type { Checkpoint } from './stage.ts'

let workspace: string
let folder: CheckpointFolder

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-checkpoint-'))
  folder = new CheckpointFolder(workspace, 'embed')
  await folder.recover()
})

async function sealed(text: string, shard = '00000'): Promise<Checkpoint> {
  await writeFile(folder.partial(shard, 'a'), `${text} a`)
  await writeFile(folder.partial(shard, 'b'), `${text} b`)
  const files = await folder.seal('embed', shard, ['b', 'a'])
  return {
    stage: 'embed',
    shard,
    fingerprint: text,
    rows: 1,
    outcomes: { ok: 1 },
    files,
    facts: { of: text },
    parts: {},
    timings: {},
    seconds: 1,
    run: 'r',
    committed: '2026-01-01T00:00:00.000Z',
  }
}

const content = (name: string) => readFile(join(folder.path, name), 'utf8')
const names = async () => (await readdir(folder.path)).sort()

describe('CheckpointFolder', () => {
  it('commits files and checkpoint, with size and digest of the bytes', async () => {
    const checkpoint = await sealed('one')
    expect(checkpoint.files[0]).toEqual({
      stage: 'embed',
      shard: '00000',
      name: '00000.a',
      bytes: 5,
      // printf 'one a' | sha256sum
      sha256: '86a21f420ef359c011eecaed4b2c0393e3d15b840e43f34ebd98cbe7375e9560',
    })
    await folder.commit(checkpoint)
    expect(await names()).toEqual(['00000.a', '00000.b', '00000.json'])
    expect(await folder.list()).toEqual([checkpoint])
  })

  it.each([0, 1, 2])('completes a commit that was cut after %i files were moved', async (moved) => {
    await folder.commit(await sealed('old'))
    const checkpoint = await sealed('new')
    await writeFile(join(folder.path, '00000.commit'), JSON.stringify(checkpoint))
    for (const ending of ['a', 'b'].slice(0, moved)) {
      await rename(folder.partial('00000', ending), join(folder.path, `00000.${ending}`))
    }
    await new CheckpointFolder(workspace, 'embed').recover()
    expect(await names()).toEqual(['00000.a', '00000.b', '00000.json'])
    expect(await content('00000.a')).toBe('new a')
    expect(await content('00000.b')).toBe('new b')
    expect((await folder.list())[0]?.facts).toEqual({ of: 'new' })
  })

  it('keeps the old commit when a new one was cut before it was decided', async () => {
    await folder.commit(await sealed('old'))
    await sealed('new')
    await writeFile(join(folder.path, '00000.commit.partial'), '{"stage":"emb')
    await folder.recover()
    expect(await content('00000.a')).toBe('old a')
    expect((await folder.list())[0]?.facts).toEqual({ of: 'old' })
    expect(await names()).toEqual(['00000.a', '00000.b', '00000.json'])
  })

  it('counts a checkpoint that cannot be read as absent', async () => {
    await folder.commit(await sealed('one'))
    await writeFile(join(folder.path, '00000.json'), '{"stage":')
    expect(await folder.list()).toEqual([])
  })

  it('notices a file that is missing or has another size', async () => {
    const checkpoint = await sealed('one')
    await folder.commit(checkpoint)
    expect(await folder.missing(checkpoint)).toBeUndefined()
    await writeFile(join(folder.path, '00000.b'), 'longer than it was')
    expect(await folder.missing(checkpoint)).toBe('00000.b')
  })

  it('sweeps away what belongs to no checkpoint', async () => {
    const checkpoint = await sealed('one')
    await folder.commit(checkpoint)
    await writeFile(join(folder.path, '00000.old'), 'of an earlier version')
    await folder.sweep([checkpoint])
    expect(await names()).toEqual(['00000.a', '00000.b', '00000.json'])
  })

  it('forgets a shard with all its files', async () => {
    const checkpoint = await sealed('one')
    await folder.commit(checkpoint)
    await folder.remove(checkpoint)
    expect(await names()).toEqual([])
  })
})
