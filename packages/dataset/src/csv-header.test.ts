import { describe, expect, it } from 'vitest'
import { bindHeader, type CsvNames } from './csv-header.ts'
import { CsvRecord } from './csv-record.ts'

const NAMES = { id: 'id', prompt: 'prompt' }

function bind<Name extends string>(line: string | Buffer, names: CsvNames<Name>) {
  const source = Buffer.from(line as string)
  const record = new CsvRecord()
  const to = record.scan(source, 0, { final: true, longest: 1024 })
  return bindHeader({ record, source, from: 0, to }, names, 'prompts.csv')
}

describe('a CSV header', () => {
  it.each(['id,prompt\n', 'id,prompt', ' id ,\tprompt\r\n', '"id","prompt"\r\n', ',id,prompt,x\n'])(
    'has its columns bound, however it is written: %j',
    (line) => {
      const { header, field } = bind(line, NAMES)
      expect([header[field.id], header[field.prompt]]).toEqual(['id', 'prompt'])
    },
  )

  it('may have quotes, commas and line breaks in its names', () => {
    const { field } = bind('"a,b","say ""x""","two\nlines"\n', { one: 'two\nlines', two: 'say "x"', three: 'a,b' })
    expect(field).toEqual({ one: 2, two: 1, three: 0 })
  })

  it('may serve one column under two names, and say that another is not there', () => {
    expect(bind('text\n', { id: 'text', prompt: 'text', url: null }).field).toEqual({ id: 0, prompt: 0, url: -1 })
  })

  it('is refused when a wanted name is there twice; other names may repeat', () => {
    expect(bind('id,prompt,x,x,,\n', NAMES).field).toEqual({ id: 0, prompt: 1 })
    expect(() => bind('id,prompt, id\n', NAMES)).toThrow('prompts.csv has two columns called id; rename one of them.')
  })

  it('does not guess: another case is another name, but it is named', () => {
    const attempt = () => bind('Id,PROMPT\n', NAMES)
    expect(attempt).toThrow('prompts.csv has no column "id"; its first line has "Id", "PROMPT". The nearest is "Id".')
  })

  it('suggests no name that has nothing to do with the one that is missing', () => {
    expect(() => bind('timestamp,raw_data\n', NAMES)).toThrow(
      /no column "id"; its first line has "timestamp", "raw_data"\.$/,
    )
  })

  it('is not found in what every object has', () => {
    expect(() => bind('id\n', { x: 'constructor' })).toThrow(/no column "constructor"/)
    expect(bind('__proto__,constructor\n', { id: '__proto__', prompt: 'constructor' }).field).toEqual({
      id: 0,
      prompt: 1,
    })
  })
})

describe('a file that is no CSV', () => {
  it('is told in a short message, though its first line has thousands of long fields', () => {
    const line = Array.from({ length: 3000 }, (_, field) => `${field}${'x'.repeat(500)}`).join(',')
    const attempt = () => bind(line, NAMES)
    expect(attempt).toThrow(/prompts\.csv has no column "id"/)
    expect(attempt).not.toThrow(/^.{2000}/s)
  })

  it('has no names at all where its first line is blank or bare commas', () => {
    expect(() => bind(',,\n', NAMES)).toThrow('its first line has no names at all.')
  })

  it.each(['utf16le', 'utf16be'])('is called UTF-16 where it is %s, as Excel writes it', (encoding) => {
    const little = Buffer.from('\uFEFFid,prompt\n', 'utf16le')
    const bytes = encoding === 'utf16le' ? little : Buffer.from(little).swap16()
    expect(() => bind(bytes, NAMES)).toThrow('prompts.csv is encoded as UTF-16; save it as UTF-8.')
  })

  it.each([
    ['"id,prompt\n', 'a quote that is never closed'],
    ['"id"x,prompt\n', 'text after a closing quote'],
  ])('is the user’s to mend when its header is %j', (line, flaw) => {
    expect(() => bind(line, NAMES)).toThrow(expect.objectContaining({ kind: 'bad_csv', exitCode: 2 }))
    expect(() => bind(line, NAMES)).toThrow(`the first line is not a CSV header: it has ${flaw}.`)
  })
})
