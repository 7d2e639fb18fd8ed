import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyPictureRow } from '@promptloom/dataset/picture-table'
import { beforeEach, expect, test } from 'vitest'
import { fetchFacts } from './fetch-log.ts'
import type { Finding } from './finding.ts'
import { Spool } from './spool.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'spool-')), 'cache', '00000.spool')
})

function finding(id: string, outcome = 'ok'): Finding {
  return { row: emptyPictureRow(id, outcome), fetch: fetchFacts({ id, url: '' }, { detail: 'größer als 1 €' }) }
}

async function filled(ids: readonly string[], pictures: readonly Buffer[] = []): Promise<void> {
  await using spool = await Spool.open(path, 'key')
  for (const [n, id] of ids.entries()) await spool.add(finding(id), pictures[n])
}

test('gives back what it was given, in this attempt and the next', async () => {
  const pictures = [randomBytes(10), randomBytes(100_000)]
  await filled(['a', 'b'], pictures)
  await using spool = await Spool.open(path, 'key')
  for (const [n, id] of ['a', 'b'].entries()) {
    const spooled = spool.get(id)
    expect(spooled?.finding.row.id).toBe(id)
    expect(spooled?.finding.fetch.detail).toBe('größer als 1 €')
    expect(spooled && (await spool.picture(spooled)).equals(pictures[n] as Buffer)).toBe(true)
  }
  expect(spool.get('c')).toBeUndefined()
})

test('writes may overlap, and the latest finding of a row counts', async () => {
  const pictures = Array.from({ length: 200 }, (_, n) => randomBytes(1 + n * 13))
  {
    await using spool = await Spool.open(path, 'key')
    await Promise.all(pictures.map((picture, n) => spool.add(finding(`row ${n}`), picture)))
    await spool.add(finding('row 7', 'timeout'))
  }
  await using spool = await Spool.open(path, 'key')
  expect(spool.get('row 7')?.finding.row.outcome).toBe('timeout')
  for (const [n, picture] of pictures.entries()) {
    const spooled = spool.get(`row ${n}`)
    if (n !== 7) expect(spooled && (await spool.picture(spooled)).equals(picture)).toBe(true)
  }
})

test('wherever a kill cuts it, the whole records are kept and the rest is written anew', async () => {
  await filled(['a', 'b', 'c'], [randomBytes(50), randomBytes(50), randomBytes(50)])
  const { size } = await stat(path)
  const whole = await readFile(path)
  for (let length = 0; length < size; length += 37) {
    await writeFile(path, whole)
    await truncate(path, length)
    const spool = await Spool.open(path, 'key')
    const kept = ['a', 'b', 'c'].filter((id) => spool.get(id))
    expect(['', 'a', 'a,b', 'a,b,c']).toContain(kept.join())
    await spool.add(finding('d'), Buffer.from('again'))
    await spool[Symbol.asyncDispose]()
    await using again = await Spool.open(path, 'key')
    expect(['a', 'b', 'c', 'd'].filter((id) => again.get(id))).toEqual([...kept, 'd'])
  }
})

test('damage ends what is read back', async () => {
  await filled(['a', 'b', 'c'])
  const bytes = await readFile(path)
  bytes[bytes.indexOf('"b"') + 1] = 0x78
  await writeFile(path, bytes)
  await appendFile(path, randomBytes(100))
  await using spool = await Spool.open(path, 'key')
  expect(['a', 'b', 'c'].map((id) => spool.get(id) !== undefined)).toEqual([true, false, false])
})

test('up to seven findings wait to be written together; a large one goes at once, and a reading brings them all', async () => {
  await using spool = await Spool.open(path, 'key')
  const { size: empty } = await stat(path)
  const size = async () => (await stat(path)).size
  for (let n = 0; n < 7; n++) await spool.add(finding(`row ${n}`), randomBytes(10))
  expect(await size()).toBe(empty)
  await spool.add(finding('row 7'), randomBytes(10))
  const eight = await size()
  expect(eight).toBeGreaterThan(empty)
  await spool.add(finding('large'), randomBytes(1 << 20))
  expect(await size()).toBeGreaterThan(eight + (1 << 20))
  const small = randomBytes(10)
  await spool.add(finding('small'), small)
  const spooled = spool.get('small')
  expect(spooled && (await spool.picture(spooled)).equals(small)).toBe(true)
})

test('another key begins anew', async () => {
  await filled(['a'])
  await using spool = await Spool.open(path, 'yek')
  expect(spool.get('a')).toBeUndefined()
})

test('is gone once removed', async () => {
  const spool = await Spool.open(path, 'key')
  await spool.add(finding('a'))
  await spool.remove()
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('pictures are read in any order, also between and while others are written', async () => {
  const pictures = Array.from({ length: 60 }, (_, n) => randomBytes(n % 7 === 0 ? 300_000 : 9_000 + n))
  await using spool = await Spool.open(path, 'key')
  const read = async (n: number) => {
    const spooled = spool.get(`row ${n}`)
    expect(spooled && (await spool.picture(spooled)).equals(pictures[n] as Buffer), `row ${n}`).toBe(true)
  }
  for (const [n, picture] of pictures.entries()) {
    const written = spool.add(finding(`row ${n}`), picture)
    if (n > 0) await Promise.all([read(n - 1), read(Math.floor(n / 2)), written])
    else await written
  }
  for (let n = 0; n < 60; n++) await read((n * 37) % 60)
})
