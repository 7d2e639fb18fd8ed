import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scanCsv } from '@promptloom/dataset/csv-file'
import { bindHeader, type CsvBinding } from '@promptloom/dataset/csv-header'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DownloadOptions, downloadOptions } from './options.ts'
import { type ColumnName, RowJudge, type Verdict } from './row-verdict.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-verdict-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const COLUMNS = 'id,prompt,url,width,height,source_site'

/** Verdicts on the lines below a header. */
async function verdicts(
  lines: string | Buffer,
  { header = COLUMNS, ...more }: Partial<DownloadOptions> & { header?: string } = {},
): Promise<Verdict[]> {
  const path = join(folder, 'p.csv')
  await writeFile(path, Buffer.concat([Buffer.from(`${header}\n`), Buffer.from(lines as string)]))
  const options = downloadOptions.parse({ source: path, ...more })
  const found: Verdict[] = []
  let judge: RowJudge | undefined
  await scanCsv(path, (position) => {
    if (judge) found.push(judge.judge(position))
    else judge = new RowJudge(bindHeader(position, options.columns, path) as CsvBinding<ColumnName>, options)
  })
  return found
}
const verdict = async (line: string | Buffer, more = {}) => (await verdicts(line, more))[0] as Verdict

describe('a usable row', () => {
  const row = async (line: string, more = {}) => {
    const found = await verdict(line, more)
    return 'row' in found ? found.row : found
  }

  it.each<[string, object, string]>([
    [
      '1,a cat,http://x/1,512,768,lexica',
      { id: '1', prompt: 'a cat', url: 'http://x/1', width: 512, height: 768, source_site: 'lexica' },
      'plain',
    ],
    ['1,a cat,,512,768,', { url: '', source_site: '' }, 'without address and site'],
    [' 1 ,  a cat  ,,512,768,', { id: ' 1 ', prompt: '  a cat  ' }, 'with blanks, kept as they are'],
    ['1,"a ""red"" cat, on a sofa",,512,768,', { prompt: 'a "red" cat, on a sofa' }, 'quoted'],
    ['1,"a\nb\r\nc",,512,768,', { prompt: 'a\nb\r\nc' }, 'with line breaks'],
    ['1,5" nails,,512,768,', { prompt: '5" nails' }, 'with a quote that opens nothing'],
    ['1,"é 狐 🦊",,512,768,', { prompt: 'é 狐 🦊' }, 'of other scripts'],
    ['1,a\u0000b,,512,768,', { prompt: 'a\u0000b' }, 'with a zero byte'],
    ['0,a cat,,512,768,', { id: '0' }, 'whose id looks like nothing'],
    ['NaN,null,,512,768,', { id: 'NaN', prompt: 'null' }, 'of words that other programs take for none'],
  ])('%j: %j (%s)', async (line, expected) => {
    expect(await row(line)).toMatchObject(expected)
  })

  it.each<[string, number, string]>([
    ['512', 512, 'digits'],
    ['512.0', 512, 'as pandas writes a column with gaps'],
    ['512.000', 512, 'with more zeros'],
    [' 512 ', 512, 'with blanks'],
    ['0512', 512, 'with a zero before it'],
    ['1', 1, 'the least'],
    ['65535', 65_535, 'the most'],
  ])('has the width %j as %i: %s', async (width, expected) => {
    expect(await row(`1,a cat,,${width},768,`)).toMatchObject({ width: expected, height: 768 })
  })

  it('has no parents, and comes from the data set', async () => {
    expect(await row('1,a cat,,512,768,')).toMatchObject({ origin: 'dataset', parents: [] })
  })
})

