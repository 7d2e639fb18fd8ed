import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ByteBudget } from '@promptloom/http/byte-budget'
import { beforeAll, describe, expect, test } from 'vitest'
import { pictureAddress } from './address.ts'
import { readLocalFile } from './local-file.ts'
import { likelyAliveFirst } from './order.ts'

const none = { baseUrl: '', localRoot: '' }

describe('addresses', () => {
  test('web addresses are taken as they are', () => {
    expect(pictureAddress('https://example.org:8443/a b.jpg', none)).toEqual({
      kind: 'web',
      url: 'https://example.org:8443/a%20b.jpg',
      host: 'example.org:8443',
    })
  })

  test.each([
    ['', 'no_url'],
    ['  ', 'no_url'],
    ['a.jpg', 'bad_url'],
    ['ftp://example.org/a.jpg', 'bad_url'],
    ['data:image/png;base64,AAAA', 'bad_url'],
    ['javascript:alert(1)', 'bad_url'],
    ['file:///etc/passwd', 'blocked_address'],
    ['file://server/share/a.jpg', 'bad_url'],
  ])('"%s" is %s without a base', (url, outcome) => {
    expect(pictureAddress(url, none)).toMatchObject({ kind: 'none', outcome })
  })

  test('relative ones follow the base, or else the local folder', () => {
    const baseUrl = 'https://example.org/pictures/'
    expect(pictureAddress('a.jpg', { baseUrl, localRoot: '/data' })).toMatchObject({ url: `${baseUrl}a.jpg` })
    expect(pictureAddress('images/a.jpg', { baseUrl: '', localRoot: '/data' })).toEqual({
      kind: 'file',
      path: '/data/images/a.jpg',
    })
  })

  test('files stay below their root', () => {
    const options = { baseUrl: '', localRoot: '/data' }
    for (const url of [
      '../etc/passwd',
      'a/../../etc/passwd',
      'file:///database/a.jpg',
      '%2e%2e/etc/passwd',
      'file:///data',
    ]) {
      expect(pictureAddress(url, options), url).toMatchObject({ outcome: 'blocked_address' })
    }
    expect(pictureAddress('..%2fetc', options)).toMatchObject({ outcome: 'bad_url' })
  })
})

describe('local files', () => {
  const memory = new ByteBudget(14)
  const rules = (maxBytes: number) => ({ root, maxBytes, memory })
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'root-'))
    await writeFile(join(root, 'a.jpg'), 'picture')
    await mkdir(join(root, 'folder'))
    await symlink('a.jpg', join(root, 'inside.jpg'))
    await symlink('/etc/hostname', join(root, 'outside.jpg'))
    await symlink('loop.jpg', join(root, 'loop.jpg'))
    execFileSync('mkfifo', [join(root, 'pipe.jpg')])
  })

  test('are read, through links inside the root too', async () => {
    for (const name of ['a.jpg', 'inside.jpg']) {
      expect(await readLocalFile(join(root, name), rules(100))).toMatchObject({ bytes: Buffer.from('picture') })
    }
    expect(pictureAddress(pathToFileURL(join(root, 'a.jpg')).href, { baseUrl: '', localRoot: root }).kind).toBe('file')
  })

  test.each([
    ['outside.jpg', 'blocked_address'],
    ['nothing.jpg', 'missing_file'],
    ['loop.jpg', 'missing_file'],
    ['folder', 'missing_file'],
    ['pipe.jpg', 'missing_file'],
    ['a.jpg/b', 'missing_file'],
  ])('%s is %s', async (name, outcome) => {
    expect(await readLocalFile(join(root, name), rules(100))).toMatchObject({ outcome })
  })

  test('hold their bytes of the memory for bodies until they are given back, and wait where there is no room', async () => {
    const budget = new ByteBudget(10)
    const read = () => readLocalFile(join(root, 'a.jpg'), { root, maxBytes: 100, memory: budget })
    const first = await read()
    expect(budget.held).toBe(7)
    const second = read()
    while (budget.waiting === 0) await new Promise(setImmediate)
    if ('release' in first) first.release()
    expect([await second, budget.held]).toMatchObject([{ bytes: Buffer.from('picture') }, 7])
    await readLocalFile(join(root, 'nothing.jpg'), { root, maxBytes: 100, memory: budget })
    expect(budget.held).toBe(7)
  })

  test('have the same cap as bodies', async () => {
    expect(await readLocalFile(join(root, 'a.jpg'), rules(6))).toMatchObject({ outcome: 'too_large' })
  })
})

test('rows that are likely dead come last, the order otherwise kept', () => {
  const [one, two] = ['00151e80-24fc-4c01-b3a3-4c31bebafd22', '008faab3-0191-4648-8a94-254ce013caa0']
  const rows = [
    { id: one, url: `https://image.lexica.art/full_jpg/${two}` },
    { id: one, url: `https://image.lexica.art/full_jpg/${one.toUpperCase()}` },
    { id: one, url: `https://elsewhere.example/${two}` },
    { id: two, url: 'https://lexica.art/no-uuid' },
    { id: two, url: `https://lexica.art/${one}` },
    { id: two, url: '' },
  ]
  expect(likelyAliveFirst(rows).map((row) => rows.indexOf(row))).toEqual([1, 2, 3, 5, 0, 4])
})
