import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CsvFileOptions, scanCsv } from './csv-file.ts'
import { blankLine, CsvRecord } from './csv-record.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-record-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function scan(text: string, options: CsvFileOptions = {}) {
  const path = join(folder, 'file.csv')
  await writeFile(path, text)
  const found: { fields: string[]; flaw: string | undefined; open: boolean; start: number; end: number }[] = []
  const visit: Parameters<typeof scanCsv>[1] = ({ record, source, start, end }) =>
    found.push({
      fields: Array.from({ length: record.fields }, (_, field) => record.text(source, field)),
      flaw: record.flaw,
      open: record.open,
      start,
      end,
    })
  await scanCsv(path, visit, options)
  return found
}
const fieldsOf = async (text: string) => (await scan(text)).map(({ fields }) => fields)

describe('one record', () => {
  it.each([
    ['plain fields', 'a,b,c\n', [['a', 'b', 'c']]],
    ['empty fields', ',,\n', [['', '', '']]],
    ['one empty quoted field', '""\n', [['']]],
    ['quotes in quotes', '"a ""b"" c"\n', [['a "b" c']]],
    ['nothing but quotes', '""""""\n', [['""']]],
    ['a comma in quotes', '"a,b",c\n', [['a,b', 'c']]],
    ['line breaks in quotes', '"a\nb\r\nc",d\n', [['a\nb\r\nc', 'd']]],
    ['a quote within a plain field', '5" nails,x\n', [['5" nails', 'x']]],
    ['blanks, which belong to the field', ' a , "b"\n', [[' a ', ' "b"']]],
    ['a carriage return in the middle', 'a\rb,c\n', [['a\rb', 'c']]],
    [
      'Windows’ line ends',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no line end', 'a,b', [['a', 'b']]],
    ['letters of several bytes', 'ä,日本,😀\n', [['ä', '日本', '😀']]],
    ['a quoted field at the end of the file', 'a,"b"', [['a', 'b']]],
  ])('with %s', async (_, text, expected) => {
    expect(await fieldsOf(text)).toEqual(expected)
  })

  it.each([
    ['text behind a closing quote', '"a"b,c\nd\n', 'text after a closing quote', ['d']],
    ['a blank behind a closing quote', '"a" ,c\nd\n', 'text after a closing quote', ['d']],
  ])('with %s costs its line', async (_, text, flaw, next) => {
    const [broken, following] = await scan(text)
    expect(broken?.flaw).toBe(flaw)
    expect(following?.fields).toEqual(next)
  })

  it('whose quote is never closed costs its line where the file goes on', async () => {
    const [broken] = await scan(`"a\n${'b,c\n'.repeat(50)}`, { longestRecord: 100 })
    expect(broken).toMatchObject({ flaw: 'a quote that is never closed', open: false, start: 0, end: 3 })
  })

  it('is open where the file ends within it', async () => {
    expect((await scan('a,b\nc,"d'))[1]).toMatchObject({ flaw: 'a quote that is never closed', open: true })
    expect((await scan('a,b\nc,d'))[1]).toMatchObject({ flaw: undefined, open: true, fields: ['c', 'd'] })
    expect((await scan('a,b\nc,d\n'))[1]?.open).toBe(false)
  })

  it('keeps quotes doubled in its bytes, and single in its text', () => {
    const source = Buffer.from('"a ""b""",c\n')
    const record = new CsvRecord()
    record.scan(source, 0, { final: true, longest: 100 })
    expect([record.bytes(source, 0).toString(), record.text(source, 0)]).toEqual(['a ""b""', 'a "b"'])
  })

  it('waits for more where its end is not certain', () => {
    const record = new CsvRecord()
    const how = { final: false, longest: 100 }
    for (const text of ['a,b', '"a', '"a"', '"a"\r', 'a,"b""']) {
      expect(record.scan(Buffer.from(text), 0, how), text).toBe(-1)
    }
  })
})

it.each([
  ['\n', 1],
  ['\r\n', 2],
  ['\r', 0],
  ['a', 0],
  ['', 0],
])('%j is a blank line of %i bytes', (text, bytes) => {
  expect(blankLine(Buffer.from(text), 0)).toBe(bytes)
})

describe('any records', () => {
  const field = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('', '"', ',', '\n', '\r\n', '""', 'a"b', ' '))
  // A single empty field is a blank line, which is no record.
  const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const write = (rows: readonly (readonly string[])[], end: string) =>
    rows.map((row) => `${row.map(quoted).join(',')}${end}`).join('')

  it('come back as they were written, whatever the line ends and the chunks they come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        async (rows, end, chunk) => {
          const found = await scan(write(rows, end), { chunk })
          expect(found.map(({ fields }) => fields)).toEqual(rows)
          expect(found.every(({ flaw, open }) => flaw === undefined && !open)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('lie one behind the other, and each is read again from its own place', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (rows) => {
        const text = write(rows, '\n')
        const found = await scan(text)
        expect(found.map(({ start }) => start)).toEqual([0, ...found.slice(0, -1).map(({ end }) => end)])
        expect(found.at(-1)?.end).toBe(Buffer.byteLength(text))
        const [some] = found.slice(Math.floor(found.length / 2))
        const again = await scan(text, { start: some?.start ?? 0, end: some?.end ?? 0 })
        expect(again.map(({ fields }) => fields)).toEqual([some?.fields])
      }),
      { numRuns: 40 },
    )
  })

  it('of any bytes at all end within the file, and never overlap', async () => {
    const bytes = fc.array(fc.constantFrom('a', '"', ',', '\n', '\r', 'é'), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 16 }), async (letters, chunk) => {
        const text = letters.join('')
        const found = await scan(text, { chunk, longestRecord: 20 })
        let at = 0
        for (const { start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThan(start)
          at = end
        }
        expect(at).toBeLessThanOrEqual(Buffer.byteLength(text))
        expect(await scan(text, { chunk: 1000, longestRecord: 20 })).toEqual(found)
      }),
      { numRuns: 80 },
    )
  })
})