describe('a row that can not be used', () => {
  it.each<[string, string, string]>([
    [',a cat,,512,768,', 'missing_id', 'the id is empty'],
    ['"",a cat,,512,768,', 'missing_id', 'the id is empty'],
    [' \t,a cat,,512,768,', 'missing_id', 'the id is empty'],
    ['1,,,512,768,', 'empty_prompt', 'the prompt is empty'],
    ['1,"  \n ",,512,768,', 'empty_prompt', 'the prompt is empty'],
    ['1,a cat,,,768,', 'bad_size', 'the width is missing'],
    ['1,a cat,,512, ,', 'bad_size', 'the height is missing'],
    ['1,a cat,,,,', 'bad_size', 'the width is missing; the height is missing'],
    ['1,a cat,,0,768,', 'bad_size', 'the width is "0", not a whole number from 1 to 65535'],
    ['1,a cat,,-512,768,', 'bad_size', 'the width is "-512", not a whole number from 1 to 65535'],
    ['1,a cat,,512.5,768,', 'bad_size', 'the width is "512.5", not a whole number from 1 to 65535'],
    ['1,a cat,,1e3,768,', 'bad_size', 'the width is "1e3", not a whole number from 1 to 65535'],
    ['1,a cat,,65536,768,', 'bad_size', 'the width is "65536", not a whole number from 1 to 65535'],
    ['1,a cat,,9999999,768,', 'bad_size', 'the width is "9999999", not a whole number from 1 to 65535'],
    ['1,a cat,,512px,768,', 'bad_size', 'the width is "512px", not a whole number from 1 to 65535'],
    ['1,a cat,,５１２,768,', 'bad_size', 'the width is "５１２", not a whole number from 1 to 65535'],
    ['1,a cat,,512,768', 'malformed', '5 fields where the header has 6'],
    ['1,a cat,,512,768,s,more', 'malformed', '7 fields where the header has 6'],
    ['1', 'malformed', '1 fields where the header has 6'],
    ['1,"a cat" runs,,512,768,', 'malformed', 'text after a closing quote'],
  ])('%j ends as %s: %s', async (line, outcome, reason) => {
    expect(await verdict(line)).toEqual({ outcome, reason })
  })

  it.each<[string, string]>([
    [',,,,,', 'missing_id'],
    ['1,,,,,', 'empty_prompt'],
    [',a cat,,,,', 'missing_id'],
    [',a cat', 'malformed'],
  ])('%j with several faults ends in the first of them, %s', async (line, outcome) => {
    expect(await verdict(line)).toMatchObject({ outcome })
  })

  it('of bytes that are not UTF-8 is malformed, wherever they stand', async () => {
    for (const bytes of [[0xe9], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const line = Buffer.concat([Buffer.from('1,caf'), Buffer.from(bytes), Buffer.from(',,512,768,')])
      expect(await verdict(line)).toEqual({ outcome: 'malformed', reason: 'bytes that are not UTF-8' })
    }
  })

  it('tells of a size at any length only its beginning', async () => {
    const found = await verdict(`1,a cat,,${'x'.repeat(5000)},768,`)
    expect('reason' in found && found.reason.length).toBeLessThan(120)
  })
})

describe('options', () => {
  it.each<[string, object]>([
    ['1,a cat,,,768,', { width: 0, height: 0 }],
    ['1,a cat,,512,0,', { width: 0, height: 0 }],
    ['1,a cat,,wide,high,', { width: 0, height: 0 }],
    ['1,a cat,,512,768,', { width: 512, height: 768 }],
  ])('keep: %j has the size %j, half a size being none', async (line, size) => {
    expect(await verdict(line, { badSize: 'keep' })).toMatchObject({ row: size })
  })

  it('keep does not save a row that has another fault', async () => {
    expect(await verdict('1,,,,,', { badSize: 'keep' })).toMatchObject({ outcome: 'empty_prompt' })
  })

  it('columns: bound by name, in any order, others passed over', async () => {
    const header = 'height,,text,key,width,rating'
    const columns = { id: 'key', prompt: 'text', url: null, width: 'width', height: 'height', source_site: null }
    expect(await verdict('768,0,a cat,k1,512,5', { header, columns })).toEqual({
      row: {
        id: 'k1',
        prompt: 'a cat',
        url: '',
        width: 512,
        height: 768,
        source_site: '',
        origin: 'dataset',
        parents: [],
      },
    })
  })

  it('columns: a size that the file does not have is unknown, and no fault', async () => {
    const columns = { id: 'id', prompt: 'prompt', url: null, width: null, height: null, source_site: null }
    expect(await verdict('1,a cat', { header: 'id,prompt', columns })).toMatchObject({ row: { width: 0, height: 0 } })
  })
})

it('every record has one verdict, in their order', async () => {
  const found = await verdicts('1,a,,1,1,\n2,,,1,1,\n\n3,c,,1,1,\n4,d,,1\n')
  expect(found.map((one) => ('row' in one ? one.row.id : one.outcome))).toEqual(['1', 'empty_prompt', '3', 'malformed'])
})
