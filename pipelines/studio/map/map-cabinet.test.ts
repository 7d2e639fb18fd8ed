import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeTable } from '@promptloom/dataset/table-writer'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import { type MapState, mapSchema, type ReadyMap } from '@promptloom/studio/api/map'
import { unpackPoints } from '@promptloom/studio/api/map-points'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MapCabinet } from './map-cabinet.ts'
import { mapRoutes } from './map-routes.ts'

let workspace: string
let cabinet: MapCabinet
let server: RunningServer
const errors: unknown[] = []

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-cabinet-'))
  cabinet = new MapCabinet({ workspace, onError: (error) => errors.push(error) })
  server = await createServer({ routes: mapRoutes(cabinet) })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await cabinet?.[Symbol.asyncDispose]()
  await rm(workspace, { recursive: true, force: true })
})

/** Leaves a shard behind as the embed stage does: its table and its checkpoint. */
async function embedded(shard: string, ids: readonly string[], sha256 = shard) {
  const folder = join(workspace, 'embed')
  await mkdir(folder, { recursive: true })
  const schema = {
    id: 'string',
    prompt: 'string',
    width: 'uint32',
    height: 'uint32',
    source_site: 'string',
    duplicate_of: 'string',
    image_vector: { vector: 4 },
  } as const
  const name = `${shard}.parquet`
  await writeTable(join(folder, name), schema, {
    id: [...ids],
    prompt: ids.map((id) => `a fox ${id}`),
    width: Uint32Array.from(ids, () => 8),
    height: Uint32Array.from(ids, () => 8),
    source_site: ids.map(() => 'here'),
    duplicate_of: ids.map(() => ''),
    image_vector: Float32Array.from({ length: ids.length * 4 }, (_, at) => Math.sin(at)),
  })
  const files = [{ stage: 'embed', shard, name, bytes: 1, sha256 }]
  const checkpoint = {
    ...{ stage: 'embed', shard, fingerprint: 'f', rows: ids.length, outcomes: { ok: ids.length }, files },
    ...{ facts: { dimension: 4 }, parts: {}, timings: {}, seconds: 1, run: 'r', committed: '2026-01-01T00:00:00Z' },
  }
  await writeFile(join(folder, `${shard}.json`), JSON.stringify(checkpoint))
}

const ask = async (init?: RequestInit): Promise<MapState> =>
  mapSchema.parse(await (await fetch(`${server.url}/api/map`, init)).json())
const renew = () => ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })

async function settled(): Promise<ReadyMap> {
  await expect.poll(async () => (await ask()).state, { timeout: 20_000 }).toBe('ready')
  await expect.poll(async () => ((await ask()) as ReadyMap).updating, { timeout: 20_000 }).toBeNull()
  return (await ask()) as ReadyMap
}

describe('the map of a workspace', () => {
  it('is none where no picture was embedded', async () => {
    expect(await ask()).toMatchObject({ state: 'empty' })
    expect(await renew()).toMatchObject({ state: 'empty' })
  })

  it('is made in a worker when it is first asked for, once for all who ask, and kept', async () => {
    await embedded('image-00000', ['a', 'b', 'c'])
    await embedded('text-00000', ['a', 'b', 'c'])
    const [first, second] = await Promise.all([ask(), ask()])
    expect([first.state, second.state]).toEqual(['working', 'working'])
    const map = await settled()
    expect(map).toMatchObject({ points: 3, pictures: 3, stale: false, sources: ['here'] })
    const again = new MapCabinet({ workspace })
    expect(await again.state()).toEqual(map)
    expect(errors).toEqual([])
  }, 60_000)

  it('comes as bytes, packed for those who take it so, and for good', async () => {
    const { fingerprint } = await settled()
    const response = await fetch(`${server.url}/api/map/${fingerprint}/points`)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(unpackPoints(await response.arrayBuffer()).ids).toEqual(['a', 'b', 'c'])
    const plain = await fetch(`${server.url}/api/map/${fingerprint}/points`, {
      headers: { 'accept-encoding': 'identity' },
    })
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(unpackPoints(await plain.arrayBuffer()).ids).toHaveLength(3)
  }, 60_000)

  it('stays when pictures have come, says so, and is made anew when somebody wants it', async () => {
    const before = await settled()
    await embedded('image-00001', ['d'])
    expect(await ask()).toMatchObject({ state: 'ready', fingerprint: before.fingerprint, stale: true, updating: null })
    expect(await renew()).toMatchObject({ state: 'ready', updating: { state: expect.any(String) } })
    await expect.poll(async () => ((await ask()) as ReadyMap).points, { timeout: 20_000 }).toBe(4)
    const after = await settled()
    expect(after.stale).toBe(false)
    expect((await fetch(`${server.url}/api/map/${before.fingerprint}/points`)).status).toBe(404)
    expect(await readdir(join(workspace, 'cache', 'map'))).toHaveLength(2)
    expect(await renew()).toEqual(after)
  }, 60_000)

  it('that cannot be made says why, to the operator too, and can be tried again', async () => {
    await rm(join(workspace, 'cache'), { recursive: true })
    await writeFile(join(workspace, 'embed', 'image-00001.parquet'), 'garbage')
    await expect.poll(async () => (await ask()).state, { timeout: 20_000 }).toBe('failed')
    expect(await ask()).toMatchObject({ note: expect.stringMatching(/could not be made: .*image-00001/) })
    expect(errors).toHaveLength(1)
    await embedded('image-00001', ['d'])
    await renew()
    expect((await settled()).points).toBe(4)
  }, 60_000)

  it.each(['..%2f..%2fconfiguration', 'x'.repeat(24), '0'.repeat(23)])('has no points named %s', async (name) => {
    expect((await fetch(`${server.url}/api/map/${name}/points`)).status).toBe(400)
  })
})
