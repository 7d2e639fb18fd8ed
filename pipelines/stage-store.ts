import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StageContext } from '@promptloom/runner/stage'
import type { StoreConfig } from '@promptloom/store/config'
import { openStore, type Store } from '@promptloom/store/store'
import { whenFree } from './store-patience.ts'

/** The context of a stage that works on the database. */
export type StoreContext = StageContext<{ readonly store?: StoreConfig | undefined }>

/** The configured store, or the embedded one in the workspace. */
function storeFor({ options, workspace }: StoreContext): StoreConfig {
  return options.store ?? { kind: 'embedded', path: join(workspace, 'store') }
}

/** The stage's store, opened once a stage; one that the studio has open is waited for until it is lent. */
export function openStageStore(context: StoreContext): Promise<Store> {
  const { run, signal, log } = context
  const onWait = () => log.warn('The embedded store is in use by another process; waiting a moment for it.')
  return context.open('store', () => whenFree(() => openStore(storeFor(context), { run }), { signal, onWait }))
}

/** True where opening the store would create it: planning must leave no trace. */
export function isStoreAbsent(context: StoreContext): boolean {
  const store = storeFor(context)
  return store.kind === 'embedded' && !existsSync(store.path)
}
