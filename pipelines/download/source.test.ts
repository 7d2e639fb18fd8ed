import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DownloadError, type DownloadErrorKind } from './download-error.ts'
import { nameOf, parseSource, type Source } from './source.ts'

const kaggle = (more: object = {}): Source => ({ kind: 'kaggle', owner: 'owner', slug: 'set', ...more })

describe('a source', () => {
  it.each<[string, Source, string]>([
    ['prompts.csv', { kind: 'file', path: 'prompts.csv' }, 'a file'],
    ['/data/prompts.csv.zst', { kind: 'file', path: '/data/prompts.csv.zst' }, 'a packed file'],
    ['../my prompts (1).csv', { kind: 'file', path: '../my prompts (1).csv' }, 'a name with blanks'],
    ['C:\\data\\prompts.csv', { kind: 'file', path: 'C:\\data\\prompts.csv' }, 'a drive is no scheme'],
    ['a:b.csv', { kind: 'file', path: 'a:b.csv' }, 'nor is one letter'],
    ['kaggle/p.csv', { kind: 'file', path: 'kaggle/p.csv' }, 'a folder named kaggle'],
    ['https://host/p.csv?x=1', { kind: 'url', url: 'https://host/p.csv?x=1' }, 'an address'],
    ['HTTP://HOST/p.csv', { kind: 'url', url: 'http://host/p.csv' }, 'an address in capitals'],
    ['kaggle:owner/set', kaggle(), 'a set'],
    ['kaggle:owner/set/p.csv', kaggle({ file: 'p.csv' }), 'a file of a set'],
    ['kaggle:owner/set/folder/p.csv', kaggle({ file: 'folder/p.csv' }), 'a file in a folder of a set'],
    ['kaggle:owner/set@3', kaggle({ version: 3 }), 'a version'],
    ['kaggle:owner/set/p.csv@12', kaggle({ file: 'p.csv', version: 12 }), 'a file of a version'],
    ['kaggle:owner/set/my file.csv', kaggle({ file: 'my file.csv' }), 'a file with a blank'],
  ])('%j is %j: %s', (text, expected) => {
    expect(parseSource(text)).toEqual(expected)
  })

  it.each<[string, RegExp]>([
    ['', /^No source is given; set source to a CSV file, a URL or kaggle:owner\/slug\.$/],
    ['ftp://host/p.csv', /^The source ftp:\/\/host\/p\.csv is no http\(s\) URL/],
    ['s3://bucket/p.csv', /is no http\(s\) URL/],
    ['file:///etc/passwd', /is no http\(s\) URL/],
    ['http://', /is no http\(s\) URL/],
    ['kaggle:', /is no Kaggle name; write kaggle:owner\/slug/],
    ['kaggle:owner', /is no Kaggle name/],
    ['kaggle:owner/', /is no Kaggle name/],
    ['kaggle:/set', /is no Kaggle name/],
    ['kaggle:owner/set/', /is no Kaggle name/],
    ['kaggle:owner/set@', /is no Kaggle name/],
    ['kaggle:owner/set@0', /is no Kaggle name/],
    ['kaggle:owner/set@-1', /is no Kaggle name/],
    ['kaggle:owner/set@latest', /is no Kaggle name/],
    ['kaggle:owner/set@1.5', /is no Kaggle name/],
    ['kaggle:own er/set', /is no Kaggle name/],
    ['kaggle:../../etc/passwd', /is no Kaggle name/],
  ])('%j is none, and the message says what one is', (text, message) => {
    expect(() => parseSource(text)).toThrow(
      expect.objectContaining({ kind: 'bad_source', exitCode: 2, retryable: false }),
    )
    expect(() => parseSource(text)).toThrow(message)
  })

  it('of any text is a source or that one error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((tail) => `kaggle:${tail}`),
      fc.string().map((tail) => `https://${tail}`),
    )
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(['file', 'url', 'kaggle']).toContain(parseSource(given).kind)
        } catch (error) {
          expect(error).toBeInstanceOf(DownloadError)
        }
      }),
    )
  })
})

describe('the name in messages and records', () => {
  it.each([
    ['/data/p.csv', '/data/p.csv'],
    ['https://host/p.csv', 'https://host/p.csv'],
    ['https://host/p.csv?X-Amz-Signature=s3cret', 'https://host/p.csv'],
    ['https://host/p.csv#part', 'https://host/p.csv'],
    ['kaggle:owner/set/p.csv@3', 'kaggle:owner/set'],
  ])('of %s is %s: without a secret', (text, name) => {
    expect(nameOf(parseSource(text))).toBe(name)
  })
})

describe('an error of the download', () => {
  const KINDS: DownloadErrorKind[] = [
    'bad_source',
    'not_found',
    'forbidden',
    'rate_limited',
    'failed_request',
    'damaged',
    'changed',
    'cut',
    'row_count',
  ]

  it.each(KINDS)('of kind %s is the user’s to solve, unless another try may help', (kind) => {
    expect(new DownloadError(kind, 'x')).toMatchObject({ kind, name: 'DownloadError', exitCode: 2, retryable: false })
    expect(new DownloadError(kind, 'x', { retryable: true })).toMatchObject({ exitCode: 1, retryable: true })
  })

  it('keeps its cause, and the wait that was asked for', () => {
    const cause = new Error('ECONNRESET')
    expect(new DownloadError('failed_request', 'x', { cause, afterMs: 5 })).toMatchObject({ cause, afterMs: 5 })
    expect(new DownloadError('failed_request', 'x')).not.toHaveProperty('cause')
  })
})
