import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textTensors } from './bare-runtime.ts'
import { compare, type Measurement, measure, oneAfterTheOther, rates } from './measurement.ts'
import { countOperations } from './operations.ts'
import { hasPeer, PEER, Peer } from './peer.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-peer-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a measurement', () => {
  it('counts the clock and the processors of its work', async () => {
    const { rows, seconds, cpuSeconds } = await measure(7, async () => {
      // Until both have gone on: on a busy machine the clock does so alone.
      const [until, before] = [performance.now() + 30, process.cpuUsage()]
      const worked = () => process.cpuUsage(before).user + process.cpuUsage(before).system
      while (performance.now() < until || worked() < 10_000);
    })
    expect(rows).toBe(7)
    expect(seconds).toBeGreaterThan(0.025)
    expect(cpuSeconds).toBeGreaterThan(0.005)
  })

  it('passes on what its work throws', async () => {
    await expect(measure(1, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })

  const round = fc.record({
    rows: fc.integer({ min: 1, max: 1000 }),
    seconds: fc.double({ min: 0.01, max: 100, noNaN: true }),
    cpuSeconds: fc.double({ min: 0.01, max: 100, noNaN: true }),
  })
  const rounds = fc.array(round, { minLength: 1, maxLength: 9 })

  it('of no rounds is of no rows', () => {
    expect(rates('none', [])).toMatchObject({ name: 'none', rows: 0, perSecond: { median: Number.NaN } })
  })

  it('compared with itself is one, whatever disturbs it', () => {
    const one = { median: 1, least: 1, most: 1 }
    fc.assert(
      fc.property(rounds, (all) => {
        expect(compare('itself', [all, all], 0.9)).toEqual({ name: 'itself', byClock: one, byProcessor: one, aim: 0.9 })
      }),
    )
  })

  it('is compared round by round, by the clock and by processor time', () => {
    const quiet: Measurement = { rows: 10, seconds: 1, cpuSeconds: 1 }
    const busy: Measurement = { rows: 10, seconds: 9, cpuSeconds: 2 }
    const others = [
      { rows: 5, seconds: 1, cpuSeconds: 1 },
      { rows: 5, seconds: 3, cpuSeconds: 2 },
    ]
    expect(compare('half', [[quiet, busy], others])).toEqual({
      name: 'half',
      byProcessor: { median: 2, least: 2, most: 2 },
      byClock: { median: (2 + 2 / 3) / 2, least: 2 / 3, most: 2 },
    })
  })

  it('after another takes the time of both, for the same rows', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        for (const [at, both] of oneAfterTheOther(all, all).entries()) {
          const { rows, seconds, cpuSeconds } = all[at] as Measurement
          expect(both).toEqual({ rows, seconds: seconds * 2, cpuSeconds: cpuSeconds * 2 })
        }
      }),
    )
  })
})

describe('ready tensors of any texts', () => {
  const texts = fc.array(
    fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 5 }).map((ids) => Int32Array.from(ids)),
    { minLength: 1, maxLength: 20 },
  )

  it('hold every text once, in batches of one length and no more rows than asked for', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 6 }), (all, batch) => {
        const rows = textTensors(all, batch).flatMap(({ data, dims }) => {
          const [count = 0, length = 0] = dims
          expect(count).toBeLessThanOrEqual(batch)
          expect(data).toHaveLength(count * length)
          return Array.from({ length: count }, (_, row) => [...data.slice(row * length, (row + 1) * length)].join())
        })
        expect(rows.sort()).toEqual(all.map((ids) => [...ids].join()).sort())
      }),
    )
  })

  it('or are filled up to one length with the given token, in their order', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const rows = textTensors(all, 4, { length: 5, id: 0 }).flatMap(({ data, dims }) =>
          Array.from({ length: dims[0] as number }, (_, row) => [...data.slice(row * 5, row * 5 + 5)].map(Number)),
        )
        expect(rows).toEqual(all.map((ids) => [...ids, ...Array(5 - ids.length).fill(0)]))
      }),
    )
  })
})

describe('work', () => {
  const config = {
    projection_dim: 8,
    text_config: { hidden_size: 16, num_hidden_layers: 2, intermediate_size: 64 },
    vision_config: { hidden_size: 16, num_hidden_layers: 2, intermediate_size: 64, image_size: 32, patch_size: 16 },
  }
  const count = async (content: object) => {
    await writeFile(join(folder, 'config.json'), JSON.stringify(content))
    return countOperations(folder)
  }

  it('grows faster than the tokens, as attention looks at all of them', async () => {
    const operations = await count(config)
    const of = (tokens: number) => operations?.text(tokens) ?? 0
    // One layer by hand: 2·4·16·(4·16 + 2·64) for the products, 4·4²·16 for the attention.
    expect(of(4)).toBe(2 * (2 * 4 * 16 * (4 * 16 + 2 * 64) + 4 * 4 ** 2 * 16) + 2 * 16 * 8)
    expect(of(40) - of(0)).toBeGreaterThan(10 * (of(4) - of(0)))
  })

  it.each(['projection_dim', 'text_config', 'vision_config'])('is unknown without %s', async (key) => {
    expect(await count({ ...config, [key]: undefined })).toBeUndefined()
  })
})

describe('the peer', () => {
  it('is there where its package is, in the folder or above it', async () => {
    expect(hasPeer(folder)).toBe(false)
    const installed = join(folder, 'node_modules', PEER)
    await mkdir(installed, { recursive: true })
    await writeFile(join(installed, 'package.json'), JSON.stringify({ name: PEER, main: 'index.js' }))
    await writeFile(join(installed, 'index.js'), 'process.exit(7)')
    await mkdir(join(folder, 'deep', 'down'), { recursive: true })
    expect([hasPeer(folder), hasPeer(join(folder, 'deep', 'down'))]).toEqual([true, true])
  })

  it('that cannot start is an error with its exit code, not a wait without end', async () => {
    await expect(Peer.open(folder, folder, 'text')).rejects.toThrow(`${PEER} ended with code 7.`)
  })
})
