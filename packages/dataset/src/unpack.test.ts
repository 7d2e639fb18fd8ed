import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { packingOf, type UnpackOptions, unpack } from './unpack.ts'
import { zipOf } from './zip.double.ts'

const CSV = 'id,prompt\n1,"a cat, é"\n'
/** The text above, packed by the zstd program with a checksum. */
const ZSTD = Buffer.from('KLUv/QRowQAAaWQscHJvbXB0CjEsImEgY2F0LCDDqSIKFJxvQg==', 'base64')

const folders: string[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-unpack-'))
  folders.push(folder)
})
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true })
})

async function unpacked(content: string | Buffer, options?: UnpackOptions) {
  await writeFile(join(folder, 'packed'), content)
  const result = await unpack(join(folder, 'packed'), join(folder, 'out.csv'), options)
  return { ...result, text: await readFile(join(folder, 'out.csv'), 'utf8') }
}

describe('unpacking', () => {
  it('tells by the first bytes, not by the name', async () => {
    expect(await unpacked(CSV)).toEqual({ packing: 'plain', text: CSV })
    expect(await unpacked(gzipSync(CSV))).toEqual({ packing: 'gzip', text: CSV })
    expect(await unpacked(ZSTD)).toEqual({ packing: 'zstd', text: CSV })
    expect(await unpacked(zipOf({ 'prompts.csv': CSV }))).toEqual({ packing: 'zip', entry: 'prompts.csv', text: CSV })
  })

  it('takes several gzip or zstd members as one file', async () => {
    expect((await unpacked(Buffer.concat([gzipSync('id,'), gzipSync('prompt\n')]))).text).toBe('id,prompt\n')
    expect((await unpacked(Buffer.concat([ZSTD, ZSTD]))).text).toBe(CSV + CSV)
  })

  it('finds the one CSV among other files, or the one that is named', async () => {
    const zip = zipOf({ 'readme.txt': 'hello', '__MACOSX/._p.csv': 'x', 'deep/p.csv': CSV, 'other.tsv': 'id' })
    expect((await unpacked(zip)).entry).toBe('deep/p.csv')
    expect((await unpacked(zip, { entry: 'other.tsv' })).text).toBe('id')
    expect((await unpacked(zip, { entry: 'p.csv' })).entry).toBe('deep/p.csv')
  })

  it('reports progress', async () => {
    const seen: number[] = []
    await unpacked(gzipSync(CSV.repeat(50_000)), { onBytes: (bytes) => seen.push(bytes) })
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.at(-1)).toBe(Buffer.byteLength(CSV) * 50_000)
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(unpacked(gzipSync(CSV), { signal })).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['packed'])
  })
})

describe('an archive that is not as it should be', () => {
  it.each(['../evil.csv', '/etc/evil.csv', 'a/../../evil.csv', 'C:/evil.csv', '..\\evil.csv'])(
    'is refused as a whole when it holds %s',
    async (name) => {
      await expect(unpacked(zipOf({ 'good.csv': CSV, [name]: CSV }))).rejects.toThrow(/leaves its folder/)
      expect(await readdir(folder)).toEqual(['packed'])
    },
  )

  it('names what it holds when there is not exactly one CSV', async () => {
    const two = zipOf({ 'a.csv': CSV, 'b.csv': CSV })
    await expect(unpacked(two)).rejects.toThrow(/should hold exactly one CSV file; it holds a.csv, b.csv/)
    await expect(unpacked(two, { entry: 'c.csv' })).rejects.toThrow(/exactly one file c.csv; it holds a.csv, b.csv/)
    await expect(unpacked(zipOf({}))).rejects.toThrow(/it holds nothing/)
  })

  it.each([
    ['gzip', gzipSync(CSV.repeat(1000)).subarray(0, 40)],
    ['zstd', ZSTD.subarray(0, 20)],
    ['zip', zipOf({ 'p.csv': CSV.repeat(1000) }).subarray(0, 60)],
  ])('is called damaged when a %s is cut short', async (packing, content) => {
    await expect(unpacked(content)).rejects.toThrow(new RegExp(`damaged or incomplete ${packing} file`))
    expect(await readdir(folder)).toEqual(['packed'])
  })

  it('is called damaged when a byte of it has changed', async () => {
    const zip = zipOf({ 'p.csv': CSV })
    zip[30 + 5 + 3] = (zip[30 + 5 + 3] as number) ^ 0x10
    await expect(unpacked(zip)).rejects.toMatchObject({ kind: 'bad_csv', exitCode: 2 })
  })

  it.each([6, 12, 25])('is called damaged when byte %i of a zstd file has changed', async (at) => {
    const packed = Buffer.from(ZSTD)
    packed[at] = (packed[at] as number) ^ 0x10
    await expect(unpacked(packed)).rejects.toThrow(/damaged or incomplete zstd file/)
  })

  it('cannot fill the disk', async () => {
    await expect(unpacked(gzipSync(Buffer.alloc(5_000_000)), { longest: 1_000_000 })).rejects.toThrow(
      'packed unpacks to more than 1000000 bytes',
    )
    expect(await readdir(folder)).toEqual(['packed'])
  })

  it('is recognised when it is a web page or a Parquet file', async () => {
    await writeFile(join(folder, 'page'), '\uFEFF\n<!DOCTYPE html><html>Sign in')
    await writeFile(join(folder, 'table'), 'PAR1....PAR1')
    await expect(packingOf(join(folder, 'page'))).rejects.toThrow(/page is a web page, not a CSV file/)
    await expect(packingOf(join(folder, 'table'))).rejects.toThrow(/a Parquet file/)
  })
})

describe('the large collection', () => {
  const shared = join(process.env.PROMPTLOOM_SHARED ?? '../shared', 'data', 'prompts-900k.csv.zst')
  it('unpacks prompts-900k.csv.zst', async (context) => {
    if (!(await stat(shared).catch(() => undefined))) return context.skip('prompts-900k.csv.zst is not there')
    const target = join(folder, 'big.csv')
    await unpack(shared, target)
    const hash = createHash('sha256')
    let lines = 0
    for await (const chunk of createReadStream(target)) {
      hash.update(chunk)
      for (const byte of chunk as Buffer) if (byte === 0x0a) lines++
    }
    expect(lines).toBeGreaterThan(900_000)
    expect(hash.digest('hex')).toBe('07906fbfc37623eee5cd3989c560fad6095f583c55eda7a4a753ecb008d191c4')
  })
})
