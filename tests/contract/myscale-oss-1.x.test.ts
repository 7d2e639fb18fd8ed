import { startDouble } from './double-store.ts'
import { profiles } from './myscale/profile.ts'
import { storeContract } from './store-contract.ts'

storeContract('double of MyScale oss-1.x', () => startDouble(profiles.find((one) => one.name === 'oss-1.x')))
