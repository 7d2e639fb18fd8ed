import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { SamplePicture } from './collection.ts'
import { startSampleHost } from './host.ts'
import { renderSample } from './rendering.ts'

const picture: SamplePicture = { prompt: 'a fox in the snow, ink', seed: 3, width: 96, height: 64 }
const pictures = new Map([
  ['/full_jpg/one', picture],
  ['/full_jpg/two', { ...picture, seed: 4 }],
  ['/gone/one', picture],
  ['/page/one', picture],
  ['/cut/one', picture],
  ['/private/one', picture],
])

async function ask(origin: string, path: string) {
  const response = await fetch(`${origin}${path}`)
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
}

test('answers as real hosts do', async () => {
  await using host = await startSampleHost({ port: 0, pictures })
  const whole = await ask(host.origin, '/full_jpg/one')
  expect(whole.status).toBe(200)
  expect(whole.headers.get('content-type')).toBe('image/jpeg')
  expect(await sharp(whole.body).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 64 })
  expect((await ask(host.origin, '/full_jpg/one')).body).toEqual(whole.body)
  expect((await ask(host.origin, '/full_jpg/other')).status).toBe(404)
  expect((await ask(host.origin, '/gone/one')).status).toBe(410)
  const page = await ask(host.origin, '/page/one')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
  const cut = await ask(host.origin, '/cut/one')
  await expect(sharp(cut.body, { failOn: 'truncated' }).raw().toBuffer()).rejects.toThrow()
  expect((await ask(host.origin, '/private/one')).headers.get('x-robots-tag')).toContain('noai')
})

test('says which port is taken, as a mistake that the user can cure', async () => {
  await using host = await startSampleHost({ port: 0, pictures })
  const port = Number(new URL(host.origin).port)
  const second = startSampleHost({ port, pictures })
  await expect(second).rejects.toMatchObject({ name: 'SampleHostError', exitCode: 2 })
  await expect(second).rejects.toThrow(`127.0.0.1:${port}`)
})

test('renders what the host shows, the same bytes, and keeps what is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sample-'))
  try {
    const told: number[] = []
    expect(await renderSample({ folder, pictures, onPicture: (done) => told.push(done) })).toBe(2)
    expect(told).toEqual([1, 2])
    expect((await readdir(folder)).sort()).toEqual(['one.jpg', 'two.jpg'])
    await using host = await startSampleHost({ port: 0, pictures })
    expect(await readFile(join(folder, 'one.jpg'))).toEqual((await ask(host.origin, '/full_jpg/one')).body)
    const before = await stat(join(folder, 'one.jpg'))
    expect(await renderSample({ folder, pictures })).toBe(2)
    expect((await stat(join(folder, 'one.jpg'))).mtimeMs).toBe(before.mtimeMs)
  } finally {
    await rm(folder, { recursive: true })
  }
})
