// @vitest-environment happy-dom
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forWords, NOTHING } from '../question/query.ts'
import { type StudioDouble, studioDouble } from '../studio.double.ts'
import { dropEverywhere, forgetAnswers, openResults, type Results, resultsOf } from './results.ts'

let server: StudioDouble

beforeAll(async () => {
  server = await studioDouble({ rows: 250 })
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } }
  happyDOM.setURL(`${server.url}/`)
})
afterAll(() => server[Symbol.asyncDispose]())

const idle = async (results: Results) => {
  for (let turn = 0; turn < 2_000 && results.loading.value; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(results.loading.value).toBe(false)
}

describe('the results of a query', () => {
  it('grow page by page to their end, each row once', async () => {
    const results = openResults(forWords('a fox'))
    await idle(results)
    expect(results.hits.value).toHaveLength(100)
    for (let page = 2; page <= 5; page++) {
      results.more()
      await idle(results)
    }
    expect(results.hits.value).toHaveLength(250)
    expect(new Set(results.hits.value.map(({ id }) => id)).size).toBe(250)
    expect(server.asked.map(({ page }) => page)).toEqual([1, 2, 3])
  })

  it('ask for a page once, however often more is wanted', async () => {
    const before = server.asked.length
    const results = openResults(forWords('a robot'))
    results.more()
    results.more()
    await idle(results)
    expect(server.asked.length).toBe(before + 1)
  })

  it('keep the first page’s verdict', async () => {
    const results = openResults(forWords('nothing'))
    await idle(results)
    expect(results.answer.value?.verdict).toBe('nothing_similar')
    expect(results.hits.value).toEqual([])
  })

  it('tell a failure, and can be asked again', async () => {
    const results = openResults(forWords('broken'))
    await idle(results)
    expect(results.failure.value?.message).toBe('The collection is being loaded.')
    results.more()
    expect(results.loading.value).toBe(false)
    results.retry()
    expect(results.loading.value).toBe(true)
    await idle(results)
  })

  it('say where a dropped picture is missing', async () => {
    const results = openResults({ ...NOTHING, parts: [{ kind: 'dropped', key: 'unknown', minus: false }] })
    await idle(results)
    expect(results.failure.value?.message).toMatch(/another browser/)
  })

  it('end where they are given up, without a failure', async () => {
    const results = openResults(forWords('a clock'))
    results.stop()
    await idle(results)
    expect([results.failure.value, results.answer.value]).toEqual([null, null])
    results.more()
    await idle(results)
    expect(results.hits.value).toHaveLength(100)
  })

  it('come where they are wanted again at once after they were given up', async () => {
    const results = openResults(forWords('two clocks'))
    results.stop()
    results.more()
    await idle(results)
    expect(results.hits.value).toHaveLength(100)
    results.more()
    await idle(results)
    expect(results.hits.value).toHaveLength(200)
  })
})

describe('results that are kept', () => {
  it('are the same for the same query, until the collection changes', async () => {
    const results = resultsOf(forWords('a harbour'))
    await idle(results)
    expect(resultsOf(forWords('a harbour'))).toBe(results)
    forgetAnswers()
    const fresh = resultsOf(forWords('a harbour'))
    expect(fresh).not.toBe(results)
    await idle(fresh)
  })

  it('are asked anew where they failed', async () => {
    const results = resultsOf(forWords('broken harbour'))
    await idle(results)
    const again = resultsOf(forWords('broken harbour'))
    expect(again).not.toBe(results)
    await idle(again)
  })

  it('lose a row that was forgotten', async () => {
    const results = resultsOf(forWords('a lighthouse'))
    await idle(results)
    dropEverywhere('row-00003')
    expect(results.hits.value.map(({ id }) => id)).not.toContain('row-00003')
    expect(results.hits.value).toHaveLength(99)
  })

  it('go, the longest unused first', async () => {
    const first = resultsOf(forWords('query 0'))
    await idle(first)
    for (let index = 1; index <= 8; index++) await idle(resultsOf(forWords(`query ${index}`)))
    const again = resultsOf(forWords('query 0'))
    expect(again).not.toBe(first)
    await idle(again)
  })
})
