import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Repeats, textHash } from './repeats.ts'
import { VectorCache } from './vector-cache.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'promptloom-cache-')), 'sub', 'vectors.lmdb')
})

const kept = (...keys: string[]) => keys.map((key) => ({ key, keep: true }))
const vector = (value: number) => Float32Array.of(value, value + 0.5)

describe('the vector cache', () => {
  it('computes each content once, in one call, at the same time and later', async () => {
    const asked: number[][] = []
    const compute = (values: Record<number, number>) => async (missing: readonly number[]) => {
      asked.push([...missing])
      await new Promise((resolve) => setTimeout(resolve, 20))
      return missing.map((at) => vector(values[at] as number))
    }
    {
      await using cache = await VectorCache.open(path)
      const first = cache.resolve(kept('a', 'b', 'a'), compute([1, 2]))
      const second = cache.resolve(kept('b', 'c'), compute([9, 3]))
      expect(['a', 'c', 'd'].map((key) => cache.has(key))).toEqual([true, true, false])
      expect(await first).toEqual({ vectors: [vector(1), vector(2), vector(1)], computed: 2 })
      expect(await second).toEqual({ vectors: [vector(2), vector(3)], computed: 1 })
    }
    await using again = await VectorCache.open(path)
    expect(['a', 'c', 'd'].map((key) => again.has(key))).toEqual([true, true, false])
    expect((await again.resolve(kept('c', 'a', 'd'), compute([0, 0, 4]))).vectors).toEqual([
      vector(3),
      vector(1),
      vector(4),
    ])
    expect(asked).toEqual([[0, 1], [1], [2]])
  })

  it('keeps only what will be wanted again, and nothing that could not be embedded', async () => {
    {
      await using cache = await VectorCache.open(path)
      const contents = [{ key: 'once', keep: false }, ...kept('broken')]
      expect((await cache.resolve(contents, async () => [vector(1), undefined])).vectors).toEqual([
        vector(1),
        undefined,
      ])
    }
    await using again = await VectorCache.open(path)
    const { computed } = await again.resolve(kept('once', 'broken'), async () => [vector(1), undefined])
    expect(computed).toBe(2)
  })

  it('passes an error on to everybody who waits, and tries again afterwards', async () => {
    await using cache = await VectorCache.open(path)
    const failing = cache.resolve(
      kept('a'),
      () => new Promise((_, reject) => setTimeout(reject, 10, new Error('no memory'))),
    )
    const waiting = cache.resolve(kept('a'), async () => [])
    await expect(failing).rejects.toThrow('no memory')
    await expect(waiting).rejects.toThrow('no memory')
    expect((await cache.resolve(kept('a'), async () => [vector(7)])).vectors).toEqual([vector(7)])
  })

  it('works on when its file is deleted under it', async () => {
    await using cache = await VectorCache.open(path)
    await cache.resolve(kept('a'), async () => [vector(1)])
    await rm(path, { force: true })
    expect((await cache.resolve(kept('a', 'b'), async (missing) => missing.map(() => vector(2)))).vectors[1]).toEqual(
      vector(2),
    )
  })
})

describe('repeats', () => {
  it('are the values that come more than once', async () => {
    const repeats = await Repeats.among([BigUint64Array.of(5n, 1n, 5n, 2n ** 64n - 1n, 3n, 5n, 2n ** 64n - 1n, 0n)])
    expect(repeats.size).toBe(2)
    expect([5n, 2n ** 64n - 1n, 1n, 0n, 3n, 4n].map((hash) => repeats.has(hash))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
    expect((await Repeats.among([])).has(0n)).toBe(false)
  })

  it('see texts as they are tokenized', () => {
    expect(textHash('A “cat”  &amp; dog')).toBe(textHash('a "cat" & DOG '))
    expect(textHash('a cat')).not.toBe(textHash('a bat'))
  })
})

describe('any use of the cache', () => {
  const requests = fc.array(
    fc.record({ keys: fc.array(fc.constantFrom(...'abcde'), { minLength: 1, maxLength: 6 }), ticks: fc.nat(3) }),
    { minLength: 1, maxLength: 6 },
  )
  const expected = (key: string) => vector(key.charCodeAt(0))

  it('computes each content once, and gives everybody the right vectors, however they overlap', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (all) => {
        const own = join(path, '..', `${Math.random()}.lmdb`)
        await using cache = await VectorCache.open(own)
        const computed: string[] = []
        const answers = await Promise.all(
          all.map(async ({ keys, ticks }) => {
            for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve))
            return cache.resolve(kept(...keys), async (inputs) => {
              await new Promise((resolve) => setImmediate(resolve))
              const wanted = inputs.map((at) => keys[at] as string)
              computed.push(...wanted)
              return wanted.map(expected)
            })
          }),
        )
        for (const [at, { vectors }] of answers.entries()) expect(vectors).toEqual(all[at]?.keys.map(expected))
        expect(computed.sort()).toEqual([...new Set(all.flatMap(({ keys }) => keys))].sort())
        expect(answers.reduce((sum, one) => sum + one.computed, 0)).toBe(computed.length)
      }),
      { numRuns: 15 },
    )
  })
})

describe('a vector that is known from elsewhere', () => {
  const refuse = async (inputs: readonly number[]) => {
    expect(inputs).toEqual([])
    return []
  }

  it('is not computed, and kept where it will be wanted again', async () => {
    {
      await using cache = await VectorCache.open(path)
      const contents = [
        { key: 'a', keep: true, known: vector(1) },
        { key: 'b', keep: false, known: vector(2) },
      ]
      expect(await cache.resolve(contents, refuse)).toEqual({ vectors: [vector(1), vector(2)], computed: 0 })
    }
    await using again = await VectorCache.open(path)
    expect((await again.resolve(kept('a'), refuse)).vectors).toEqual([vector(1)])
    const { computed } = await again.resolve(kept('b'), async () => [vector(3)])
    expect(computed).toBe(1)
  })

  it('gives way to what the cache has: that has the same bytes', async () => {
    await using cache = await VectorCache.open(path)
    await cache.resolve(kept('a'), async () => [vector(1)])
    const known = [{ key: 'a', keep: true, known: vector(1) }]
    expect(await cache.resolve(known, refuse)).toEqual({ vectors: [vector(1)], computed: 0 })
  })
})
