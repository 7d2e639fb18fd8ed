import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@promptloom/store/store'
import { afterAll, beforeAll, expect, test } from 'vitest'

const LIMIT = 1_500_000_000

let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-limits-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db'), memoryLimit: LIMIT })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('a statement that needs more memory than the engine may have fails alone, and may be tried again', async () => {
  // 8 bytes a number: twice the limit.
  const greedy = store.database.rows(`SELECT length(groupArray(number)) AS n FROM numbers(${(LIMIT * 2) / 8})`)
  await expect(greedy).rejects.toMatchObject({ code: 241, retryable: true })
  expect(await store.database.row('SELECT toUInt8(1) AS alive')).toEqual({ alive: 1 })
})

test('a source that hangs up is not tried for minutes', async () => {
  let calls = 0
  const server = createServer((socket) => {
    calls++
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const asked = store.database.command(
    `INSERT INTO FUNCTION null('line String') SELECT * FROM url('http://127.0.0.1:${port}/x', 'LineAsString', 'line String')`,
  )
  await expect(asked).rejects.toThrow()
  await new Promise((done) => server.close(done))
  // Each of the two tries makes four calls; of its own accord the engine tries ten times, with growing pauses.
  expect(calls).toBeGreaterThan(0)
  expect(calls).toBeLessThan(12)
})
