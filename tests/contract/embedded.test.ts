import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from './store-contract.ts'

storeContract('embedded', async () => {
  const path = await mkdtemp(join(tmpdir(), 'promptloom-embedded-'))
  return {
    config: { kind: 'embedded', path },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
})
