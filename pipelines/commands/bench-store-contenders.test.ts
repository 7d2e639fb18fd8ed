import { expect, test } from 'vitest'
import { judged, ownContenders } from './bench-store-contenders.ts'
import { distancesTo, type Turns } from './bench-store-measure.ts'
import { FILTERED } from './bench-store-peers.ts'
import { benchQuestions, DIMENSION, shardVectors } from './bench-store-rows.ts'

const questions = benchQuestions(2)
const near = Array.from({ length: 10 }, (_, at) => at / 10)
const turns = (name: string, answers: Turns<readonly number[]>['answers'], more: object = {}) => ({
  name,
  questions: answers.map((_, at) => at),
  answers,
  times: answers.map((_, at) => at + 1),
  ...more,
})

test('our searches are asked with and without columns, exactly, among few rows, and with each effort', async () => {
  const asked: object[] = []
  const search = async (request: object) => {
    asked.push(request)
    return { hits: [{ id: 'a', distance: 0.25 }], used: 'exact', reason: 'a test' } as const
  }
  const contenders = ownContenders({ search }, [64])
  for (const { ask } of contenders) expect(await ask(Float32Array.of(1))).toEqual([0.25])
  const filter = { column: 'width', is: '=', value: 768 }
  const vector = Float32Array.of(1)
  expect(contenders.map(({ name, every }) => [name, every])).toEqual([
    ['default search', 1],
    ['default search, all columns', 1],
    ['index, ef 64', 1],
    ['exact', 10],
    ['default search, among 1 row in 100', 1],
    ['exact, among 1 row in 100', 10],
  ])
  expect(asked).toEqual([
    { vector, k: 10, columns: [] },
    { vector, k: 10 },
    { vector, k: 10, columns: [], effort: 64 },
    { vector, k: 10, columns: [], mode: 'exact' },
    { vector, k: 10, columns: [], filter },
    { vector, k: 10, columns: [], filter, mode: 'exact' },
  ])
})

test('rows that a peer names are judged by their own vectors, whichever shard they are of', () => {
  const rows = [3, 10_002]
  const question = questions[0] as Float32Array
  const vectors = rows.map((row) => {
    const place = row % 10_000
    return shardVectors(row - place, place + 1).slice(place * DIMENSION)
  })
  const truth = distancesTo(question, vectors).sort((one, other) => one - other)
  const answer = { rows, milliseconds: 1 }
  const [found] = judged(
    [{ name: 'a peer', questions: [0], answers: [answer], times: [1] }],
    questions,
    // The tenth nearest is as far as the second: eight that nobody found lie between.
    [[...Array.from({ length: 9 }, () => 0), truth[1] as number]],
  )
  expect(found).toMatchObject({ name: 'a peer', recall: 0.2, p50: 1 })
})

test('answers among few rows are held against the exact ones among the same, where those are known', () => {
  const exact = turns(`exact, ${FILTERED}`, [near])
  const halfRight = near.map((distance, at) => (at < 5 ? distance : distance + 1))
  const ours = turns(`default search, ${FILTERED}`, [halfRight, halfRight])
  const whole = [near.map((value) => value / 100), near]
  expect(judged([ours, exact], questions, whole)).toEqual([
    { name: ours.name, recall: 0.5, p50: 1, p95: 2, p99: 2 },
    { name: exact.name, recall: 1, p50: 1, p95: 1, p99: 1 },
  ])
})

test('without an exact answer there is no recall among few rows, but there are times', () => {
  const [ours] = judged([turns(`default search, ${FILTERED}`, [near])], questions, [near, near])
  expect(ours).toMatchObject({ recall: 0, p50: 1 })
})

test('one that failed keeps what it had answered, and why it failed', () => {
  const [one, other] = judged([turns('one', [near], { failure: 'gone' }), turns('other', [near])], questions, [
    near,
    near,
  ])
  expect(one).toEqual({ name: 'one', recall: 1, p50: 1, p95: 1, p99: 1, failure: 'gone' })
  expect(other).not.toHaveProperty('failure')
})
