import { appendFile, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipOf } from '@promptloom/dataset/zip.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestWorkspace, testWorkspace } from './workspace.double.ts'

const HEADER = ',id,prompt,url,width,height,source_site\n'
const line = (row: number, prompt = `prompt ${row}`) => `${row},id-${row},"${prompt}",,512,768,site\n`
const collection = (rows: number) => HEADER + Array.from({ length: rows }, (_, row) => line(row)).join('')

let workspace: TestWorkspace
beforeEach(async () => {
  workspace = await testWorkspace()
})
afterEach(() => workspace[Symbol.asyncDispose]())

describe('rows', () => {
  it('come through exactly, with or without the unnamed index, with a byte-order mark and CRLF', async () => {
    const prompt = 'a ""red"" cat,\r\non a sofa, é 🐈'
    const text = `\uFEFFprompt,id,width,height,url,source_site,extra\r\n"${prompt}", 007 ,512.0,768,,lexica.art,x\r\n`
    await workspace.run({ source: await workspace.file('p.csv', text) })
    expect(await workspace.rows('00000')).toEqual([
      {
        id: ' 007 ',
        prompt: 'a "red" cat,\r\non a sofa, é 🐈',
        url: '',
        width: 512,
        height: 768,
        source_site: 'lexica.art',
        origin: 'dataset',
        parents: [],
      },
    ])
  })

  it('each end in one outcome, and rejects are kept with their reason and text', async () => {
    const bad = [
      '0,a,first,,512,512,s',
      '1,b,second,,512,512',
      '2,c,"x"y,,512,512,s',
      '3, ,no id,,512,512,s',
      '4,d,"  ",,512,512,s',
      '5,e,no width,,,512,s',
      '6,f,zero,,512,0,s',
      '7,g,words,,wide,512,s',
      '8,a,again,,512,512,s',
      '9,e,fine now,,512,512,s',
    ]
    const latin = Buffer.concat([Buffer.from('10,h,caf'), Buffer.from([0xe9]), Buffer.from(',,1,1,s\n')])
    const text = Buffer.concat([Buffer.from(`${HEADER}${bad.join('\n')}\n`), latin])
    await workspace.run({ source: await workspace.file('p.csv', text) })
    expect((await workspace.rows('00000')).map((row) => row.prompt)).toEqual(['first', 'fine now'])
    const rejects = (await workspace.rejects('00000')).map(({ row, outcome, reason }) => `${row} ${outcome}: ${reason}`)
    expect(rejects).toEqual([
      '2 malformed: 6 fields where the header has 7',
      '3 malformed: text after a closing quote',
      '4 missing_id: the id is empty',
      '5 empty_prompt: the prompt is empty',
      '6 bad_size: the width is missing',
      '7 bad_size: the height is "0", not a whole number from 1 to 65535',
      '8 bad_size: the width is "wide", not a whole number from 1 to 65535',
      '9 duplicate_id: row 1 has the same id',
      '11 malformed: bytes that are not UTF-8',
    ])
    expect((await workspace.rejects('00000'))[2]?.raw).toBe('3, ,no id,,512,512,s')
    expect(await workspace.outcomes()).toEqual({
      ok: 2,
      malformed: 3,
      missing_id: 1,
      empty_prompt: 1,
      bad_size: 3,
      duplicate_id: 1,
    })
  })

  it('keep their prompt where sizes are unknown, if that is asked for', async () => {
    const source = await workspace.file('p.csv', `${HEADER}0,a,x,,,512,s\n`)
    await workspace.run({ source, badSize: 'keep' })
    expect((await workspace.rows('00000'))[0]).toMatchObject({ id: 'a', width: 0, height: 0 })
  })

  it('are bound to columns of other names, or none', async () => {
    const source = await workspace.file('p.csv', 'key,text\n1,a cat\n')
    const columns = { id: 'key', prompt: 'text', url: null, width: null, height: null, source_site: null }
    await workspace.run({ source, columns })
    expect((await workspace.rows('00000'))[0]).toMatchObject({ id: '1', prompt: 'a cat', url: '', width: 0 })
  })
})

