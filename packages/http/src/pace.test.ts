import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pace } from './pace.ts'

const limits = { maxConcurrency: 16, startConcurrency: 4, maxRate: 500 }

/**
 * Asks a token bucket in simulated time, as fast as a pace allows, and waits a second after a refusal.
 * Returns the requests and refusals of the time after the first ten seconds.
 */
function simulate(bucket: { rate: number; burst: number; latencyMs: number }, seconds: number) {
  const pace = new Pace(limits, 0)
  let [tokens, filled, own, ownAt, pausedUntil] = [bucket.burst, 0, 1, 0, 0]
  const flying: { startedAt: number; endsAt: number; ok: boolean }[] = []
  const late = { requests: 0, refusals: 0 }
  for (let now = 0; now < seconds * 1000; now++) {
    for (const one of flying.splice(0)) {
      if (one.endsAt > now) flying.push(one)
      else if (one.ok) pace.accepted(now, bucket.latencyMs)
      else {
        pace.refused(now, one.startedAt, 1000)
        pausedUntil = now + 1000
      }
    }
    own = Math.min(pace.burst, own + ((now - ownAt) / 1000) * pace.rate)
    ownAt = now
    while (own >= 1 && now >= pausedUntil && flying.length < pace.concurrency) {
      own -= 1
      tokens = Math.min(bucket.burst, tokens + ((now - filled) / 1000) * bucket.rate)
      filled = now
      const ok = tokens >= 1
      if (ok) tokens -= 1
      flying.push({ startedAt: now, endsAt: now + bucket.latencyMs, ok })
      if (now < 10_000) continue
      late.requests += 1
      if (!ok) late.refusals += 1
    }
  }
  return { ...late, rate: (late.requests - late.refusals) / (seconds - 10) }
}

describe('against a token bucket', () => {
  test.each([
    { rate: 10, burst: 10, latencyMs: 5 },
    { rate: 10, burst: 1, latencyMs: 50 },
    { rate: 50, burst: 50, latencyMs: 2 },
    { rate: 50, burst: 200, latencyMs: 80 },
    { rate: 50, burst: 1, latencyMs: 2 },
    { rate: 200, burst: 20, latencyMs: 20 },
    { rate: 200, burst: 800, latencyMs: 50 },
  ])('$rate a second, burst $burst, $latencyMs ms away: under 1 % refused, over 80 % used', (bucket) => {
    const { requests, refusals, rate } = simulate(bucket, 180)
    expect(refusals / requests).toBeLessThan(0.01)
    expect(rate).toBeGreaterThan(0.8 * bucket.rate)
    expect(rate).toBeLessThan(1.05 * bucket.rate)
  })
})

test('starts modestly and opens up while all is well, to its limit', () => {
  const pace = new Pace(limits, 0)
  expect([pace.concurrency, pace.rate]).toEqual([4, 500])
  for (let now = 0; now < 1000; now++) pace.accepted(now, 20)
  expect([pace.concurrency, pace.rate]).toEqual([16, 500])
})

test('refusals of requests begun before the last one count as the same event', () => {
  const pace = new Pace(limits, 0)
  for (let now = 0; now < 1000; now++) pace.accepted(now, 20)
  pace.refused(1000, 990, 0)
  const after = [pace.concurrency, pace.rate]
  for (let n = 0; n < 15; n++) pace.refused(1001 + n, 995, 0)
  expect([pace.concurrency, pace.rate]).toEqual(after)
  expect(pace.concurrency).toBe(8)
})

test('never stops altogether, and recovers when the host does', () => {
  const pace = new Pace(limits, 0)
  for (let n = 1; n < 100; n++) pace.refused(n * 1000, n * 1000 - 1, 500)
  expect(pace.concurrency).toBe(1)
  expect(pace.rate).toBeGreaterThan(0)
  const slow = pace.rate
  for (let n = 100; n < 2100; n++) pace.accepted(n * 1000, 20)
  expect(pace.rate).toBeGreaterThan(1.3 * slow)
})

test('rising latency lowers the requests in flight, and calm raises them again', () => {
  const pace = new Pace(limits, 0)
  const answers = (from: number, latencyMs: number) => {
    for (let n = 0; n < 500; n++) pace.accepted(from + n * 20, latencyMs)
    return pace.concurrency
  }
  expect(answers(0, 30)).toBe(16)
  expect(answers(10_000, 1500)).toBeLessThan(8)
  expect(answers(20_000, 30)).toBe(16)
})

test('a Crawl-delay lowers the ceiling for good', () => {
  const pace = new Pace(limits, 0)
  pace.limitRate(0.5)
  for (let now = 0; now < 10_000; now += 10) pace.accepted(now, 20)
  expect(pace.rate).toBe(0.5)
})

test('whatever a host does, a pace stays between one request at a time and its limits', () => {
  const event = fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.boolean(), fc.integer({ min: 0, max: 20_000 }))
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const pace = new Pace(limits, 0)
      let now = 0
      for (const [wait, accepted, ms] of events) {
        now += wait
        if (accepted) pace.accepted(now, ms)
        else pace.refused(now, now, ms)
        expect(pace.concurrency).toBeGreaterThanOrEqual(1)
        expect(pace.concurrency).toBeLessThanOrEqual(limits.maxConcurrency)
        expect(pace.rate).toBeGreaterThan(0)
        expect(pace.rate).toBeLessThanOrEqual(limits.maxRate)
        expect(pace.burst).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: 50 },
  )
})

test('a refusal never makes it faster, and halves the rate at most', () => {
  const history = fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 100 })
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 5000 }), (gaps, pause) => {
      const pace = new Pace(limits, 0)
      let now = 0
      for (const gap of gaps) {
        now += gap
        pace.accepted(now, 20)
      }
      const before = { rate: pace.rate, concurrency: pace.concurrency }
      pace.refused(now + 1, now + 1, pause)
      expect(pace.rate).toBeLessThanOrEqual(before.rate)
      expect(pace.rate).toBeGreaterThanOrEqual(before.rate / 2)
      expect(pace.concurrency).toBeLessThanOrEqual(before.concurrency)
    }),
    { numRuns: 50 },
  )
})

test('after a refusal requests come evenly spaced, before it in small bursts', () => {
  const pace = new Pace({ ...limits, maxRate: 100 }, 0)
  expect(pace.burst).toBe(5)
  pace.refused(1000, 1000, 0)
  expect(pace.burst).toBe(1)
})
