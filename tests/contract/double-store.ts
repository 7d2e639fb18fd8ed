import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Profile } from './myscale/profile.ts'
import { SqlDouble } from './myscale/server.ts'
import type { ContractStore } from './store-contract.ts'

/** A double of its own folder, and the configuration that reaches it. */
export async function startDouble(profile?: Profile): Promise<ContractStore & { double: SqlDouble }> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-double-'))
  const double = await SqlDouble.start(folder, profile)
  return {
    double,
    config: { kind: 'server', url: double.url, database: 'promptloom', wakeTimeout: 5000 },
    async [Symbol.asyncDispose]() {
      await double[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
