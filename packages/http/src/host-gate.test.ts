import { expect, test } from 'vitest'
import { RequestFailure } from './failure.ts'
import { type GateLimits, HostGate, type Pass, type Verdict, verdictOf } from './host-gate.ts'

const limits: GateLimits = {
  maxConcurrency: 4,
  startConcurrency: 2,
  maxRate: 100_000,
  refusalPauseMs: 5,
  troublePauseMs: 5,
  longestPauseMs: 200,
  giveUpAfter: 3,
}
const ok: Verdict = { kind: 'accepted', latencyMs: 1 }
const refused: Verdict = { kind: 'refused' }
const dns: Verdict = { kind: 'trouble', cause: 'dns' }

async function once(gate: HostGate, url: string, verdict: Verdict): Promise<void> {
  ;(await gate.enter(url)).settle(verdict)
}

test('lets in as many as the pace allows, first come first served', async () => {
  const gate = new HostGate('h', limits)
  const order: string[] = []
  const passes: Pass[] = []
  const all = ['a', 'b', 'c', 'd'].map(async (url) => {
    passes.push(await gate.enter(url))
    order.push(url)
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(order).toEqual(['a', 'b'])
  passes[0]?.settle({ kind: 'neutral' })
  passes[0]?.settle({ kind: 'neutral' })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(order).toEqual(['a', 'b', 'c'])
  passes[1]?.settle({ kind: 'neutral' })
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c', 'd'])
})

test.each([
  ['refusals', refused, 'status'],
  ['failed names', dns, 'dns'],
  ['failed connections', { kind: 'trouble', cause: 'connect' } as const, 'connect'],
])('%s in a row give the host up, for everybody who waits and comes', async (_, verdict, because) => {
  const gate = new HostGate('h', limits)
  for (const url of ['a', 'b', 'c']) await once(gate, url, verdict)
  await expect(gate.enter('d')).rejects.toMatchObject({ kind: 'host_gave_up', because, url: 'd' })
  expect(gate.gaveUpBecause).toBe(because)
})

test('one URL that fails again and again does not give the host up', async () => {
  const gate = new HostGate('h', limits)
  for (let n = 0; n < 10; n++) await once(gate, 'a', n % 2 ? dns : refused)
  await once(gate, 'b', ok)
  expect(gate.gaveUpBecause).toBeUndefined()
})

test('an answer in between forgives', async () => {
  const gate = new HostGate('h', limits)
  for (const url of ['a', 'b', 'c', 'd', 'e', 'f']) {
    await once(gate, url, refused)
    await once(gate, `${url} again`, ok)
  }
  expect(gate.gaveUpBecause).toBeUndefined()
})

test('a host that has answered gets more patience with connections, none with refusals', async () => {
  const lost = new HostGate('h', limits)
  await once(lost, 'ok', ok)
  for (const url of 'abcdefghijk') await once(lost, url, dns)
  expect(lost.gaveUpBecause).toBeUndefined()
  await once(lost, 'l', dns)
  expect(lost.gaveUpBecause).toBe('dns')
  const refusing = new HostGate('h', limits)
  await once(refusing, 'ok', ok)
  for (const url of 'abc') await once(refusing, url, refused)
  expect(refusing.gaveUpBecause).toBe('status')
})

test('Retry-After is waited for; one that asks too much gives the host up', async () => {
  const gate = new HostGate('h', limits)
  await once(gate, 'a', { kind: 'refused', retryAfterMs: 100 })
  const begun = performance.now()
  await once(gate, 'a', ok)
  expect(performance.now() - begun).toBeGreaterThan(90)
  await once(gate, 'b', { kind: 'refused', retryAfterMs: 201 })
  expect(gate.gaveUpBecause).toBe('status')
})

test('after a failure one request alone finds out, and the others follow its answer', async () => {
  const gate = new HostGate('h', limits)
  await once(gate, 'a', dns)
  const probe = await gate.enter('b')
  let second: Pass | undefined
  const waiting = gate.enter('c').then((pass) => {
    second = pass
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(second).toBeUndefined()
  probe.settle(ok)
  await waiting
  expect(second).toBeDefined()
})

test('closing turns everyone away with the reason', async () => {
  const gate = new HostGate('h', { ...limits, startConcurrency: 1 })
  await gate.enter('a')
  const waiting = gate.enter('b')
  const reason = new Error('interrupted')
  gate.close(reason)
  await expect(waiting).rejects.toBe(reason)
})

test('only refusals and connections say something bad of a host', () => {
  const verdict = (kind: ConstructorParameters<typeof RequestFailure>[0], status?: number) =>
    verdictOf(new RequestFailure(kind, '', { url: 'u', ...(status ? { status } : {}) }), 7).kind
  expect([verdict('status', 429), verdict('status', 503)]).toEqual(['refused', 'refused'])
  expect([verdict('dns'), verdict('connect'), verdict('timeout'), verdict('incomplete')]).toEqual(
    Array(4).fill('trouble'),
  )
  expect([verdict('status', 404), verdict('status', 500), verdict('too_large')]).toEqual(Array(3).fill('accepted'))
  expect([verdict('tls'), verdict('blocked_address')]).toEqual(['neutral', 'neutral'])
})
