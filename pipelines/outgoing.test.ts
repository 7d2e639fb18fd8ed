import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outgoingFetch } from './outgoing.ts'

const agents: (string | undefined)[] = []
const server = createServer((request, response) => {
  agents.push(request.headers['user-agent'])
  response.end('here')
})
let address: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

describe('outgoingFetch', () => {
  it('says who asks, and asks private hosts only where the user named them', async () => {
    const named = outgoingFetch({ contact: 'mailto:me@example.org', asked: [address, 'kaggle:a/b', ''] })
    expect(await (await named(address)).text()).toBe('here')
    expect(agents).toEqual(['Promptloom/0.1 (+mailto:me@example.org)'])
    const other = outgoingFetch({ contact: '', asked: ['https://example.org/prompts.csv'] })
    await expect(other(address)).rejects.toThrow(/127\.0\.0\.1/)
  })
})
