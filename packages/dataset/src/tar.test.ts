import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TAR_END, tarHeader, tarPadding } from './tar.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-tar-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const entry = (name: string, bytes: Buffer) => [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]
async function archive(...files: readonly (readonly [string, Buffer])[]): Promise<string> {
  const path = join(folder, 'all.tar')
  await writeFile(path, Buffer.concat([...files.flatMap(([name, bytes]) => entry(name, bytes)), TAR_END]))
  return path
}
const tar = (...args: string[]) => execFileSync('tar', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

describe('an archive', () => {
  it('is one of the system’s tar for files of every size beside a block', async () => {
    const sizes = [0, 1, 511, 512, 513, 1024, 1025]
    const files = sizes.map((size) => [`${size}.bin`, Buffer.alloc(size, size % 251)] as const)
    tar('-xf', await archive(...files))
    for (const [name, bytes] of files) expect(await readFile(join(folder, name))).toEqual(bytes)
  })

  it('may have names of exactly 100 bytes, and in any script', async () => {
    const names = ['x'.repeat(100), `${'é'.repeat(48)}.jpg`, '日本.png', ' leading blank']
    const path = await archive(...names.map((name) => [name, Buffer.from(name)] as const))
    tar('-xf', path)
    for (const name of names) expect(await readFile(join(folder, name), 'utf8')).toBe(name)
  })

  it('may be empty', async () => {
    expect(tar('-tf', await archive())).toBe('')
  })

  it('says nothing of who wrote it, or when', async () => {
    expect(tar('--utc', '--numeric-owner', '-tvf', await archive(['a', Buffer.alloc(3)]))).toMatch(
      /^-rw-r--r-- 0\/0 +3 1970-01-01 00:00 a\n$/,
    )
  })

  it('whose header is damaged is noticed by the checksum', async () => {
    const path = await archive(['a', Buffer.alloc(3)])
    const bytes = await readFile(path)
    bytes.write('b', 0)
    await writeFile(path, bytes)
    expect(() => tar('-tf', path)).toThrow()
  })
})

describe('tarHeader', () => {
  it('refuses a name that would be cut, counted in bytes and not in characters', () => {
    expect(() => tarHeader('x'.repeat(101), 1)).toThrow(RangeError)
    expect(() => tarHeader('é'.repeat(51), 1)).toThrow(/longer than 100 bytes/)
  })

  it('holds sizes up to 8 GiB less a byte, and refuses the next', () => {
    expect(tarHeader('a', 8 ** 11 - 1).toString('latin1', 124, 136)).toBe('77777777777\0')
    expect(() => tarHeader('a', 8 ** 11)).toThrow('a has 8589934592 bytes; a tar entry holds at most 8589934591.')
  })
})

describe('tarPadding', () => {
  it('fills up the last block, and adds none to a full one', () => {
    const paddings = [0, 1, 511, 512, 513, 8 ** 11 - 1].map((size) => tarPadding(size).length)
    expect(paddings).toEqual([0, 511, 1, 0, 511, 1])
    expect(tarPadding(1).every((byte) => byte === 0)).toBe(true)
  })
})
