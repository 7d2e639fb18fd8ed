import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { define } from '../commands/bench-fetch.ts'
import { benchmarkFetch, madePictures } from './benchmark.ts'
import { fetchOptions } from './options.ts'
import { soak } from './soak.ts'

test('the pictures made are 512×512 JPEGs of about 60 KB', async () => {
  const [first, second] = (await madePictures(2)) as [Buffer, Buffer]
  expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 512, height: 512 })
  expect(Math.abs(first.length - 60_000)).toBeLessThan(15_000)
  expect(first.equals(second)).toBe(false)
})

test('the benchmark measures both variants on the same files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const [picture] = (await madePictures(1)) as [Buffer]
  await writeFile(join(folder, 'a.jpg'), picture)
  await writeFile(join(folder, 'notes.txt'), 'no picture')
  const report = await benchmarkFetch({ images: folder, count: 12, rounds: 2, store: 'webp' })
  expect(report.pictures).toEqual({ count: 12, rounds: 2, different: 1, meanBytes: picture.length, store: 'webp' })
  for (const { least, median, most } of [report.share.wall, report.share.cpu]) {
    expect(least).toBeGreaterThan(0)
    expect([least, median, most]).toEqual([least, median, most].sort((a, b) => a - b))
  }
  expect(Math.min(report.fetch.perSecond, report.bare.perSecond)).toBeGreaterThan(0)
  expect(report.warmUp).toBe(48)
  expect(report.serverMs).toBeGreaterThan(0)
})

test('a folder without pictures, or none at all, is the user’s mistake', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const options = { count: 1, rounds: 1, store: 'jpeg' } as const
  await expect(benchmarkFetch({ ...options, images: folder })).rejects.toMatchObject({ exitCode: 2 })
  await expect(benchmarkFetch({ ...options, images: join(folder, 'x') })).rejects.toMatchObject({ exitCode: 2 })
})

test('the soak gives a curve, and leaves no socket behind', async () => {
  const report = await soak(300)
  expect(report.curve.map(({ urls }) => urls)).toEqual([0, 300])
  expect(report.after.sockets).toBe(0)
  for (const { rss, anonymous, reserved, heap } of report.curve) {
    expect(rss).toBeGreaterThanOrEqual(anonymous ?? 0)
    expect(anonymous ?? rss).toBeGreaterThan(heap)
    expect(reserved).toBeGreaterThanOrEqual(heap)
  }
})

test('the command explains itself and refuses nonsense', async () => {
  const command = new Command('fetch').exitOverride().configureOutput({ writeErr: () => {} })
  define(command)
  expect(command.helpInformation()).toContain('--soak <urls>')
  await expect(command.parseAsync(['--count', '0'], { from: 'user' })).rejects.toThrow('whole number above 0')
})

test('every option says what it does, and its default is one', () => {
  const defaults = fetchOptions.parse({})
  for (const [name, schema] of Object.entries(fetchOptions.shape)) {
    expect(schema.description, name).toMatch(/Default: |\(fastest/)
    expect(defaults).toHaveProperty(name)
  }
  expect(() => fetchOptions.parse({ maxside: 5 })).toThrow()
})
