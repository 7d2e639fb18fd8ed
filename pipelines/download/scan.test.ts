import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { downloadOptions } from './options.ts'
import { layoutSchema, scanSource } from './scan.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-scan-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const HEADER = 'id,prompt,url,width,height,source_site\n'
const line = (id: string | number, prompt = 'a cat') => `${id},"${prompt.replaceAll('"', '""')}",,512,512,s\n`

async function scanned(text: string | Buffer, more: Record<string, unknown> = {}) {
  const path = join(folder, 'source.csv')
  await writeFile(path, text)
  const options = downloadOptions.parse({ source: path, ...more })
  return scanSource(path, { options, name: 'my.csv' })
}

describe('the layout', () => {
  it.each([
    [1, 10, [1]],
    [10, 10, [10]],
    [11, 10, [10, 1]],
    [25, 10, [10, 10, 5]],
    [3, 1, [1, 1, 1]],
  ])('of %i rows in shards of %i has shards of %j rows', async (rows, shardRows, expected) => {
    const text = HEADER + Array.from({ length: rows }, (_, row) => line(row)).join('')
    const { layout } = await scanned(text, { shardRows })
    expect(layout.shards.map((shard) => shard.rows)).toEqual(expected)
    expect(layout.rows).toBe(rows)
  })

  it('cuts the file into ranges that hold exactly its rows, whatever they contain', async () => {
    const prompt = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', '🦊'),
      minLength: 1,
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(prompt, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        async (prompts, shardRows) => {
          const lines = prompts.map((words, row) => line(row, words))
          const { layout } = await scanned(HEADER + lines.join(''), { shardRows })
          const bytes = await readFile(join(folder, 'source.csv'))
          for (const [index, { start, end, rows }] of layout.shards.entries()) {
            const own = lines.slice(index * shardRows, index * shardRows + rows).join('')
            expect(bytes.toString('utf8', start, end)).toBe(own)
          }
          expect(layout.shards.reduce((sum, { rows }) => sum + rows, 0)).toBe(prompts.length)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('has a digest of each shard’s bytes: of those alone', async () => {
    const rows = [1, 2, 3, 4].map((id) => line(id))
    const { layout } = await scanned(HEADER + rows.join(''), { shardRows: 2 })
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(layout.shards.map(({ sha256 }) => sha256)).toEqual([
      digest(rows.slice(0, 2).join('')),
      digest(rows.slice(2).join('')),
    ])
  })

  it('of a changed row differs in its shard alone', async () => {
    const text = HEADER + Array.from({ length: 30 }, (_, row) => line(row)).join('')
    const before = (await scanned(text, { shardRows: 10 })).layout.shards
    const after = (await scanned(text.replace('15,"a cat"', '15,"a dog"'), { shardRows: 10 })).layout.shards
    expect(after.map(({ sha256 }, index) => sha256 === before[index]?.sha256)).toEqual([true, false, true])
  })

  it('says where the columns are, with their names as the file has them', async () => {
    const { layout } = await scanned(` prompt , id ,x,url,width,height,source_site\na cat,1,,,1,1,s\n`)
    expect(layout.header).toEqual(['prompt', 'id', 'x', 'url', 'width', 'height', 'source_site'])
    expect(layout.field).toEqual({ id: 1, prompt: 0, url: 3, width: 4, height: 5, source_site: 6 })
  })

  it('can be kept in a checkpoint: JSON and back', async () => {
    const { layout } = await scanned(HEADER + line(1))
    expect(layoutSchema.parse(JSON.parse(JSON.stringify(layout)))).toEqual(layout)
  })

  it('passes over blank lines and a byte order mark, which belong to no row', async () => {
    const { layout } = await scanned(`\uFEFF${HEADER}\n${line(1)}\n\r\n${line(2)}\n`, { shardRows: 1 })
    expect(layout.rows).toBe(2)
  })
})

describe('repeated ids', () => {
  const repeatsOf = async (ids: readonly string[], more = {}) => {
    const { repeats } = await scanned(HEADER + ids.map((id) => line(id)).join(''), more)
    return [...repeats.row].map((row, at) => [row, repeats.first[at]])
  }

  it.each<[string, readonly string[], readonly (readonly number[])[]]>([
    ['none', ['a', 'b', 'c'], []],
    ['one', ['a', 'b', 'a'], [[2, 0]]],
    [
      'one many times: all of the first',
      ['a', 'a', 'a'],
      [
        [1, 0],
        [2, 0],
      ],
    ],
    [
      'several',
      ['a', 'b', 'b', 'a'],
      [
        [2, 1],
        [3, 0],
      ],
    ],
    ['ids that differ by blank or case', ['a', 'A', 'a '], []],
  ])('%s', async (_, ids, expected) => {
    expect(await repeatsOf(ids)).toEqual(expected)
  })

  it('are those of usable rows: a rejected row claims no id', async () => {
    const { repeats } = await scanned(`${HEADER}a,,,512,512,s\n${line('a')}${line('a')}`)
    expect([...repeats.row]).toEqual([2])
    expect([...repeats.first]).toEqual([1])
  })

  it('are found as a simple search finds them, for any ids', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    await fc.assert(
      fc.asyncProperty(
        fc.array(id, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (ids, shardRows) => {
          const expected = ids.flatMap((one, row) => (ids.indexOf(one) < row ? [[row, ids.indexOf(one)]] : []))
          expect(await repeatsOf(ids, { shardRows })).toEqual(expected)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('change a shard’s digest of repeats, and no other’s', async () => {
    const digests = async (ids: readonly string[]) =>
      (await scanned(HEADER + ids.map((id) => line(id)).join(''), { shardRows: 2 })).layout.shards.map(
        ({ repeats }) => repeats,
      )
    expect(await digests(['a', 'b', 'c', 'd'])).toEqual(['', ''])
    const [first, second] = await digests(['a', 'b', 'c', 'a'])
    expect(first).toBe('')
    expect(second).not.toBe('')
    const [, other] = await digests(['a', 'b', 'c', 'b'])
    expect(other).not.toBe(second)
  })
})

describe('a file that can not be right', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /^my\.csv is empty; it should be a CSV file with a header\.$/],
    ['blank lines', '\n\n', /^my\.csv is empty/],
    ['a header alone', HEADER, /^my\.csv has a header but no rows\.$/],
    ['a header without its line end', HEADER.trim(), /^my\.csv has a header but no rows\.$/],
    [
      'a cut quoted field',
      `${HEADER}${line(1)}2,"cut he`,
      /^my\.csv ends in the middle of a row: row 2, at byte 60, has a quote that is never closed\. Get the file again/,
    ],
    [
      'a cut between fields',
      `${HEADER}1,a cat,`,
      /row 1, at byte 39, has 3 of 6 fields\. Get the file again, or set allowCut/,
    ],
  ])('%s', async (_, text, message) => {
    await expect(scanned(text)).rejects.toThrow(message)
    await expect(scanned(text)).rejects.toMatchObject({ exitCode: 2 })
  })

  it('but for its last line end is whole', async () => {
    expect((await scanned(`${HEADER}1,a cat,,512,512,s`)).layout.rows).toBe(1)
  })

  it('with a cut last row has it as a row, where that is allowed', async () => {
    const { layout } = await scanned(`${HEADER}${line(1)}2,"cut he`, { allowCut: true })
    expect(layout.rows).toBe(2)
  })
})

it('an aborted scan ends with the reason', async () => {
  const path = join(folder, 'source.csv')
  await writeFile(path, HEADER + line(1))
  const options = downloadOptions.parse({ source: path })
  const signal = AbortSignal.abort(new Error('Ctrl-C'))
  await expect(scanSource(path, { options, name: 'my.csv', signal })).rejects.toThrow('Ctrl-C')
})

it('tells how many rows it has seen', async () => {
  const path = join(folder, 'source.csv')
  await writeFile(path, HEADER + Array.from({ length: 20_001 }, (_, row) => line(row)).join(''))
  const seen: number[] = []
  await scanSource(path, {
    options: downloadOptions.parse({ source: path }),
    name: 'x',
    onRows: (rows) => seen.push(rows),
  })
  expect(seen).toEqual([10_000, 20_000, 20_001])
})
