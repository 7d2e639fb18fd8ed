import { hasTextIndex } from '@promptloom/store/keyword-search'
import type { Collection } from './collection.ts'
import type { CollectionStatus } from './row-view.ts'

/** What a collection holds now. */
export async function readCollectionStatus(collection: Collection): Promise<CollectionStatus> {
  const { store, encoder, calibration } = collection
  const { name, digest, dimension, standIn = null } = encoder
  const engine = await store.database.row<{ version: string }>('SELECT version() AS version')
  return {
    prompts: await store.table('text').count(),
    pictures: await store.table('image').count(),
    model: { name, digest, dimension, standIn },
    store: `${store.settings.kind}, ClickHouse ${engine?.version ?? 'of unknown version'}`,
    calibrated: (calibration?.routes.length ?? 0) > 0,
    keywords: hasTextIndex(store.capabilities),
  }
}
