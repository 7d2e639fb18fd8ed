import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zipOf } from '@promptloom/dataset/zip.double'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type KaggleDouble, kaggleDouble, type Misbehaviour } from './kaggle-api.double.ts'
import { kaggleCredentials } from './kaggle-credentials.ts'
import { type TestWorkspace, testWorkspace } from './workspace.double.ts'

const ROWS = 300
const CSV = Buffer.from(
  `,id,prompt,url,width,height,source_site\n${Array.from({ length: ROWS }, (_, row) => `${row},id-${row},"prompt ${row}",,512,768,site\n`).join('')}`,
)
const OTHER = Buffer.from(CSV.toString().replace('prompt 7', 'prompt seven'))
const source = 'kaggle:owner/prompts/p.csv'

let workspace: TestWorkspace
let kaggle: KaggleDouble
beforeEach(async () => {
  workspace = await testWorkspace()
  kaggle = await kaggleDouble({ 'readme.md': Buffer.from('x'), 'p.csv': CSV }, kept)
})
afterEach(async () => {
  await kaggle[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const download = (more: Record<string, unknown> = {}, environment: Record<string, string> = {}) =>
  workspace.run({ source, kaggleApi: kaggle.api, ...more }, { environment })
const csv = () => readFile(join(workspace.path, 'download', 'source.csv'))
/** Resolves once so many bytes of the file lie in the cache, from where the next request goes on. */
const kept = (bytes: number) =>
  vi.waitFor(
    async () => {
      const cache = join(workspace.path, 'cache', 'download')
      const part = await stat(join(cache, (await readdir(cache))[0] as string, 'source.part'))
      expect(part.size).toBeGreaterThanOrEqual(bytes)
    },
    { timeout: 60_000, interval: 5 },
  )
const storageRequests = () => kaggle.requests.filter((one) => one.server === 'storage')

describe('a Kaggle set', () => {
  it('is downloaded in a pinned version, with its licence on record', async () => {
    await download()
    expect(await csv()).toEqual(CSV)
    expect(await workspace.outcomes()).toEqual({ ok: ROWS })
    const checkpoint = (await workspace.checkpoints()).find((one) => one.shard === 'source')
    expect(checkpoint?.facts).toMatchObject({ version: 1, licence: 'CC0-1.0', source: 'kaggle:owner/prompts/p.csv@1' })
    const asked = kaggle.requests.find((one) => one.path.includes('/download/'))
    expect(asked?.path).toContain('datasetVersionNumber=1')
  })

  it('never gives credentials to the storage', async () => {
    kaggle.allowed = 'Bearer t0ken'
    await download({}, { KAGGLE_API_TOKEN: 't0ken' })
    expect(new Set(kaggle.requests.filter((one) => one.server === 'api').map((one) => one.authorization))).toEqual(
      new Set(['Bearer t0ken']),
    )
    expect(storageRequests().map((one) => one.authorization)).toEqual([undefined])
  })

  it('may leave the file out where there is one CSV, and may name a version', async () => {
    kaggle.versions.push({ 'p.csv': OTHER })
    await download({ source: 'kaggle:owner/prompts@1' })
    expect(await csv()).toEqual(CSV)
    await download({ source: 'kaggle:owner/prompts@2' })
    expect(await csv()).toEqual(OTHER)
  })

  it('is asked for again only with refresh', async () => {
    await download()
    kaggle.versions.push({ 'p.csv': OTHER })
    const before = kaggle.requests.length
    expect((await download()).stages[0]).toMatchObject({ ran: 0 })
    expect(kaggle.requests).toHaveLength(before)
    await download({ refresh: true })
    expect(await csv()).toEqual(OTHER)
    expect((await download({ refresh: true })).stages[0]).toMatchObject({ ran: 0 })
  })

  it('may come as a zip, by whatever name', async () => {
    kaggle.versions[0] = { 'p.csv': zipOf({ 'p.csv': CSV }) }
    await download()
    expect(await csv()).toEqual(CSV)
  })

  it('is refused as a zip that leaves its folder', async () => {
    kaggle.versions[0] = { 'p.csv': zipOf({ 'p.csv': CSV, '../../evil.csv': CSV }) }
    await expect(download()).rejects.toThrow(/leaves its folder/)
    expect(await readdir(workspace.folder)).toEqual(['workspace'])
  })
})

describe('a Kaggle that misbehaves', () => {
  const cured: [string, Partial<Misbehaviour>][] = [
    ['429 in its own form', { flatLimit: 2 }],
    ["429 in Google's form, with Retry-After", { nestedLimit: 2 }],
    ['503', { unavailable: 2 }],
    ['an expired signature', { expired: 1 }],
    ['a cut connection', { cut: 1 }],
    ['more cuts than tries, as long as bytes come', { cut: 9 }],
    ['a Range that is ignored', { cut: 1, ignoresRange: 1 }],
    ['another range than was asked for', { cut: 1, wrongRange: 1 }],
    ['a changed byte', { corrupt: 1 }],
  ]
  it.each(cured)('is borne with: %s', async (_what, misbehaviour) => {
    Object.assign(kaggle.misbehave, misbehaviour)
    expect((await download()).exitCode).toBe(0)
    expect(await csv()).toEqual(CSV)
    expect(Object.values(kaggle.misbehave).every((left) => left === 0)).toBe(true)
  })

  it('goes on by Range after a cut, and asks for a new address when the old one has expired', async () => {
    kaggle.misbehave.cut = 1
    await download()
    expect(storageRequests().map((one) => one.range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
    expect(kaggle.requests.filter((one) => one.path.includes('/download/'))).toHaveLength(1)
  })

  it('asks the API again for an expired address and goes on from what it has', async () => {
    // What a killed process left: half of the file. The record says which version it is of.
    kaggle.misbehave.cut = 100
    const folder = await leftByKilledRun()
    Object.assign(kaggle.misbehave, { cut: 0, expired: 1 })
    kaggle.versions.push({ 'p.csv': OTHER })
    kaggle.requests.length = 0
    await download()
    expect(await csv()).toEqual(CSV)
    expect(storageRequests().map((one) => one.range)).toEqual([
      expect.stringMatching(/^bytes=[1-9]/),
      expect.stringMatching(/^bytes=[1-9]/),
    ])
    expect(kaggle.requests.filter((one) => one.path.includes('/download/')).map((one) => one.path)).toEqual([
      expect.stringContaining('datasetVersionNumber=1'),
      expect.stringContaining('datasetVersionNumber=1'),
    ])
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['source', 'source.json', 'pin.json']))
  })

  /** A run that ends with a part of the file in the cache: the storage goes away in the middle. */
  async function leftByKilledRun(): Promise<string> {
    const result = await download()
    expect(result.exitCode).toBe(1)
    const cache = join(workspace.path, 'cache', 'download')
    const folder = join(cache, (await readdir(cache))[0] as string)
    expect((await readFile(join(folder, 'source.part'))).length).toBeGreaterThan(0)
    expect(CSV.subarray(0, 100)).toEqual((await readFile(join(folder, 'source.part'))).subarray(0, 100))
    return folder
  }

  it('is given up on when the bytes stay wrong', async () => {
    kaggle.misbehave.corrupt = 100
    const result = await download()
    expect(result.exitCode).toBe(1)
    expect(result.stages[0]?.failures[0]?.message).toMatch(/arrived damaged: MD5/)
  })

  it('says what is wrong: consent in JSON with HTTP 200, no credentials, no such set, file or version', async () => {
    kaggle.misbehave.errorWith200 = 1
    await expect(download()).rejects.toThrow(
      /Kaggle refuses owner\/prompts \(consent is needed\): set KAGGLE_API_TOKEN/,
    )
    kaggle.allowed = 'Bearer right'
    const wrong = download({}, { KAGGLE_API_TOKEN: 'wr0ng' })
    await expect(wrong).rejects.toThrow(/the credentials from KAGGLE_API_TOKEN are not accepted/)
    await expect(wrong).rejects.not.toThrow('wr0ng')
    kaggle.allowed = undefined
    await expect(download({ source: 'kaggle:owner/nothing' })).rejects.toThrow(/Kaggle has no owner\/nothing/)
    await expect(download({ source: 'kaggle:owner/prompts/q.csv' })).rejects.toThrow(/it has readme.md, p.csv/)
    await expect(download({ source: 'kaggle:owner/prompts@9' })).rejects.toThrow(/Kaggle has no owner\/prompts@9/)
  })
})

describe('the real sample', () => {
  it('kaggle-sample.csv, as if from Kaggle', async (context) => {
    const path = join(process.env.PROMPTLOOM_SHARED ?? '../shared', 'data', 'kaggle-sample.csv')
    const sample = await readFile(path).catch(() => undefined)
    if (!sample) return context.skip('kaggle-sample.csv is not there')
    kaggle.versions[0] = { 'p.csv': zipOf({ 'p.csv': sample }) }
    await download({ shardRows: 100 })
    expect(await csv()).toEqual(sample)
    expect(await workspace.outcomes()).toEqual({ ok: 382 })
    expect((await workspace.rows('00000'))[0]).toMatchObject({
      id: '00151e80-24fc-4c01-b3a3-4c31bebafd22',
      width: 768,
      source_site: 'lexica.art',
    })
  })
})

describe('credentials', () => {
  it('are found in the order of Kaggle’s own client', async () => {
    const home = join(workspace.folder, 'home')
    const folder = join(home, '.kaggle')
    await mkdir(folder, { recursive: true })
    const pair = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
    const find = async (environment: Record<string, string>) =>
      (await kaggleCredentials({ HOME: home, ...environment }))?.authorization
    expect(await find({})).toBeUndefined()
    await writeFile(join(folder, 'kaggle.json'), '{"username":"home","key":"k"}')
    expect(await find({})).toBe(pair('home:k'))
    const other = join(workspace.folder, 'other')
    await mkdir(other)
    await writeFile(join(other, 'kaggle.json'), '{"username":"other","key":"k"}')
    expect(await find({ KAGGLE_CONFIG_DIR: other })).toBe(pair('other:k'))
    expect(await find({ KAGGLE_USERNAME: 'me', KAGGLE_KEY: 'k2', KAGGLE_CONFIG_DIR: other })).toBe(pair('me:k2'))
    await writeFile(join(folder, 'access_token.txt'), 'from-txt\n')
    expect(await find({ KAGGLE_USERNAME: 'me', KAGGLE_KEY: 'k2' })).toBe('Bearer from-txt')
    await writeFile(join(folder, 'access_token'), 'from-file\n')
    expect(await find({})).toBe('Bearer from-file')
    expect(await find({ KAGGLE_API_TOKEN: 'value' })).toBe('Bearer value')
    expect(await find({ KAGGLE_API_TOKEN: join(folder, 'access_token.txt') })).toBe('Bearer from-txt')
  })

  it('that are no credentials are named', async () => {
    await writeFile(join(workspace.folder, 'kaggle.json'), '{"user":1}')
    await expect(kaggleCredentials({ KAGGLE_CONFIG_DIR: workspace.folder })).rejects.toThrow(/kaggle\.json should hold/)
  })
})
