import { describe, expect, it } from 'vitest'
import { databaseServer } from './environment.ts'

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

  it('hands over an address that is none, for the store to refuse', () => {
    expect(databaseServer({ MYSCALE_URL: 'not an address' })).toEqual({ url: 'not an address' })
  })
})
