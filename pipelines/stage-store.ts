import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StageContext } from '@promptloom/runner/stage'
import type { StoreConfig } from '@promptloom/store/config'
import { openStore, type Store } from '@promptloom/store/store'

/** The context of a stage that works on the database. */
export type StoreContext = StageContext<{ readonly store?: StoreConfig | undefined }>

/** The configured store, or the embedded one in the workspace. */
function storeFor({ options, workspace }: StoreContext): StoreConfig {
  return options.store ?? { kind: 'embedded', path: join(workspace, 'store') }
}

/** The stage's store, opened once a stage. */
export function openStageStore(context: StoreContext): Promise<Store> {
  return context.open('store', () => openStore(storeFor(context), { run: context.run }))
}

/** True where opening the store would create it: planning must leave no trace. */
export function isStoreAbsent(context: StoreContext): boolean {
  const store = storeFor(context)
  return store.kind === 'embedded' && !existsSync(store.path)
}
