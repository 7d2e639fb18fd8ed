import type { StoreSettings } from './config.ts'

/** How tables are placed: on one server, or on the nodes of a cluster. */
export interface Placement {
  /** ` ON CLUSTER name`, or nothing. */
  readonly onCluster: string
  readonly engine: string
  /** A system table as FROM clause: plain, or over all replicas of the cluster. */
  system(name: string): string
}

/** The placement that a configuration asks for. */
export function placement(settings: StoreSettings): Placement {
  const cluster = settings.kind === 'server' ? settings.cluster : undefined
  const replicated = settings.kind === 'server' && settings.replicated
  return {
    onCluster: cluster ? ` ON CLUSTER ${cluster}` : '',
    // Without arguments: the path in Keeper is made of the table's UUID, so that tables can change names.
    engine: replicated ? 'ReplicatedMergeTree' : 'MergeTree',
    system: (name) => (cluster ? `clusterAllReplicas('${cluster}', system.${name})` : `system.${name}`),
  }
}
