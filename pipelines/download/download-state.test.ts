import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DownloadState, readState, remoteState, revisionOf, sameContent, writeState } from './download-state.ts'

const MD5 = '1B2M2Y8AsgTpgAmY7PhCfg=='
const of = (status: number, headers: Record<string, string>) => remoteState(new Response(null, { status, headers }))

describe('what an answer says of the file', () => {
  it.each<[number, Record<string, string>, Partial<DownloadState>, number | undefined, string]>([
    [200, { 'content-length': '100' }, { total: 100 }, undefined, 'its length'],
    [
      206,
      { 'content-length': '40', 'content-range': 'bytes 60-99/100' },
      { total: 100 },
      60,
      'the length of the whole, of a part',
    ],
    [
      206,
      { 'content-length': '40', 'content-range': 'bytes 60-99/*' },
      {},
      60,
      'a part of something of unknown length',
    ],
    [206, { 'content-length': '40' }, {}, undefined, 'a part without saying which'],
    [206, { 'content-range': 'items 1-2/3' }, {}, undefined, 'a part in other units'],
    [200, {}, {}, undefined, 'nothing'],
    [200, { etag: '"1"' }, { etag: '"1"' }, undefined, 'a tag'],
    [
      200,
      { 'last-modified': 'Tue, 24 Nov 2026 00:00:00 GMT' },
      { lastModified: 'Tue, 24 Nov 2026 00:00:00 GMT' },
      undefined,
      'a date',
    ],
    [200, { 'x-goog-hash': `crc32c=AAAAAA==,md5=${MD5}` }, { md5: MD5 }, undefined, 'Google’s digests'],
    [200, { 'x-goog-hash': `md5=${MD5}` }, { md5: MD5 }, undefined, 'one digest alone'],
    [200, { 'x-goog-hash': `crc32c=AAAAAA==, md5=${MD5}` }, { md5: MD5 }, undefined, 'two headers in one'],
    [200, { 'x-goog-hash': 'crc32c=AAAAAA==' }, {}, undefined, 'another digest'],
    [200, { 'x-goog-hash': 'md5=short' }, {}, undefined, 'a digest that is none'],
  ])('HTTP %i with %j: %j, from byte %s (%s)', (status, headers, expected, start) => {
    const told = of(status, headers)
    expect(told.state).toMatchObject({ complete: false, ...expected })
    for (const key of ['total', 'etag', 'lastModified', 'md5'] as const)
      if (!(key in expected)) expect(told.state).not.toHaveProperty(key)
    expect(told.start).toBe(start)
  })

  it('has a revision made of the validators, unless one is given', () => {
    const response = () => new Response(null, { headers: { etag: '"1"', 'content-length': '5' } })
    expect(remoteState(response()).state.revision).toBe('"1" - 5')
    expect(remoteState(response(), 'version 3').state.revision).toBe('version 3')
  })

  it('has the same revision by range as by the whole: a probe of one byte tells them apart', () => {
    const whole = of(200, { etag: '"1"', 'content-length': '100' }).state.revision
    const probed = of(206, { etag: '"1"', 'content-length': '1', 'content-range': 'bytes 0-0/100' }).state.revision
    expect(probed).toBe(whole)
  })

  it.each<[Parameters<typeof revisionOf>[0], string]>([
    [{}, '- - -'],
    [{ etag: '"1"' }, '"1" - -'],
    [{ total: 0 }, '- - 0'],
  ])('%j has the revision %j', (facts, expected) => {
    expect(revisionOf(facts)).toBe(expected)
  })
})

describe('two answers are about the same bytes', () => {
  const state = (more: Partial<DownloadState>): DownloadState => ({ revision: 'r', complete: false, ...more })

  it.each<[Partial<DownloadState>, Partial<DownloadState>, boolean, string]>([
    [{}, {}, true, 'as far as nobody says otherwise'],
    [{ total: 1 }, {}, true, 'where one is silent'],
    [{ total: 1 }, { total: 1 }, true, 'of one length'],
    [{ total: 1 }, { total: 2 }, false, 'not of two lengths'],
    [{ etag: '"1"' }, { etag: '"2"' }, false, 'not of two tags'],
    [{ etag: '"1"' }, { etag: 'W/"1"' }, false, 'not of a strong and a weak tag'],
    [{ md5: 'a' }, { md5: 'b' }, false, 'not of two digests'],
    [{ lastModified: 'a' }, { lastModified: 'b' }, false, 'not of two dates'],
    [{ total: 1, etag: '"1"' }, { total: 1, md5: 'x' }, true, 'where they say different things'],
    [{ complete: true }, { complete: false }, true, 'whether complete or not'],
  ])('%j and %j: %s (%s)', (before, after, expected) => {
    expect(sameContent(state(before), state(after))).toBe(expected)
    expect(sameContent(state(after), state(before))).toBe(expected)
  })
})

describe('the record', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptloom-state-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('comes back as it was written, and leaves nothing half-written beside it', async () => {
    const state: DownloadState = { revision: 'r', total: 5, etag: '"1"', md5: MD5, complete: true }
    await writeState(join(folder, 'source'), state)
    expect(await readState(join(folder, 'source'))).toEqual(state)
    expect(await readdir(folder)).toEqual(['source.json'])
  })

  it.each<[string, string | undefined]>([
    ['is not there', undefined],
    ['is empty', ''],
    ['is half', '{"revision": "r", "comp'],
    ['is of another shape', '{"revision": 5, "complete": true}'],
    ['is of an older version', '{"complete": true}'],
    ['is no object', '[]'],
  ])('that %s is none: the download starts over', async (_, text) => {
    if (text !== undefined) await writeFile(join(folder, 'source.json'), text)
    expect(await readState(join(folder, 'source'))).toBeUndefined()
  })
})
