import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Resources } from '@promptloom/runner/resources'
import { expect, it } from 'vitest'
import { isStoreAbsent, openStageStore, type StoreContext } from './stage-store.ts'

it("is the workspace's own store unless another is configured, opened once, and asked for without being made", async () => {
  const workspace = await mkdtemp(join(tmpdir(), 'promptloom-stage-store-'))
  await using resources = new Resources()
  const open: StoreContext['open'] = (key, opener) => resources.open(key, opener)
  const context = { options: {}, workspace, run: 'r', open } as unknown as StoreContext
  expect(isStoreAbsent(context)).toBe(true)
  expect(existsSync(join(workspace, 'store'))).toBe(false)
  expect(isStoreAbsent({ ...context, options: { store: { kind: 'server', url: 'http://127.0.0.1:1' } } })).toBe(false)
  const store = await openStageStore(context)
  expect(store.settings).toMatchObject({ kind: 'embedded', path: join(workspace, 'store') })
  expect(await openStageStore(context)).toBe(store)
  expect(isStoreAbsent(context)).toBe(false)
})
