import { expect, test } from 'vitest'
import { Gatehouse } from './gatehouse.ts'
import { limitsOf } from './limits.ts'

const { host } = limitsOf({ userAgent: 'Promptloom-Test/1.0' })

test('a host has one gate', () => {
  const gates = new Gatehouse(host)
  expect(gates.gate('a:80')).toBe(gates.gate('a:80'))
  expect(gates.gate('a:80')).not.toBe(gates.gate('a:81'))
})

test('of very many hosts only those are remembered that something is known of', async () => {
  const gates = new Gatehouse({ ...host, giveUpAfter: 1 })
  const bad = gates.gate('bad:80')
  ;(await bad.enter('u')).settle({ kind: 'trouble', cause: 'dns' })
  const good = gates.gate('good:80')
  for (let n = 0; n < 10_000; n++) gates.gate(`host-${n}:80`)
  expect(gates.gate('bad:80')).toBe(bad)
  expect(gates.gate('good:80')).not.toBe(good)
})

test('once closed, everybody hears the reason', async () => {
  const gates = new Gatehouse({ ...host, startConcurrency: 1 })
  await gates.gate('a:80').enter('u')
  const waiting = gates.gate('a:80').enter('v')
  const reason = new Error('interrupted')
  gates.close(reason)
  await expect(waiting).rejects.toBe(reason)
  expect(() => gates.gate('b:80')).toThrow(reason)
})
