import { describe, expect, test } from 'vitest'
import { storeConfig } from './config.ts'

const embedded = { kind: 'embedded', path: '/data/store' }
const server = { kind: 'server', url: 'https://host:8443' }
const faults = (config: unknown) =>
  storeConfig.safeParse(config).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

test('the embedded store needs its folder alone', () => {
  expect(storeConfig.parse(embedded)).toEqual({
    ...embedded,
    database: 'promptloom',
    tables: { text: 'prompt_text', image: 'prompt_image' },
    arguments: [],
  })
})

test('a server needs its address alone, and nobody’s tables are made on a cluster by default', () => {
  expect(storeConfig.parse(server)).toEqual({
    ...server,
    user: 'default',
    password: '',
    database: 'default',
    tables: { text: 'prompt_text', image: 'prompt_image' },
    replicated: false,
    distributed: false,
    requestTimeout: 300_000,
    wakeTimeout: 120_000,
    settings: {},
  })
})

test('one table may be renamed and the other keeps its name', () => {
  expect(storeConfig.parse({ ...embedded, tables: { image: 'pictures_2026' } }).tables).toEqual({
    text: 'prompt_text',
    image: 'pictures_2026',
  })
})

describe('names go into SQL as they are, so that they must be plain', () => {
  test.each(['a', '_a', 'A9', 'a_b', 'a'.repeat(127)])('%j is a name', (name) => {
    expect(faults({ ...server, database: name, cluster: name, tables: { text: name } })).toBeUndefined()
  })

  test.each(['', '9a', 'a-b', 'a.b', 'a b', 'a;DROP TABLE b', 'a`', "a'", 'ä', 'a\n', 'a'.repeat(128)])(
    '%j is none',
    (name) => {
      for (const config of [
        { ...embedded, database: name },
        { ...embedded, tables: { text: name } },
        { ...server, database: name },
        { ...server, cluster: name },
        { ...server, tables: { image: name } },
      ]) {
        expect(faults(config)).toHaveLength(1)
      }
    },
  )
})

test.each([
  ['no kind', { path: '/data' }],
  ['a kind that is none', { kind: 'cloud', url: 'https://host' }],
  ['an empty folder', { kind: 'embedded', path: '' }],
  ['an address of another protocol', { kind: 'server', url: 'tcp://host:9000' }],
  ['an address that is none', { kind: 'server', url: 'host:8443' }],
  ['no address', { kind: 'server' }],
  ['a folder for a server', { ...server, path: '/data' }],
  ['a cluster for the embedded one', { ...embedded, cluster: 'main' }],
  ['a key with a typing error', { ...server, requestTimout: 5 }],
  ['no time at all for a request', { ...server, requestTimeout: 0 }],
  ['half a byte of memory', { ...embedded, memoryLimit: 0.5 }],
  ['a list as a setting', { ...server, settings: { max_threads: [2] } }],
])('%s is refused', (_, config) => {
  expect(faults(config)).toHaveLength(1)
})

test('a server that sleeps need not be waited for', () => {
  expect(storeConfig.parse({ ...server, wakeTimeout: 0 })).toMatchObject({ wakeTimeout: 0 })
})
