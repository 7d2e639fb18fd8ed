import { describe, expect, test } from 'vitest'
import { storeConfig } from './config.ts'
import { placement } from './placement.ts'

const placed = (settings: object) => placement(storeConfig.parse(settings))
const server = { kind: 'server', url: 'http://host:8123' }

describe.each([
  ['the embedded engine', { kind: 'embedded', path: '/data' }],
  ['one server', server],
  ['one server that was told to spread, without a cluster to spread over', { ...server, distributed: true }],
])('on %s', (_, settings) => {
  test('tables are plain, and hold their rows themselves', () => {
    const { local, system, ...plain } = placed(settings)
    expect(plain).toEqual({ onCluster: '', engine: 'MergeTree', spreadOver: undefined })
    expect(local('db.t')).toBe('db.t')
    expect(system('parts')).toBe('system.parts')
  })
})

test('on a cluster every node is told, and every node’s system tables are read', () => {
  const { local, system, ...rest } = placed({ ...server, cluster: 'main' })
  expect(rest).toEqual({ onCluster: ' ON CLUSTER main', engine: 'MergeTree', spreadOver: undefined })
  expect(local('db.t')).toBe('db.t')
  expect(system('merges')).toBe("clusterAllReplicas('main', system.merges)")
})

test('replicated tables take their path from their UUID, so that names can be exchanged', () => {
  expect(placed({ ...server, replicated: true }).engine).toBe('ReplicatedMergeTree')
})

test('spread over a cluster, rows lie in a table of each node', () => {
  const { local, spreadOver } = placed({ ...server, cluster: 'main', distributed: true })
  expect(spreadOver).toBe('main')
  expect(local('db.t')).toBe('db.t_local')
})
