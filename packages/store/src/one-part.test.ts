import type { ClickHouseClient } from '@clickhouse/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClickHouseDouble } from './clickhouse.double.ts'
import { Database } from './database.ts'
import { mergeToOnePart, merging } from './one-part.ts'
import { shapes } from './table-kind.ts'
import type { BuildOptions, BuildProgress } from './vector-index.ts'

let server: ClickHouseDouble
let client: ClickHouseClient
beforeEach(async () => {
  server = await ClickHouseDouble.start()
  client = server.connect()
})
afterEach(async () => {
  await client.close()
  await server[Symbol.asyncDispose]()
})

const OPTIMIZE = /^OPTIMIZE/
const table = () => ({
  database: new Database(client, 'art'),
  asked: 'art.t',
  table: 'art.t_local',
  shape: shapes.text,
  dimension: 4,
  onCluster: ' ON CLUSTER main',
  system: (name: string) => `clusterAllReplicas('main', system.${name})`,
})
const merge = (options: BuildOptions = {}) => mergeToOnePart(table(), { interval: 5, ...options })

/** The numbers of parts that are found, look by look; the last one stays. */
function parts(...counts: number[]): void {
  server.answer(/count\(\) AS parts/, () => [{ parts: String(counts.length > 1 ? counts.shift() : counts[0]) }])
}

function merges(...progress: (number | undefined)[]): void {
  server.answer(/min\(progress\)/, () => {
    const now = progress.length > 1 ? progress.shift() : progress[0]
    return [{ progress: now ?? 0, running: now === undefined ? '0' : '1' }]
  })
}

test.each([0, 1])('%i parts are left as they are', async (count) => {
  parts(count)
  await merge()
  expect(server.sent(OPTIMIZE)).toEqual([])
})

test('more are merged where the rows lie, on every node', async () => {
  parts(7, 1)
  const told: BuildProgress[] = []
  await merge({ progress: (one) => told.push(one) })
  expect(server.sent(OPTIMIZE)).toEqual(['OPTIMIZE TABLE art.t_local ON CLUSTER main FINAL'])
  expect(told.at(-1)).toEqual({ phase: 'merge', fraction: 1 })
  const look = server.statements.find(({ sql }) => /AS parts/.test(sql))
  expect([look?.settings.get('param_database'), look?.settings.get('param_table')]).toEqual(['art', 't_local'])
})

test('a merge that leaves parts over is repeated', async () => {
  parts(7, 3, 1)
  await merge()
  expect(server.sent(OPTIMIZE)).toHaveLength(2)
})

test('an answer that is lost while the merge goes on is no failure: its end is waited for', async () => {
  parts(7, 1)
  merges(0.2, 0.9, undefined)
  server.answer(OPTIMIZE, { raw: (response) => void response.destroy() }, 1)
  await merge()
  expect(server.sent(OPTIMIZE)).toHaveLength(1)
  expect(server.sent(/min\(progress\)/).length).toBeGreaterThanOrEqual(3)
})

test('a refusal is a failure', async () => {
  parts(7)
  server.answer(OPTIMIZE, { code: 497, message: 'Not enough privileges.' })
  await expect(merge()).rejects.toMatchObject({ code: 497, exitCode: 1 })
})

test('a merge that never ends is given up, with what is left', async () => {
  parts(7)
  await expect(merge({ timeout: -1 })).rejects.toMatchObject({
    exitCode: 1,
    message: 'art.t_local is still in 7 parts; merging took too long.',
  })
})

test('an interruption ends it with its reason', async () => {
  parts(7)
  const reason = new Error('interrupted')
  await expect(merge({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const interrupt = new AbortController()
  server.answer(OPTIMIZE, { raw: () => interrupt.abort(reason) })
  await expect(merge({ signal: interrupt.signal })).rejects.toBe(reason)
})

test('how far the slowest merge is, or that none runs', async () => {
  merges(0.25)
  expect(await merging(table())).toBe(0.25)
  merges(undefined)
  expect(await merging(table())).toBeUndefined()
})