describe('shards', () => {
  it('are skipped while nothing changes, however the file is packed or touched', async () => {
    const source = await workspace.file('p.csv', collection(25))
    const first = await workspace.run({ source, shardRows: 10 })
    expect(first.stages[0]).toMatchObject({ planned: 4, ran: 4, rows: 25 })
    await utimes(source, new Date(), new Date())
    expect((await workspace.run({ source, shardRows: 10 })).stages[0]).toMatchObject({ ran: 0, skipped: 4 })
    const packed = await workspace.file('p.csv.gz', gzipSync(collection(25)))
    expect((await workspace.run({ source: packed, shardRows: 10 })).stages[0]).toMatchObject({ ran: 1, skipped: 3 })
    const zip = await workspace.file('p.zip', zipOf({ 'a/p.csv': collection(25) }))
    expect((await workspace.run({ source: zip, shardRows: 10 })).stages[0]).toMatchObject({ ran: 1, skipped: 3 })
  })

  it('run again exactly where bytes changed', async () => {
    const source = await workspace.file('p.csv', collection(40))
    await workspace.run({ source, shardRows: 10 })
    await writeFile(source, collection(40).replace('prompt 15', 'another prompt'))
    const result = await workspace.run({ source, shardRows: 10 })
    expect(result.stages[0]).toMatchObject({ ran: 2, skipped: 3 })
    expect((await workspace.rows('00001'))[5]?.prompt).toBe('another prompt')
    await appendFile(source, line(40))
    expect((await workspace.run({ source, shardRows: 10 })).stages[0]).toMatchObject({ ran: 2, planned: 6 })
    await writeFile(source, collection(10))
    expect((await workspace.run({ source, shardRows: 10 })).stages[0]).toMatchObject({ ran: 1, removed: 4 })
  })

  it('run again when a row elsewhere begins or ceases to have the same id', async () => {
    const source = await workspace.file('p.csv', collection(20))
    await workspace.run({ source, shardRows: 10 })
    await writeFile(source, collection(20).replace('id-3,', 'id-15,'))
    expect((await workspace.run({ source, shardRows: 10 })).stages[0]).toMatchObject({ ran: 3 })
    expect(await workspace.outcomes()).toEqual({ ok: 19, duplicate_id: 1 })
    expect(await workspace.rejects('00001')).toMatchObject([{ row: 16, reason: 'row 4 has the same id' }])
    await writeFile(source, collection(20))
    await workspace.run({ source, shardRows: 10 })
    expect(await workspace.outcomes()).toEqual({ ok: 20 })
  })

  it('notice an edit that preserved size and modification time', async () => {
    const source = await workspace.file('p.csv', collection(5))
    const past = new Date('2020-01-01')
    await utimes(source, past, past)
    await workspace.run({ source })
    await writeFile(source, collection(5).replace('prompt 3', 'prompt X'))
    await utimes(source, past, past)
    expect((await stat(source)).mtime).toEqual(past)
    expect((await workspace.run({ source })).stages[0]).toMatchObject({ ran: 2 })
  })
})

describe('a source that cannot be right', () => {
  const cases: [string, string, RegExp][] = [
    ['a missing column', 'id,Prompt,url,width,height,source_site\n', /no column "prompt".*The nearest is "Prompt"/],
    ['no rows', HEADER, /has a header but no rows/],
    ['nothing', '', /is empty/],
    ['a cut in a quoted field', `${collection(3)}3,id-3,"cut he`, /ends in the middle of a row: row 4, at byte \d+/],
    ['a cut between fields', `${collection(3)}3,id-3,x,`, /row 4, at byte \d+, has 4 of 7 fields/],
    ['a web page', '<!doctype html><html>', /is a web page/],
  ]
  it.each(cases)('says so: %s', async (_what, text, message) => {
    const source = await workspace.file('p.csv', text)
    const running = workspace.run({ source })
    await expect(running).rejects.toThrow(message)
    await expect(running).rejects.toMatchObject({ exitCode: 2 })
    expect(await workspace.checkpoints()).toEqual([])
  })

  it('goes on without the cut row, if that is asked for', async () => {
    const source = await workspace.file('p.csv', `${collection(3)}3,id-3,"cut he`)
    await workspace.run({ source, allowCut: true })
    expect(await workspace.outcomes()).toEqual({ ok: 3, malformed: 1 })
  })

  it('has far fewer rows than expected', async () => {
    const source = await workspace.file('p.csv', collection(80))
    await expect(workspace.run({ source, expectRows: 100 })).rejects.toThrow(
      /has 80 rows, but about 100 were expected.*set expectRows to 80/,
    )
    expect((await workspace.run({ source, expectRows: 85 })).exitCode).toBe(0)
  })

  it('is not there', async () => {
    await expect(workspace.run({ source: join(workspace.folder, 'no.csv') })).rejects.toThrow(
      /There is no file .*no\.csv/,
    )
    await expect(workspace.run({ source: workspace.folder })).rejects.toThrow('is no file')
    await expect(workspace.run({ source: 'kaggle:one' })).rejects.toThrow('is no Kaggle name')
    await expect(workspace.run({ source: 'ftp://host/p.csv' })).rejects.toThrow('is no http(s) URL')
  })
})

describe('real collections', () => {
  const shared = join(process.env.PROMPTLOOM_SHARED ?? '../shared', 'data')
  it('reads prompts-10k.csv', async (context) => {
    const source = join(shared, 'prompts-10k.csv')
    if (!(await readFile(source).catch(() => undefined))) return context.skip('prompts-10k.csv is not there')
    await workspace.run({ source, shardRows: 3000 })
    const outcomes = await workspace.outcomes()
    expect(Object.values(outcomes).reduce((a, b) => a + b)).toBe(10_000)
    expect(outcomes.ok).toBeGreaterThan(9_900)
  })
})
