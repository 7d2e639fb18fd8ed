import { describe, test } from 'vitest'
import { storeContract } from './store-contract.ts'

/** Real servers, where the environment names one; the tables used there are called promptloom_contract_*. */
for (const variable of ['CLICKHOUSE_URL', 'MYSCALE_URL'] as const) {
  const url = process.env[variable]
  const secrets = {
    ...(process.env[variable.replace('URL', 'USER')]
      ? { user: process.env[variable.replace('URL', 'USER')] as string }
      : {}),
    ...(process.env[variable.replace('URL', 'PASSWORD')]
      ? { password: process.env[variable.replace('URL', 'PASSWORD')] as string }
      : {}),
  }
  if (url) {
    const tables = { text: 'promptloom_contract_text', image: 'promptloom_contract_image' }
    storeContract(`server of ${variable}`, async () => ({
      config: { kind: 'server', url, tables, ...secrets },
      [Symbol.asyncDispose]: async () => undefined,
    }))
  } else {
    describe(`store contract: server of ${variable}`, () => {
      test.skip(`${variable} is not set`, () => undefined)
    })
  }
}
