import type { Capabilities } from './capabilities.ts'
import { HnswIndex } from './hnsw-index.ts'
import { EMBEDDED_SETTINGS } from './hnsw-statement.ts'
import { MyScaleIndex } from './myscale-index.ts'
import { StoreUsageError } from './store-error.ts'
import { hasTextSearch } from './text-search.ts'
import type { VectorIndex } from './vector-index.ts'

/** What is on the other end, and the kind of vector index that it has. */
export interface Dialect {
  readonly engine: 'embedded' | 'clickhouse' | 'myscale'
  readonly version: string
  /** For reports, e.g. `embedded ClickHouse 26.7.2.1`; an emulated server never gets the real one's name. */
  readonly label: string
  readonly index: VectorIndex
  /** What the user should know, e.g. that MSTG or TextSearch is not to be had there. */
  readonly note?: string
}

/**
 * The dialect that the probe's answers call for.
 * @throws StoreUsageError for a ClickHouse too old to have a vector index.
 */
export function dialectOf(capabilities: Capabilities, embedded: boolean): Dialect {
  const { version, vectorTables, tableSettings, settings } = capabilities
  if (vectorTables) {
    const emulation = settings.get('vector_engine_emulated_by')
    const mstg = tableSettings.has('default_mstg_disk_mode')
    const notes = [
      ...(mstg ? [] : ['This is open-source MyScale, which has no MSTG; its SCANN index is used instead.']),
      ...(hasTextSearch(capabilities)
        ? []
        : ['This MyScale has no TextSearch (1.5 and newer have it); a search by words looks at every prompt.']),
    ]
    return {
      engine: 'myscale',
      version,
      label: `${emulation ? `emulation by ${emulation} of ` : ''}MyScale (ClickHouse ${version}, ${mstg ? 'MSTG' : 'SCANN'})`,
      index: new MyScaleIndex(mstg ? 'MSTG' : 'SCANN', capabilities),
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    }
  }
  if (!settings.has('hnsw_candidate_list_size_for_search')) {
    throw new StoreUsageError(`ClickHouse ${version} has no vector index; 25.8 or newer does, and so does MyScale.`)
  }
  const engine = embedded ? 'embedded' : 'clickhouse'
  const label = embedded ? `embedded ClickHouse ${version}` : `ClickHouse ${version}`
  return { engine, version, label, index: new HnswIndex(capabilities, embedded ? EMBEDDED_SETTINGS : {}) }
}
