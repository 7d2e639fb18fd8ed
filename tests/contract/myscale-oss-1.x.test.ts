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
