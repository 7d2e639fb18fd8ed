import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { run } from '@promptloom/runner/run'
import type { Answer } from '@promptloom/search/answer'
import { searchRoutes } from '@promptloom/search/server/search-routes'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Configuration, configurationSchema } from './configuration.ts'
import { pictureSamples, samplePicture } from './fetch-images/picture-samples.double.ts'
import { buildPipeline } from './pipeline.ts'
import { openSearchSession, type SearchSession } from './search-session.ts'

let folder: string
let configuration: Configuration
let session: SearchSession
let server: RunningServer
let samples: Readonly<Record<string, Buffer>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-session-'))
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < 12; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},prompt number ${at} of a tiny collection,${at}.jpg,96,80,here`)
  }
  const source = join(folder, 'prompts.csv')
  await writeFile(source, `${rows.join('\n')}\n`)
  const workspace = join(folder, 'workspace')
  configuration = configurationSchema.parse({ workspace, source, model, 'fetch-images': { localRoot: folder } })
  const pipeline = buildPipeline(configuration)
  const { exitCode } = await run({ workspace, pipeline, to: 'build-index', signal: new AbortController().signal })
  expect(exitCode).toBe(0)
  session = await openSearchSession(configuration)
  server = await createServer({ routes: searchRoutes(session.searcher) })
  samples = await pictureSamples()
}, 120_000)
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await session?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Asks with a picture over HTTP, as a browser would upload it. */
async function upload(bytes: Uint8Array, find = 'pictures') {
  const form = new FormData()
  form.set('question', JSON.stringify({ find, terms: [{ upload: 'p' }], k: 3 }))
  form.set('p', new Blob([new Uint8Array(bytes)]), 'p.jpg')
  const response = await fetch(`${server.url}/api/search`, { method: 'POST', body: form })
  const body = (await response.json()) as Answer & { error: { code: string; message: string } }
  return { status: response.status, body }
}

describe('a workspace opened for searching', () => {
  it('finds a prompt by itself, with its local picture', async () => {
    const { hits } = await session.searcher.ask({ terms: [{ text: 'prompt number 7 of a tiny collection' }] })
    expect(hits[0]).toMatchObject({ id: 'row-7', url: '7.jpg', hasPicture: true })
    expect(hits[0]?.distance).toBeCloseTo(0, 4)
    const thumbnail = await fetch(`${server.url}${hits[0]?.thumbnail}?size=48`)
    const { width, height } = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata()
    expect({ width, height }).toEqual({ width: 48, height: 40 })
  })

  it('prepares a question’s picture as the collection’s were: the same picture is at distance 0', async () => {
    const original = await (await samplePicture(5)).jpeg().toBuffer()
    const { body } = await upload(original)
    expect(body.hits[0]?.id).toBe('row-5')
    expect(body.hits[0]?.distance).toBeCloseTo(0, 3)
    const reverse = await upload(original, 'prompts')
    expect(reverse.body.hits[0]?.id).toBe('row-5')
    expect(reverse.body.hits[0]?.why.map(({ route }) => route)).toContain('picture→pictures')
  })

  it('refuses a model that the tables were not made with', async () => {
    const other = join(folder, 'other')
    await writeSyntheticModel(other, TINY, { seed: 2 })
    await session[Symbol.asyncDispose]()
    const error = await openSearchSession({ ...configuration, model: other }).catch((reason) => reason)
    session = await openSearchSession(configuration)
    expect(error).toMatchObject({ code: 'model_mismatch', exitCode: 2 })
    expect((await session.searcher.ask({ terms: [{ text: 'x' }], k: 1 })).hits).toHaveLength(1)
    await server[Symbol.asyncDispose]()
    server = await createServer({ routes: searchRoutes(session.searcher) })
  })
})

describe('pictures of strangers', () => {
  it.each(['ok.jpg', 'ok.png', 'ok.webp', 'ok.gif', 'cmyk.jpg', 'upside-down.jpg', 'alpha.png', 'moving.gif'])(
    '%s is taken',
    async (name) => {
      const { status, body } = await upload(samples[name] as Buffer)
      expect({ status, hits: body.hits?.length }).toEqual({ status: 200, hits: 3 })
    },
  )

  it.each(['truncated.jpg', 'truncated.png', 'truncated.webp', 'corrupt.jpg', 'tiny.png'])(
    '%s is refused with a sentence',
    async (name) => {
      const { status, body } = await upload(samples[name] as Buffer)
      expect(status).toBe(422)
      expect(body.error).toMatchObject({ code: 'picture_refused' })
      expect(body.error.message).toMatch(/^The picture cannot be used, .*\.$/)
    },
  )

  it.each<[string, () => Promise<Uint8Array> | Uint8Array, RegExp]>([
    [
      'an SVG that reads a file',
      () => Buffer.from('<svg><image href="file:///etc/passwd"/></svg>'),
      /unsupported format: SVG/,
    ],
    ['a web page', () => Buffer.from('<!doctype html><script>1</script>'), /not an image: looks like HTML/],
    ['a PDF', () => Buffer.from('%PDF-1.7 …'), /unsupported format: PDF/],
    ['nothing', () => new Uint8Array(0), /not an image/],
    [
      'a bomb: few bytes, 64 million pixels',
      () =>
        sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'black' } })
          .png()
          .toBuffer(),
      /too many pixels: 8000×8000/,
    ],
  ])('%s is refused', async (_, make, message) => {
    const { status, body } = await upload(await make())
    expect(status).toBe(422)
    expect(body.error.message).toMatch(message)
  })

  it.each([
    'http://127.0.0.1:9/a.png',
    'http://localhost/a.png',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/a.png',
    'http://2130706433/a.png',
    'http://[::ffff:10.0.0.1]/a.png',
  ])('an address inside private networks is not asked: %s', async (url) => {
    const error = await session.searcher.ask({ terms: [{ url }] }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'picture_refused', exitCode: 2 })
    expect(error.message).toMatch(/cannot be fetched/)
  })
})
