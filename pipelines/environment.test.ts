import { describe, expect, it } from 'vitest'
import { databaseServer, modelHub, secretNamed } from './environment.ts'

describe('databaseServer', () => {
  it('is nowhere unless the environment names it', () => {
    expect(databaseServer({})).toEqual({})
    expect(databaseServer({ MYSCALE_URL: '' })).toEqual({})
  })

  it('takes address, user and password, MyScale before ClickHouse', () => {
    const clickhouse = { CLICKHOUSE_URL: 'http://ch:8123', CLICKHOUSE_USER: 'c', CLICKHOUSE_PASSWORD: 'cp' }
    expect(databaseServer(clickhouse)).toEqual({ url: 'http://ch:8123/', user: 'c', password: 'cp' })
    const both = { ...clickhouse, MYSCALE_URL: 'https://ms:443/', MYSCALE_USER: 'm', MYSCALE_PASSWORD: 'mp' }
    expect(databaseServer(both)).toEqual({ url: 'https://ms/', user: 'm', password: 'mp' })
  })

  it('takes user and password out of the address, so that it can be shown', () => {
    expect(databaseServer({ MYSCALE_URL: 'https://me:p%40ss@ms:8443/' })).toEqual({
      url: 'https://ms:8443/',
      user: 'me',
      password: 'p@ss',
    })
  })

  it('takes a password with a bare percent sign as it stands', () => {
    const { url, user, password } = databaseServer({ CLICKHOUSE_URL: 'http://me%40home:100%@ch:8123/' })
    expect([url, user, password]).toEqual(['http://ch:8123/', 'me@home', '100%'])
  })

  it('lets its own variables win over what stands in the address, and shows neither in it', () => {
    const from = { MYSCALE_URL: 'https://old:secret@ms/', MYSCALE_USER: 'new', MYSCALE_PASSWORD: 'other' }
    expect(databaseServer(from)).toEqual({ url: 'https://ms/', user: 'new', password: 'other' })
  })

  it('never mixes one server’s address with another’s password', () => {
    const from = { MYSCALE_URL: 'https://ms/', CLICKHOUSE_USER: 'c', CLICKHOUSE_PASSWORD: 'cp' }
    expect(databaseServer(from)).toEqual({ url: 'https://ms/' })
    expect(databaseServer({ CLICKHOUSE_URL: 'http://ch/', MYSCALE_PASSWORD: 'mp' })).toEqual({ url: 'http://ch/' })
  })

  it('hands over an address that is none, for the store to refuse', () => {
    expect(databaseServer({ MYSCALE_URL: 'not an address' })).toEqual({ url: 'not an address' })
  })
})

describe('modelHub', () => {
  it('is the hub itself unless the environment names a mirror or a token', () => {
    expect(modelHub({})).toEqual({})
    expect(modelHub({ HF_ENDPOINT: '', HF_TOKEN: '' })).toEqual({})
  })

  it('is an address to which paths can be added', () => {
    expect(modelHub({ HF_ENDPOINT: 'https://mirror.example/hf//', HF_TOKEN: 't' })).toEqual({
      hub: 'https://mirror.example/hf',
      token: 't',
    })
  })
})

describe('a secret', () => {
  it('is what its variable holds, without the line end that a file or a shell leaves behind', () => {
    expect(secretNamed('MY_KEY', { MY_KEY: ' sk-1\n' })).toBe('sk-1')
    expect(secretNamed('MY_KEY', { MY_KEY: ' ' })).toBeUndefined()
    expect(secretNamed('MY_KEY', { OTHER: 'sk-1' })).toBeUndefined()
  })
})
