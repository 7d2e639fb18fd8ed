import { startDouble } from './double-store.ts'
import { profiles } from './myscale/profile.ts'
import { storeContract } from './store-contract.ts'

storeContract('double of MyScale cloud-1.x', () => startDouble(profiles.find((one) => one.name === 'cloud-1.x')))
