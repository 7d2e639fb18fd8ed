import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Model, openModel } from '@promptloom/clip/model'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { PoliteClient } from '@promptloom/http/client'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelEncoder } from './model-encoder.ts'
import { pictureFetcher } from './picture-address.ts'
import { PictureRefusedError } from './search-error.ts'
import { dot } from './vector.ts'

let folder: string
let model: Model
let png: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-encoder-'))
  await writeSyntheticModel(folder, TINY)
  model = await openModel(folder, { workers: 1, device: 'cpu' })
  png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'orange' } })
    .png()
    .toBuffer()
})
afterAll(async () => {
  await model[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe('a model as search uses it', () => {
  it('embeds texts to unit vectors, in order, and says which were too long', async () => {
    const { embedTexts, dimension, digest } = modelEncoder(model, { name: 'tiny' })
    const [cat, long, again] = await embedTexts(['a cat', 'very long '.repeat(40), 'a cat'])
    expect(cat?.vector).toHaveLength(dimension)
    expect(dot(cat?.vector ?? [], cat?.vector ?? [])).toBeCloseTo(1, 5)
    expect([cat?.overlong, long?.overlong]).toEqual([false, true])
    expect([...(again?.vector ?? [])]).toEqual([...(cat?.vector ?? [])])
    expect(digest).toBe(model.digest)
  })

  it('embeds pictures after preparing them', async () => {
    const seen: number[] = []
    const preparePicture = async (bytes: Uint8Array) => {
      seen.push(bytes.byteLength)
      return png
    }
    const encoder = modelEncoder(model, { name: 'tiny', preparePicture })
    const [vector] = (await encoder.embedPictures?.([new Uint8Array(7)])) ?? []
    expect(seen).toEqual([7])
    expect(dot(vector ?? [], vector ?? [])).toBeCloseTo(1, 5)
  })

  it('refuses bytes that do not decode', async () => {
    const encoder = modelEncoder(model, { name: 'tiny' })
    for (const bytes of [new Uint8Array(0), Buffer.from('<svg/>'), png.subarray(0, 60)]) {
      await expect(encoder.embedPictures?.([bytes])).rejects.toBeInstanceOf(PictureRefusedError)
    }
  })

  it('takes no pictures without a picture tower, and stops when told to', async () => {
    expect(modelEncoder({ ...model, image: undefined }, { name: 'words' }).embedPictures).toBeUndefined()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(modelEncoder(model, { name: 'tiny' }).embedTexts(['a'], signal)).rejects.toThrow('gone')
  })
})

describe('pictures by address', () => {
  let server: Server
  let origin: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/ok.png') response.writeHead(200, { 'content-type': 'image/png' }).end(png)
      else if (request.url === '/inside') response.writeHead(302, { location: 'http://10.0.0.1/secret' }).end()
      else if (request.url === '/huge') response.writeHead(200).end(Buffer.alloc(200_000))
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  const options = { userAgent: 'Promptloom-test/1', attempts: 1, totalTimeoutMs: 5_000 }

  it('are fetched through the guard', async () => {
    await using client = new PoliteClient({ ...options, allow: ['127.0.0.1'] })
    const fetchPicture = pictureFetcher(client, 100_000)
    expect(Buffer.from(await fetchPicture(`${origin}/ok.png`)).equals(png)).toBe(true)
    await expect(fetchPicture(`${origin}/inside`)).rejects.toMatchObject({ code: 'picture_refused' })
    await expect(fetchPicture(`${origin}/huge`)).rejects.toThrow(/cannot be fetched: .*100000/)
    await expect(fetchPicture(`${origin}/none`)).rejects.toThrow(/answered 404/)
    await expect(fetchPicture(`${origin}/ok.png`, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })

  it('inside private networks are refused', async () => {
    await using client = new PoliteClient(options)
    await expect(pictureFetcher(client)(`${origin}/ok.png`)).rejects.toBeInstanceOf(PictureRefusedError)
  })
})
