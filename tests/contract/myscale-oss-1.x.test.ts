import { openStore } from '@promptloom/store/store'
import { expect, test } from 'vitest'
import { startDouble } from './double-store.ts'
import { profiles } from './myscale/profile.ts'
import { storeContract } from './store-contract.ts'

const profile = profiles.find((one) => one.name === 'oss-1.x')

storeContract('double of MyScale oss-1.x', () => startDouble(profile))

test('the open-source edition has no MSTG: SCANN stands in, and says so; and the double is never called MyScale', async () => {
  await using behind = await startDouble(profile)
  await using store = await openStore(behind.config)
  expect(store.dialect).toMatchObject({
    engine: 'myscale',
    label: 'emulation by chdb of MyScale (ClickHouse 23.3.2.1, SCANN)',
    note: expect.stringContaining('has no MSTG'),
  })
  const { name } = store.table('text')
  await store.table('text').ensure(4)
  await expect(
    store.database.command(`ALTER TABLE ${name} ADD VECTOR INDEX i prompt_vector TYPE MSTG('metric_type=Cosine')`),
  ).rejects.toMatchObject({ code: 1001 })
})

test('a server before TextSearch is asked by a scan, and the store says so', async () => {
  await using behind = await startDouble(profile)
  await using store = await openStore(behind.config)
  expect(store.dialect.note).toContain('has no TextSearch')
  const { name } = store.table('text')
  await store.table('text').ensure(2)
  await store.database.command(
    `INSERT INTO ${name} (id, prompt, prompt_vector) VALUES ('a', 'A castle', [1, 0]), ('b', 'a river', [0, 1])`,
  )
  const { used, hits } = await store.table('text').searchWords({ words: 'castle', k: 3 })
  expect([used, hits.map(({ id }) => id)]).toEqual(['scan', ['a']])
  const sent = behind.double.statements.join('\n')
  expect(sent).not.toMatch(/\bfts\b|TextSearch/)
  const add = `ALTER TABLE ${name} ADD INDEX w (prompt) TYPE fts('{"prompt":{"tokenizer":{"type":"simple"}}}')`
  await expect(store.database.command(add)).rejects.toMatchObject({ code: 80 })
  const asked = `SELECT id, TextSearch(prompt, 'castle') AS s FROM ${name} ORDER BY s DESC LIMIT 1`
  await expect(store.database.rows(asked)).rejects.toMatchObject({ code: 46 })
})
