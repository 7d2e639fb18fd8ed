import { startDouble } from './double-store.ts'
import { storeContract } from './store-contract.ts'

storeContract('ClickHouse over HTTP (chDB behind a loopback server)', () => startDouble())
