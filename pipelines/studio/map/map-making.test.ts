import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeTable } from '@promptloom/dataset/table-writer'
import { seededRandom } from '@promptloom/search/calibration/random'
import { unpackPoints } from '@promptloom/studio/api/map-points'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMap } from './map-making.ts'
import type { MapTask } from './map-task.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-map-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const DIMENSION = 16
const THEMES = ['castle at night', 'fox in the snow', 'old clock tower']

/** A table of pictures in three groups that differ in their prompts and in their vectors. */
async function table(name: string, count: number, { source = 'here', duplicates = 0 } = {}): Promise<MapTask> {
  const path = join(folder, `${name}.parquet`)
  const random = seededRandom(count)
  const vectors = new Float32Array(count * DIMENSION)
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < DIMENSION; at++) {
      vectors[row * DIMENSION + at] = (at === row % 3 ? 4 : 0) + random() * 0.8
    }
  }
  const ids = Array.from({ length: count }, (_, row) => `${name}-${row}`)
  const schema = {
    id: 'string',
    prompt: 'string',
    width: 'uint32',
    height: 'uint32',
    source_site: 'string',
    duplicate_of: 'string',
    image_vector: { vector: DIMENSION },
  } as const
  await writeTable(path, schema, {
    id: ids,
    prompt: ids.map((_, row) => `a ${THEMES[row % 3]}, detailed, variant ${row}`),
    width: Uint32Array.from(ids, () => 70_000),
    height: Uint32Array.from(ids, () => 512),
    source_site: ids.map(() => source),
    duplicate_of: ids.map((_, row) => (row < duplicates ? 'elsewhere' : '')),
    image_vector: vectors,
  })
  const output = join(folder, `${name}.points`)
  return { tables: [{ path, rows: count }], pictures: count - duplicates, dimension: DIMENSION, output }
}

async function mapped(task: MapTask) {
  const told: number[] = []
  const map = await makeMap(task, (fraction) => told.push(fraction))
  const bytes = await readFile(task.output)
  const points = unpackPoints(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer)
  return { map, points, told }
}

/** Mean distance of points whose rows are, or are not, of the same group. */
function spread({ x, y, ids }: { x: Float32Array; y: Float32Array; ids: readonly string[] }) {
  const sums = { same: [0, 0], other: [0, 0] }
  for (let a = 0; a < ids.length; a++) {
    for (let b = a + 1; b < ids.length; b += 7) {
      const rows = [a, b].map((at) => Number((ids[at] as string).split('-')[1]) % 3)
      const sum = rows[0] === rows[1] ? sums.same : sums.other
      sum[0] = (sum[0] as number) + Math.hypot((x[a] as number) - (x[b] as number), (y[a] as number) - (y[b] as number))
      sum[1] = (sum[1] as number) + 1
    }
  }
  const mean = ([sum = 0, count = 1]: number[]) => sum / count
  return { same: mean(sums.same), other: mean(sums.other) }
}

describe('a map', () => {
  it('lays alike near alike, names its clusters, and is the same each time', async () => {
    const { map, points, told } = await mapped(await table('whole', 120))
    expect(map).toMatchObject({ points: 120, pictures: 120, projected: 120, sources: ['here'] })
    const { same, other } = spread(points)
    expect(other).toBeGreaterThan(2 * same)
    const words = map.clusters.flatMap(({ words }) => words)
    for (const theme of ['castle', 'fox', 'clock']) expect(words.join(' ')).toContain(theme)
    expect(words.join(' ')).not.toContain('detailed')
    expect(map.clusters.reduce((sum, { size }) => sum + size, 0)).toBe(120)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(Math.max(...points.x.map(Math.abs), ...points.y.map(Math.abs))).toBeCloseTo(1, 5)
    expect(points.width[0]).toBe(65_535)
    expect((await mapped(await table('whole', 120))).points).toEqual(points)
  }, 60_000)

  it('of more pictures than are projected places the others among their like', async () => {
    const { map, points } = await mapped({ ...(await table('part', 150)), mostProjected: 60 })
    expect(map).toMatchObject({ points: 150, projected: 60 })
    const { same, other } = spread(points)
    expect(other).toBeGreaterThan(2 * same)
  }, 60_000)

  it('of more pictures than are shown takes a random sample of all tables', async () => {
    const [a, b] = [await table('first', 40), await table('second', 40, { source: 'there' })]
    const task = { ...a, tables: [...a.tables, ...b.tables], pictures: 80, mostPoints: 20 }
    const { map, points } = await mapped(task)
    expect(map).toMatchObject({ points: 20, pictures: 80 })
    const first = points.ids.filter((id) => id.startsWith('first')).length
    expect(first).toBeGreaterThan(3)
    expect(first).toBeLessThan(17)
    expect([...map.sources].sort()).toEqual(['here', 'there'])
  })

  it('shows a picture that came twice once', async () => {
    expect((await mapped(await table('twice', 20, { duplicates: 5 }))).points.ids).toHaveLength(15)
  })

  it.each([1, 2, 5])('of %d pictures is a map too', async (count) => {
    const { map, points } = await mapped(await table(`few${count}`, count))
    expect(points.ids).toHaveLength(count)
    expect([...points.x, ...points.y].every(Number.isFinite)).toBe(true)
    expect(map.clusters.length).toBeGreaterThan(0)
  })
})
