import { describe, expect, it } from 'vitest'
import { downloadOptions } from './options.ts'

const parse = (more: object = {}) => downloadOptions.safeParse({ source: 'p.csv', ...more })

describe('the options', () => {
  it('have a default for everything but the source', () => {
    expect(downloadOptions.safeParse({}).success).toBe(false)
    expect(parse().data).toEqual({
      source: 'p.csv',
      shardRows: 10_000,
      columns: { id: 'id', prompt: 'prompt', url: 'url', width: 'width', height: 'height', source_site: 'source_site' },
      badSize: 'reject',
      allowCut: false,
      refresh: false,
      kaggleApi: 'https://www.kaggle.com/api/v1',
    })
  })

  it.each([
    [{ shardRows: 1 }],
    [{ shardRows: 1_000_000 }],
    [{ expectRows: 'any' }],
    [{ expectRows: 908_000 }],
    [{ columns: { id: 'key' } }],
    [{ columns: { url: null, width: null, height: null, source_site: null } }],
    [{ badSize: 'keep' }],
    [{ entry: 'a.csv' }],
    [{ kaggleApi: 'http://127.0.0.1:8080/api/v1' }],
  ])('take %j', (more) => {
    expect(parse(more).success).toBe(true)
  })

  it.each<[object, string]>([
    [{ source: '' }, 'no source'],
    [{ shardRows: 0 }, 'no rows'],
    [{ shardRows: 1_000_001 }, 'too many rows'],
    [{ shardRows: 1.5 }, 'half a row'],
    [{ shardRows: '10000' }, 'a text'],
    [{ expectRows: 0 }, 'no rows expected'],
    [{ expectRows: 'some' }, 'another word'],
    [{ columns: { id: null } }, 'rows without an id'],
    [{ columns: { prompt: null } }, 'rows without a prompt'],
    [{ columns: { id: '' } }, 'a column without a name'],
    [{ columns: { identifier: 'x' } }, 'a column that nobody knows'],
    [{ badSize: 'ignore' }, 'another word'],
    [{ entry: '' }, 'an entry without a name'],
    [{ kaggleApi: 'kaggle' }, 'no address'],
    [{ refersh: true }, 'a key that nobody knows'],
  ])('refuse %j: %s', (more) => {
    expect(parse(more).success).toBe(false)
  })

  it('say of every key what it is, with its default', () => {
    for (const [key, schema] of Object.entries(downloadOptions.shape)) {
      expect([key, (schema.description ?? '').length > 40]).toEqual([key, true])
      expect([key, /default|no default/i.test(schema.description ?? '')]).toEqual([key, true])
    }
  })
})
