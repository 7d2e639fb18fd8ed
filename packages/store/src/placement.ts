import type { StoreSettings } from './config.ts'

/** How tables are placed: on one server, or on the nodes of a cluster. */
export interface Placement {
  /** ` ON CLUSTER name`, or nothing. */
  readonly onCluster: string
  readonly engine: string
  /** The cluster over whose shards rows are spread behind a Distributed table; undefined where they are not. */
  readonly spreadOver: string | undefined
  /** The table that holds rows itself, given the one that is asked: each node's own, where rows are spread. */
  local(table: string): string
  /** A system table as FROM clause: plain, or over all replicas of the cluster. */
  system(name: string): string
}

/** The placement that a configuration asks for. */
export function placement(settings: StoreSettings): Placement {
  const server = settings.kind === 'server' ? settings : undefined
  const cluster = server?.cluster
  const spreadOver = server?.distributed ? cluster : undefined
  return {
    onCluster: cluster ? ` ON CLUSTER ${cluster}` : '',
    // Without arguments: the path in Keeper is made of the table's UUID, so that tables can exchange names.
    engine: server?.replicated ? 'ReplicatedMergeTree' : 'MergeTree',
    spreadOver,
    local: (table) => (spreadOver ? `${table}_local` : table),
    system: (name) => (cluster ? `clusterAllReplicas('${cluster}', system.${name})` : `system.${name}`),
  }
}
