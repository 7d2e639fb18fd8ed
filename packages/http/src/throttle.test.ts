import { expect, test } from 'vitest'
import { PoliteClient } from './client.ts'
import { loopback } from './loopback.double.ts'

/** What the host allows: requests a second, and how many may come at once after a rest. */
const BUCKET = { rate: 60, burst: 60 }
const SETTLED_MS = 10_000
const END_MS = 20_000

// A machine that stands still for a moment asks in bursts, which are refused for their own sake: then another try.
const TRIES = { retry: 2, timeout: 120_000 }

test(
  'a throttling host is asked near the rate it allows, and refuses under 1 % once that is found',
  TRIES,
  async () => {
    let [tokens, filled] = [BUCKET.burst, performance.now()]
    const begun = performance.now()
    const settled = { requests: 0, refusals: 0 }
    await using server = await loopback((_, response) => {
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
    const ended = new AbortController()
    await using client = new PoliteClient({
      userAgent: 'Promptloom/1.0',
      allow: ['127.0.0.1'],
      retryDelayMs: 1,
      host: { maxRate: 1000 },
      signal: ended.signal,
    })
    const lane = async () => {
      while (!ended.signal.aborted) await client.get(server.origin, { maxBytes: 100 }, async () => {}).catch(() => {})
    }
    const lanes = Array.from({ length: 16 }, lane)
    await new Promise((resolve) => setTimeout(resolve, END_MS))
    ended.abort(new Error('enough'))
    await Promise.all(lanes)
    const rate = (settled.requests - settled.refusals) / ((END_MS - SETTLED_MS) / 1000)
    expect(settled.refusals / settled.requests).toBeLessThan(0.01)
    expect(rate).toBeGreaterThan(0.6 * BUCKET.rate)
    expect(rate).toBeLessThan(1.1 * BUCKET.rate)
    console.info(`${rate.toFixed(1)} a second of ${BUCKET.rate}, ${settled.refusals} of ${settled.requests} refused`)
  },
)
