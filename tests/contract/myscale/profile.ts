/** A kind of MyScale that the double can pass for. */
export interface Profile {
  readonly name: 'cloud-1.x' | 'oss-1.x' | 'oss-2.x'
  readonly version: string
  /** The index type of its own: MSTG in the cloud, SCANN in the open-source editions. */
  readonly indexTypes: readonly string[]
  readonly mstg: boolean
  /** Whether it has TextSearch and the index for it, as 1.5 and newer do. */
  readonly textSearch: boolean
  /** Number of ILLEGAL_VECTOR_SCAN, which differs between the trees. */
  readonly illegalVectorScan: number
  /** Number of ILLEGAL_TEXT_SEARCH; the true one is not known. */
  readonly illegalTextSearch: number
}

const FAISS = ['FLAT', 'IVFFLAT', 'IVFPQ', 'IVFSQ', 'HNSWFLAT', 'HNSWSQ']

/** The three that exist in the wild. */
export const profiles: readonly Profile[] = [
  {
    name: 'cloud-1.x',
    version: '23.3.2.1',
    indexTypes: ['MSTG', ...FAISS],
    mstg: true,
    textSearch: true,
    illegalVectorScan: 731,
    illegalTextSearch: 732,
  },
  {
    name: 'oss-1.x',
    version: '23.3.2.1',
    indexTypes: ['SCANN', ...FAISS],
    mstg: false,
    textSearch: false,
    illegalVectorScan: 731,
    illegalTextSearch: 732,
  },
  {
    name: 'oss-2.x',
    version: '24.8.8.1',
    indexTypes: ['SCANN', ...FAISS],
    mstg: false,
    textSearch: true,
    illegalVectorScan: 731,
    illegalTextSearch: 732,
  },
]

/** Query settings that only MyScale has, with their defaults. */
export const OWN_SETTINGS: Readonly<Record<string, string>> = {
  enable_brute_force_vector_search: '0',
  two_stage_search_option: '0',
  max_search_result_window: '10000',
  // Honest in its own words, so that no report calls it MyScale.
  vector_engine_emulated_by: 'chdb',
}

/** Query settings that only servers with TextSearch have. */
export const TEXT_SEARCH_SETTINGS: Readonly<Record<string, string>> = {
  hybrid_search_fusion_weight: '0.5',
  hybrid_search_fusion_k: '60',
}

/** MergeTree settings that only MyScale has. */
export function ownTableSettings(profile: Profile): Readonly<Record<string, string>> {
  return {
    min_rows_to_build_vector_index: '0',
    vector_index_parameter_check: '1',
    float_vector_search_metric_type: 'L2',
    ...(profile.mstg ? { default_mstg_disk_mode: '0' } : {}),
  }
}

/** Settings of the engine underneath that servers of that age do not know. */
export const TOO_NEW =
  /^(vector_search_|hnsw_|max_limit_for_vector|lightweight_deletes_sync|enable_analyzer|exclude_materialize|allow_experimental_vector_similarity|query_plan_try_use_vector|.*full_text_index|distributed_foreground)/
