import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askByTurns, distancesTo, figures, K, latency } from './bench-store-measure.ts'
import { benchQuestions, benchRows, DIMENSION, rowNumber } from './bench-store-rows.ts'

const times = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 })

describe('percentiles', () => {
  test.each<[readonly number[], object, string]>([
    [[5], { p50: 5, p95: 5, p99: 5 }, 'of one time'],
    [[1, 2], { p50: 1, p95: 2, p99: 2 }, 'of two'],
    [[4, 1, 3, 2], { p50: 2, p95: 4, p99: 4 }, 'in any order'],
    [Array.from({ length: 100 }, (_, at) => at + 1), { p50: 50, p95: 95, p99: 99 }, 'by nearest rank'],
    [[], { p50: 0, p95: 0, p99: 0 }, 'of nothing'],
  ])('%j: %j (%s)', (given, expected) => {
    expect(latency(given)).toEqual(expected)
  })

  test('are times that were measured, in order, and leave the list as it was', () => {
    fc.assert(
      fc.property(times, (given) => {
        const before = [...given]
        const { p50, p95, p99 } = latency(given)
        for (const one of [p50, p95, p99]) expect(given).toContain(one)
        expect(p50 <= p95 && p95 <= p99).toBe(true)
        expect(given).toEqual(before)
      }),
    )
  })
})

describe('recall', () => {
  const near = Array.from({ length: K }, (_, at) => at / 10)
  const one = (answers: readonly (readonly number[])[], questions = answers.map((_, at) => at)) => ({
    name: 'x',
    questions,
    answers,
    times: [1],
  })

  test.each<[readonly number[], number, string]>([
    [near, 1, 'all ten'],
    [near.slice(0, 5), 0.5, 'half of them'],
    [[], 0, 'none'],
    [near.map((value) => value + 1), 0, 'ten others'],
    [[...near, 0.05, 0.06], 1, 'more than ten count for ten'],
    [near.map((value) => value + 1e-6), 1, 'as near as the tenth, but for rounding'],
    [[...near.slice(0, 9), 0.9001], 0.9, 'one that is farther'],
  ])('of %j is %s: %s', (answer, recall) => {
    expect(figures(one([answer]), [near]).recall).toBeCloseTo(recall, 9)
  })

  test('is that of the questions that were asked, whichever they were', () => {
    const far = near.map((value) => value + 5)
    expect(figures(one([near], [1]), [far, near]).recall).toBe(1)
    expect(figures(one([near, far], [1, 0]), [far, near]).recall).toBe(1)
  })
})

describe('asking by turns', () => {
  const questions = Array.from({ length: 6 }, (_, at) => Float32Array.of(at))

  test('asks everybody the same questions, one after the other', async () => {
    const order: string[] = []
    const contender = (name: string) => ({
      name,
      ask: async (question: Float32Array) => {
        order.push(`${name}${question[0]}`)
        return [question[0] as number]
      },
    })
    const [a, b] = await askByTurns([contender('a'), contender('b')], questions.slice(0, 3), { warmUp: 0 })
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
    expect(a).toMatchObject({ name: 'a', questions: [0, 1, 2], answers: [[0], [1], [2]] })
    expect(b?.times).toHaveLength(3)
  })

  test('asks a slow one only every so many questions', async () => {
    const [slow] = await askByTurns([{ name: 'exact', every: 3, ask: async () => [] }], questions, { warmUp: 0 })
    expect(slow?.questions).toEqual([0, 3])
  })

  test('warms up with the first questions, which do not count', async () => {
    let asked = 0
    const ask = async () => {
      asked++
      return []
    }
    const [one] = await askByTurns([{ name: 'x', ask }], questions, { warmUp: 4 })
    expect(asked).toBe(10)
    expect(one?.times).toHaveLength(6)
  })

  test('one that fails is asked no more, and what it had answered counts', async () => {
    let asked = 0
    const ask = async (question: Float32Array) => {
      asked++
      if (question[0] === 2) throw new Error('gone')
      return [0]
    }
    const steady = { name: 'steady', ask: async () => [1] }
    const [one, other] = await askByTurns([{ name: 'x', ask }, steady], questions, { warmUp: 0 })
    expect(one).toMatchObject({ name: 'x', questions: [0, 1], answers: [[0], [0]], failure: 'gone' })
    expect(asked).toBe(3)
    expect(other).toMatchObject({ questions: [0, 1, 2, 3, 4, 5] })
    expect(other?.failure).toBeUndefined()
  })

  test('one that fails while it warms up has no figures but its name', async () => {
    const ask = () => Promise.reject(new Error('never there'))
    const [one] = await askByTurns([{ name: 'x', ask }], questions)
    expect(one).toMatchObject({ questions: [], failure: 'never there' })
    expect(figures({ ...(one as NonNullable<typeof one>), answers: [] }, [])).toMatchObject({ recall: 0, p50: 0 })
  })

  test('ends between two questions where the bench is given up, with the reason', async () => {
    const controller = new AbortController()
    let asked = 0
    const ask = async () => {
      asked++
      controller.abort(new Error('enough'))
      return []
    }
    const other = { name: 'other', ask: async () => [] }
    const turns = askByTurns([{ name: 'x', ask }, other], questions, { warmUp: 0, signal: controller.signal })
    await expect(turns).rejects.toThrow('enough')
    expect(asked).toBe(1)
  })

  test('one that measures its own time is believed: the way to it does not count', async () => {
    const ask = async (question: Float32Array) => [question[0] as number]
    const [one] = await askByTurns([{ name: 'x', ask, took: ([value]) => 1000 + (value as number) }], questions, {
      warmUp: 0,
    })
    expect(one?.times).toEqual([1000, 1001, 1002, 1003, 1004, 1005])
  })
})

describe('the rows of the bench', () => {
  test('have ids from which their number can be read again', () => {
    const { id } = benchRows(20_000, { vectors: new Float32Array(DIMENSION * 3), dimension: DIMENSION })
    expect(id).toEqual(['row-000020000', 'row-000020001', 'row-000020002'])
    expect(id.map(rowNumber)).toEqual([20_000, 20_001, 20_002])
  })

  test('have every column as long as their ids', () => {
    const { prompt_vector, ...columns } = benchRows(0, { vectors: new Float32Array(40), dimension: 4 })
    for (const [name, values] of Object.entries(columns)) expect([name, values.length]).toEqual([name, 10])
    expect(prompt_vector).toHaveLength(40)
  })

  test('are asked for by unit vectors, the same ones each time', () => {
    const [one, other] = benchQuestions(2)
    expect(one).toHaveLength(DIMENSION)
    expect(Math.hypot(...(one as Float32Array))).toBeCloseTo(1, 4)
    expect(benchQuestions(2)[0]).toEqual(one)
    expect(other).not.toEqual(one)
  })
})

test('distances are those of the vectors, whatever a peer says', () => {
  const question = Float32Array.of(1, 0)
  const rows = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(-1, 0), Float32Array.of(0.6, 0.8)]
  expect(distancesTo(question, rows).map((value) => Number(value.toFixed(6)))).toEqual([0, 1, 2, 0.4])
  expect(distancesTo(question, [])).toEqual([])
})
