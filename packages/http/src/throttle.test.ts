import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PoliteClient } from './client.ts'
import type { HostGate } from './host-gate.ts'
import { loopback } from './loopback.double.ts'

/** What the host allows: requests a second, and how many may come at once after a rest. */
const BUCKET = { rate: 60, burst: 60 }
const SETTLED_MS = 10_000
const END_MS = 30_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Counts the requests that are under way at a host, by what its gate lets in. */
function underWay(gate: HostGate): () => number {
  let count = 0
  const enter = gate.enter.bind(gate)
  gate.enter = async (url) => {
    const pass = await enter(url)
    let open = true
    count += 1
    return {
      settle: (verdict) => {
        if (open) count -= 1
        open = false
        pass.settle(verdict)
      },
    }
  }
  return () => count
}

/** A host that refuses what its bucket has no token for, and counts what it is asked once `SETTLED_MS` are over. */
async function throttlingHost() {
  let [tokens, filled] = [BUCKET.burst, performance.now()]
  const begun = performance.now()
  const settled = { requests: 0, refusals: 0 }
  const server = await loopback((_, response) => {
    const now = performance.now()
    tokens = Math.min(BUCKET.burst, tokens + ((now - filled) / 1000) * BUCKET.rate)
    filled = now
    const refused = tokens < 1
    if (now - begun > SETTLED_MS) {
      settled.requests += 1
      if (refused) settled.refusals += 1
    }
    if (refused) return response.writeHead(429, { 'retry-after': '1' }).end()
    tokens -= 1
    return response.end('picture')
  })
  return { server, settled }
}

test('a throttling host is asked near the rate it allows, and refuses under 1 % once that is found', async () => {
  const { server, settled } = await throttlingHost()
  await using _ = server
  const ended = new AbortController()
  await using client = new PoliteClient({
    userAgent: 'Promptloom/1.0',
    allow: ['127.0.0.1'],
    retryDelayMs: 1,
    host: { maxRate: 1000 },
    signal: ended.signal,
  })
  const busy = underWay(client.gates.gate(new URL(server.origin).host))
  const lane = async () => {
    while (!ended.signal.aborted) await client.get(server.origin, { maxBytes: 100 }, async () => {}).catch(() => {})
  }
  const lanes = Array.from({ length: 16 }, lane)
  // The clock stands still while a request is under way: how busy the machine is changes nothing.
  for (const end = performance.now() + END_MS; performance.now() < end; ) {
    await turn()
    if (busy() === 0) await vi.advanceTimersToNextTimerAsync()
  }
  ended.abort(new Error('enough'))
  await Promise.all(lanes)
  const rate = (settled.requests - settled.refusals) / ((END_MS - SETTLED_MS) / 1000)
  expect(settled.refusals / settled.requests).toBeLessThan(0.01)
  expect(rate).toBeGreaterThan(0.8 * BUCKET.rate)
  expect(rate).toBeLessThan(1.05 * BUCKET.rate)
  expect(client.counts.refusals).toBeGreaterThan(0)
})
