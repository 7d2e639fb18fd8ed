import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CsvFileOptions, scanCsv } from './csv-file.ts'
import { bindHeader } from './csv-header.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-csv-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Scanned {
  fields: string[]
  flaw: string | undefined
  open: boolean
  start: number
  end: number
}

async function scan(text: string | Buffer, options: CsvFileOptions = {}): Promise<Scanned[]> {
  const path = join(folder, 'x.csv')
  await writeFile(path, text)
  return scanPath(path, options)
}

async function scanPath(path: string, options: CsvFileOptions = {}): Promise<Scanned[]> {
  const found: Scanned[] = []
  await scanCsv(
    path,
    ({ record, source, start, end }) => {
      const fields = Array.from({ length: record.fields }, (_, field) => record.text(source, field))
      found.push({ fields, flaw: record.flaw, open: record.open, start, end })
    },
    options,
  )
  return found
}

const fieldsOf = (records: Scanned[]) => records.map((one) => one.fields)

/** A small generator with a fixed seed, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('records', () => {
  it('end at line breaks outside of quotes', async () => {
    const records = await scan('a,b\n"x\ny","say ""hi"", no"\r\n,\nlast,"🐈é"')
    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['x\ny', 'say "hi", no'],
      ['', ''],
      ['last', '🐈é'],
    ])
    expect(records.map((one) => one.open)).toEqual([false, false, false, true])
  })

  it('have byte offsets that read the same records again', async () => {
    const text = 'h1,h2\r\n"日本\n語",1\n\n"a ""b""",2\r\n🐈,3\n'
    const records = await scan(text)
    for (const { start, end, fields } of records) {
      expect(fieldsOf(await scan(text, { start, end }))).toEqual([fields])
    }
    expect(Buffer.from(text).subarray(records[1]?.start, records[1]?.end).toString()).toBe('"日本\n語",1\n')
  })

  it.each([1, 2, 3, 7, 16, 64])('are the same when the file comes in chunks of %i bytes', async (chunk) => {
    const text = '\uFEFFid,prompt\r\n1,"a ""quoted"" word\r\nand more"\r\n\r\n2,plain\n3,"x"y\n4,"'
    expect(await scan(text, { chunk })).toEqual(await scan(text))
  })

  it('do not include blank lines or a byte-order mark', async () => {
    const records = await scan('\uFEFF"a",b\n\n\r\n1,2\n\n')
    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(records[0]?.start).toBe(3)
  })

  it('take a quote inside a plain field as text', async () => {
    expect(fieldsOf(await scan('5" nails,a "b" c\n'))).toEqual([['5" nails', 'a "b" c']])
  })

  it('there are none in an empty file', async () => {
    expect(await scan('')).toEqual([])
    expect(await scan('\uFEFF')).toEqual([])
  })
})

describe('broken quoting', () => {
  it('costs its line, not its neighbours', async () => {
    const records = await scan('a,b\n1,"never closed\n2,"fine"\n3,"x"y,z\n4,end\n')
    expect(records.map((one) => one.flaw)).toEqual([
      undefined,
      'text after a closing quote',
      undefined,
      'text after a closing quote',
      undefined,
    ])
    expect(records[2]?.fields).toEqual(['2', 'fine'])
    expect(records[4]?.fields).toEqual(['4', 'end'])
  })

  it('is noticed when no quote closes within the longest record', async () => {
    const lines = Array.from({ length: 200 }, (_, line) => `${line},plain`)
    const records = await scan(`0,"open\n${lines.join('\n')}\n`, { longestRecord: 100, chunk: 10 })
    expect(records[0]).toMatchObject({ flaw: 'a quote that is never closed', open: false, start: 0, end: 8 })
    expect(fieldsOf(records.slice(1))).toEqual(lines.map((line) => line.split(',')))
  })

  it('at the end of the file says that the record is open', async () => {
    const records = await scan('a,b\n1,"cut in the mid')
    expect(records[1]).toMatchObject({ flaw: 'a quote that is never closed', open: true })
  })
})

describe('against csv-parse', () => {
  it('agrees on 200 random files', async () => {
    const pieces = ['a', '"', ',', '\n', '\r\n', 'é', '🐈', ' ', 'xyz', '']
    for (let seed = 1; seed <= 200; seed++) {
      const next = random(seed)
      const pick = () => pieces[Math.floor(next() * pieces.length)] as string
      const rows = Array.from({ length: 1 + Math.floor(next() * 20) }, () =>
        Array.from({ length: 3 }, () => Array.from({ length: Math.floor(next() * 6) }, pick).join('')),
      )
      const eol = next() < 0.5 ? '\n' : '\r\n'
      const text = rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')).join(eol)
      const records = await scan(text, { chunk: 1 + Math.floor(next() * 50) })
      expect(fieldsOf(records)).toEqual(rows)
      expect(fieldsOf(records)).toEqual(parse(text, { record_delimiter: eol }))
    }
  })

  const shared = join(process.env.PROMPTLOOM_SHARED ?? '../shared', 'data')
  for (const name of ['kaggle-sample.csv', 'prompts-10k.csv', 'llm-refined-prompts.csv']) {
    it(`agrees on ${name}`, async (context) => {
      const text = await readFile(join(shared, name)).catch(() => undefined)
      if (!text) return context.skip(`${name} is not there`)
      expect(fieldsOf(await scanPath(join(shared, name), { chunk: 65_536 }))).toEqual(parse(text))
    })
  }
})

describe('a file that is no CSV', () => {
  it('is refused before it fills the memory', async () => {
    const line = Buffer.alloc(66 * 1024 * 1024, 'x')
    await expect(scan(line)).rejects.toMatchObject({ kind: 'bad_csv', exitCode: 2 })
    await expect(scan(Buffer.concat([line, Buffer.from('\n'), line, line]))).rejects.toThrow(
      /no CSV file: the line at byte 0 is longer than 64 MiB/,
    )
  })

  it('stops when it is told to', async () => {
    await expect(scan('a\nb\n', { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
  })
})

describe('a header', () => {
  const names = { id: 'id', prompt: 'prompt', url: 'url' }
  async function bind(text: string | Buffer, wanted: Record<string, string | null> = names) {
    const path = join(folder, 'header.csv')
    await writeFile(path, text)
    let bound: ReturnType<typeof bindHeader> | undefined
    await scanCsv(path, (position) => {
      bound ??= bindHeader(position, wanted, 'header.csv')
    })
    return bound
  }

  it('is bound by name, with or without the unnamed index, in any order', async () => {
    expect((await bind('id,prompt,url\n'))?.field).toEqual({ id: 0, prompt: 1, url: 2 })
    expect((await bind(',id,prompt,url\n'))?.field).toEqual({ id: 1, prompt: 2, url: 3 })
    expect((await bind('\uFEFF"url", prompt ,other,id\r\n'))?.field).toEqual({ id: 3, prompt: 1, url: 0 })
  })

  it('may give a column another name, or say that there is none', async () => {
    const wanted = { id: 'id', prompt: 'text', url: null }
    expect((await bind('text,id\n', wanted))?.field).toEqual({ id: 1, prompt: 0, url: -1 })
  })

  it('says which column is missing, what was found, and what is nearest', async () => {
    await expect(bind(',id,Prompts,url\n')).rejects.toThrow(
      'header.csv has no column "prompt"; its first line has "id", "Prompts", "url". The nearest is "Prompts".',
    )
    await expect(bind('1,2\n')).rejects.toThrow('has no column "id"; its first line has "1", "2".')
    await expect(bind(',\n')).rejects.toThrow('no names at all')
    await expect(bind('id,prompt,url,id\n')).rejects.toThrow('two columns called id')
  })

  it('must be UTF-8 and well quoted', async () => {
    await expect(bind(Buffer.from('\uFEFFid,prompt\n', 'utf16le'))).rejects.toThrow('UTF-16; save it as UTF-8')
    await expect(bind('"id"x,prompt\n')).rejects.toMatchObject({ kind: 'bad_csv', exitCode: 2 })
  })
})
