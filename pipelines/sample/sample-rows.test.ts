import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { downloadOptions } from '../download/options.ts'
import { scanSource } from '../download/scan.ts'
import { FOLDERS, SAMPLE_ORIGIN, sampleCsv, samplePictures, uuidFor } from './collection.ts'
import { AIMS, missedAims, rank } from './evaluation.ts'
import { normalised, TRAINING_SIZES } from './held-out.ts'

describe('the sample as a collection', () => {
  test.each([1, 10, 250])('of %i rows is read by the stage that reads real ones', async (count) => {
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-sample-'))
    try {
      const path = join(folder, 'prompts.csv')
      await writeFile(path, sampleCsv(count))
      const { layout } = await scanSource(path, {
        options: downloadOptions.parse({ source: path, shardRows: 100 }),
        name: 'sample',
      })
      expect(layout.rows).toBe(count)
      expect(layout.header).toEqual(['', 'id', 'prompt', 'url', 'width', 'height', 'source_site'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('is the same text for the same count', () => {
    expect(sampleCsv(50)).toBe(sampleCsv(50))
    expect(sampleCsv(50)).not.toBe(sampleCsv(51))
  })

  test('has addresses on loopback alone: nobody else is asked for its pictures', () => {
    const { hostname, protocol } = new URL(SAMPLE_ORIGIN)
    expect([hostname, protocol]).toEqual(['127.0.0.1', 'http:'])
    for (const [, url = ''] of sampleCsv().matchAll(/(https?:\/\/[^,\n]+)/g))
      expect(url.startsWith(`${SAMPLE_ORIGIN}/`)).toBe(true)
  })

  test('has pictures that can be painted, each with a seed of its own', () => {
    const pictures = samplePictures()
    for (const [path, { prompt, seed, width, height }] of pictures) {
      expect(Object.values(FOLDERS)).toContain(path.split('/')[1])
      expect(typeof prompt).toBe('string')
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true)
      expect([384, 576]).toContain(width)
      expect([384, 576]).toContain(height)
    }
    expect(new Set([...pictures.values()].map(({ seed }) => seed)).size).toBe(pictures.size)
  })

  test('has its pictures in sizes that the model was trained with', () => {
    for (const { width, height } of samplePictures().values()) expect(TRAINING_SIZES).toContain(`${width}x${height}`)
  })

  test('paints a picture alike whatever the size of the collection', () => {
    const [large, small] = [samplePictures(1000), samplePictures(100)]
    let shared = 0
    for (const [path, picture] of small) {
      const same = large.get(path)
      if (same && same.prompt === picture.prompt) {
        shared++
        expect(same.seed).toBe(picture.seed)
      }
    }
    expect(shared).toBeGreaterThan(50)
  })
})

test('ids are UUIDs for any name, and differ with it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(uuidFor(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(uuidFor(one) === uuidFor(other)).toBe(one === other)
    }),
  )
})

describe('ranks', () => {
  const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 12 })

  test('are places among the wrong answers: from none to all of them', () => {
    fc.assert(
      fc.property(scores, fc.nat(), (all, pick) => {
        const right = pick % all.length
        const place = rank(all, (at) => at === right)
        expect(place).toBeGreaterThanOrEqual(0)
        expect(place).toBeLessThanOrEqual(all.length - 1)
        expect(place).toBe(all.filter((score, at) => at !== right && score >= (all[right] as number)).length)
      }),
    )
  })

  test('get no worse when the right answer scores higher', () => {
    fc.assert(
      fc.property(scores, fc.nat(), fc.integer({ min: 0, max: 5 }), (all, pick, more) => {
        const right = pick % all.length
        const better = all.map((score, at) => (at === right ? score + more : score))
        expect(rank(better, (at) => at === right)).toBeLessThanOrEqual(rank(all, (at) => at === right))
      }),
    )
  })
})

describe('aims', () => {
  const figures = { pairs: 1, recallAt1: 1, recallAt10: 1, unseen: { pairs: 1, recallAt1: 1 }, stylePrecisionAt10: 1 }

  test.each<[object, readonly string[], string]>([
    [{}, [], 'all reached'],
    [AIMS, [], 'reached exactly'],
    [{ recallAt1: 0.599 }, ['recallAt1'], 'one missed'],
    [{ recallAt1: 0, stylePrecisionAt10: 0 }, ['recallAt1', 'stylePrecisionAt10'], 'two missed'],
    [{ recallAt10: Number.NaN }, ['recallAt10'], 'what could not be measured is missed'],
  ])('%j: missed %j (%s)', (change, missed) => {
    expect(missedAims({ ...figures, ...change })).toEqual(missed)
  })
})

test('a normalised prompt stays as it is when it is normalised again', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'B', ' ', ',', '\n', '\t') }), (prompt) => {
      const once = normalised(prompt)
      expect(normalised(once)).toBe(once)
      expect(normalised(`${prompt} ,, `)).toBe(once)
      expect(normalised(prompt.toUpperCase())).toBe(once)
    }),
  )
})
