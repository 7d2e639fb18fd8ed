import { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type HostingFlags, host, hostingOptions } from './hosting.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const flags = (more: Partial<HostingFlags> = {}): HostingFlags => ({
  host: '127.0.0.1',
  port: 0,
  allowHost: [],
  ...more,
})
const page = { routes: [], fallback: async () => new Response('the page') }
const everywhere = flags({ host: '0.0.0.0' })

describe('a server on loopback', () => {
  test('asks for no token, and makes none', async () => {
    await using server = await host(page, flags())
    expect(server.freshToken).toBeUndefined()
    expect(await (await fetch(server.url)).text()).toBe('the page')
  })

  test('asks for the token of the environment all the same, where there is one', async () => {
    vi.stubEnv('PROMPTLOOM_TOKEN', 't0ken')
    await using server = await host(page, flags())
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(401)
    const headers = { authorization: 'Bearer t0ken' }
    expect((await fetch(`${server.url}/openapi.json`, { headers })).status).toBe(200)
  })

  test('is the same as without a variable where it is set to nothing', async () => {
    vi.stubEnv('PROMPTLOOM_TOKEN', '')
    await using server = await host(page, flags())
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200)
  })

  test('listens on the port that it says, and no longer once it is disposed of', async () => {
    const server = await host(page, flags())
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    await server[Symbol.asyncDispose]()
    await expect(fetch(server.url)).rejects.toThrow()
  })

  test('says what is wrong where the port is taken', async () => {
    await using server = await host(page, flags())
    await expect(host(page, flags({ port: server.port }))).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('a server beyond loopback', () => {
  const opened = (port: number, token?: string) =>
    fetch(`http://127.0.0.1:${port}/openapi.json`, token ? { headers: { authorization: `Bearer ${token}` } } : {})

  test.each([undefined, ''])('with the variable %j makes a token of its own, and asks for it', async (value) => {
    vi.stubEnv('PROMPTLOOM_TOKEN', value)
    await using server = await host(page, everywhere)
    expect(server.freshToken).toMatch(/^[\w-]{24}$/)
    expect((await opened(server.port)).status).toBe(401)
    expect((await opened(server.port, server.freshToken)).status).toBe(200)
  })

  test('makes another token each time', async () => {
    vi.stubEnv('PROMPTLOOM_TOKEN', '')
    await using one = await host(page, everywhere)
    await using other = await host(page, everywhere)
    expect(one.freshToken).not.toBe(other.freshToken)
    expect((await opened(one.port, other.freshToken)).status).toBe(401)
  })

  test('asks for the token of the environment, and shows it nowhere', async () => {
    vi.stubEnv('PROMPTLOOM_TOKEN', 't0ken')
    await using server = await host(page, everywhere)
    expect(server.freshToken).toBeUndefined()
    expect((await opened(server.port, 'wrong')).status).toBe(401)
    expect((await opened(server.port, 't0ken')).status).toBe(200)
  })
})

describe('the flags', () => {
  const parsed = async (...args: string[]) => {
    const command = hostingOptions(new Command('serve'))
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
    await command.parseAsync(args, { from: 'user' })
    return command.opts()
  }

  test('stand for loopback and the known port by default', async () => {
    expect(await parsed()).toEqual({ host: '127.0.0.1', port: 7878, allowHost: [] })
  })

  test.each([
    [['--port', '0'], { port: 0 }],
    [['--port', '65535'], { port: 65_535 }],
    [['--host', '::1'], { host: '::1' }],
    [['--allow-host', 'studio.lan', 'loom.lan'], { allowHost: ['studio.lan', 'loom.lan'] }],
  ])('%j mean %j', async (args, expected) => {
    expect(await parsed(...args)).toMatchObject(expected)
  })

  test.each(['', ' ', '-1', '65536', '80.5', 'http', '0x', 'NaN'])('--port %j is refused', async (port) => {
    await expect(parsed('--port', port)).rejects.toThrow('a port is a whole number from 0 to 65535.')
  })
})
