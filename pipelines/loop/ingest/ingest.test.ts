import { existsSync } from 'node:fs'
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  chunk,
  exifBlock,
  jpegWith,
  plainPicture,
  pngWith,
  pngWithTexts,
  textChunk,
  unicodeComment,
  webpWith,
} from '@promptloom/generate/metadata/picture-writer.double'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ingestProgress, ingestText } from '../../display/ingest-text.ts'
import { listBatches, readBatch } from '../../feedback/inbox.ts'
import { generatedId, type InboxRow } from '../../feedback/inbox-row.ts'
import { bury } from '../../tombstones.ts'
import { type IngestOptions, ingest } from './ingest.ts'
import { watch } from './watch.ts'

const INFOTEXT =
  'a cat on a sofa\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 16x12, Model: sd15'
const SHARED = resolve(process.env.PROMPTLOOM_SHARED ?? '../shared')
const REFINED_CSV = join(SHARED, 'data/llm-refined-prompts.csv')

let workspace: string
let folder: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-ingest-'))
  folder = await mkdtemp(join(tmpdir(), 'promptloom-outputs-'))
})
afterEach(async () => {
  for (const path of [workspace, folder]) await rm(path, { recursive: true, force: true })
})

const put = (name: string, content: string | Buffer) => writeFile(join(folder, name), content)
const infotext = (prompt: string) => pngWithTexts({ parameters: INFOTEXT.replace('a cat on a sofa', prompt) })
const take = (paths: string[] = [folder], options: Partial<IngestOptions> = {}) =>
  ingest(workspace, paths, { maxBytes: 1 << 20, ...options })
/** Outcomes that occurred. */
const ledger = async (paths?: string[], options?: Partial<IngestOptions>) =>
  Object.fromEntries(Object.entries((await take(paths, options)).ledger).filter(([, count]) => count > 0))

async function rows(): Promise<InboxRow[]> {
  const lines = await Promise.all((await listBatches(workspace)).map(({ name }) => readBatch(workspace, name)))
  return lines.flat().filter((line): line is InboxRow => 'id' in line)
}

async function rejects(): Promise<Record<string, unknown>[]> {
  const names = (await readdir(join(workspace, 'ingest'))).filter((name) => name.endsWith('.rejects.jsonl'))
  const texts = await Promise.all(names.map((name) => readFile(join(workspace, 'ingest', name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

describe('pictures', () => {
  it('become rows with prompt, size, tool and parameters', async () => {
    const picture = await infotext('a cat on a sofa')
    await put('00001.png', picture)
    expect(await ledger()).toEqual({ new: 1 })
    expect(await rows()).toMatchObject([
      {
        ...{ id: generatedId(picture), prompt: 'a cat on a sofa', origin: 'generated', width: 16, height: 12 },
        source_site: 'automatic1111',
        lineage: {
          ...{ tool: 'automatic1111', file: '00001.png' },
          parameters: { seed: '42', steps: 20, sampler: 'Euler a', cfg: 7, model: 'sd15', negativePrompt: 'blurry' },
          painter: { kind: 'automatic1111', standIn: false },
        },
      },
    ])
  })

  it('are read in each format that tools write', async () => {
    const exif = exifBlock([], [[0x9286, unicodeComment(INFOTEXT)]])
    await put('a.jpg', await jpegWith(exif))
    await put('b.WEBP', await webpWith(exif))
    await put('c.png', await pngWithTexts({ 'sd-metadata': JSON.stringify({ image: { prompt: 'a dog', seed: 1 } }) }))
    await put('d.png', await pngWithTexts({ invokeai_metadata: JSON.stringify({ positive_prompt: 'a hen', seed: 3 }) }))
    expect(await ledger()).toEqual({ new: 4 })
    const prompts = (await rows()).map(({ prompt, source_site }) => `${source_site}: ${prompt}`)
    expect(prompts).toEqual([
      ...['automatic1111: a cat on a sofa', 'automatic1111: a cat on a sofa'],
      ...['invokeai: a dog', 'invokeai: a hen'],
    ])
  })

  it('that "promptloom generate" made come with their lineage', async () => {
    const picture = await plainPicture('png')
    await put('g-1.png', picture)
    const refined = { prompt: 'a castle, at night', asked: 'castle', parents: ['row-1'] }
    const painter = { kind: 'sketch', label: 'sketch painter', standIn: true }
    await put('g-1.json', JSON.stringify({ prompt: 'a castle, at night', painter, refined, parameters: { seed: 7 } }))
    expect(await ledger()).toEqual({ new: 1 })
    const [parent, child] = await rows()
    expect(parent).toMatchObject({ origin: 'refined', parents: ['row-1'], lineage: { asked: 'castle' } })
    expect(child).toMatchObject({ id: generatedId(picture), parents: [parent?.id], lineage: { painter } })
  })

  it('that say nothing, or nonsense, are told apart, readably', async () => {
    await put('plain.png', await plainPicture('png'))
    await put('gif.png', await plainPicture('gif'))
    await put('html.png', '<html>')
    await put('empty.jpg', '')
    await put('large.png', Buffer.alloc(200_000))
    await put('blank.png', await infotext(' '))
    await put('graph.png', await pngWithTexts({ prompt: '{"1": {' }))
    const { ledger: found, rejects: path } = await take([folder], { maxBytes: 100_000 })
    expect(found).toMatchObject({ new: 0, no_metadata: 1, not_an_image: 3, too_large: 1 })
    expect(Object.values(found).reduce((sum, count) => sum + count, 0)).toBe(7)
    expect(existsSync(path as string)).toBe(true)
    const told = await rejects()
    expect(told).toHaveLength(7)
    expect(told.find(({ path }) => String(path).endsWith('large.png'))).toEqual({
      ...{ path: join(folder, 'large.png'), outcome: 'too_large' },
      reason: 'the file has 200000 bytes; 100000 are read at most',
    })
    expect(await rows()).toEqual([])
  })

  it('that attack are refused: a bomb of text, a chunk that lies, a prompt without end', async () => {
    await put('bomb.png', await pngWith([textChunk('parameters', 'x'.repeat(30_000_000), 'zTXt')]))
    await put('lie.png', await pngWith([chunk('tEXt', Buffer.from('parameters\0cut'), 1)]))
    await put('long.png', await infotext('long '.repeat(5_000)))
    await put('control.png', await infotext('\u0007bell'))
    const found = await ledger()
    expect(found.too_long).toBe(1)
    expect(Object.values(found).reduce((sum, count) => sum + count, 0)).toBe(4)
    for (const { prompt } of await rows()) expect(prompt.length).toBeLessThanOrEqual(20_000)
  })
})

describe('folders', () => {
  it('are walked in the order of names, without hidden ones, links and the workspace itself', async () => {
    for (const name of ['b', 'a', '.hidden', 'b/deep']) await mkdir(join(folder, name), { recursive: true })
    for (const [at, name] of ['b/1.png', 'a/2.png', 'b/deep/3.png', '.hidden/4.png'].entries()) {
      await put(name, await infotext(`prompt ${at}`))
    }
    const secret = await mkdtemp(join(tmpdir(), 'promptloom-secret-'))
    await writeFile(join(secret, 'x.png'), await infotext('secret'))
    await symlink(secret, join(folder, 'link'))
    await symlink(join(secret, 'x.png'), join(folder, 'x.png'))
    await put('notes.txt', 'hello')
    await mkdir(join(folder, 'ws', 'studio'), { recursive: true })
    await put('ws/studio/own.png', await infotext('own'))
    const own = join(folder, 'ws')
    const { others } = await ingest(own, [folder], { maxBytes: 1 << 20 })
    const [batch] = await listBatches(own)
    const lines = await readBatch(own, batch?.name as string)
    expect(lines.map((line) => 'id' in line && line.prompt)).toEqual(['prompt 1', 'prompt 0', 'prompt 2'])
    expect(others).toBe(3)
    await rm(secret, { recursive: true })
  })

  it('are refused where they are not there, and files of another kind', async () => {
    await put('a.txt', '')
    await expect(take([join(folder, 'nowhere')])).rejects.toMatchObject({ exitCode: 2 })
    const error = await take([join(folder, 'a.txt')]).catch((reason) => reason)
    expect(error.message).toMatch(/a\.txt is no picture \(PNG, JPEG, WebP\), no \.jsonl and no \.csv file/)
  })
})

describe('the same again', () => {
  it('adds nothing: known by path and state, and by content where those are lost', async () => {
    await put('1.png', await infotext('one'))
    await put('copy.png', await infotext('one'))
    await put('plain.png', await plainPicture('png'))
    await put('lines.jsonl', '{"prompt":"a better cat","asked":"cat"}\n')
    expect(await ledger()).toEqual({ new: 2, known: 1, no_metadata: 1 })
    expect(await ledger()).toEqual({ known: 4 })
    expect(await ledger([folder], { again: true })).toEqual({ known: 3, no_metadata: 1 })
    await rm(join(workspace, 'ingest'), { recursive: true })
    expect(await ledger()).toEqual({ known: 3, no_metadata: 1 })
    expect(await rows()).toHaveLength(2)
    expect(await listBatches(workspace)).toHaveLength(1)
  })

  it('looks at a file that changed, and survives a memory that was cut short', async () => {
    await put('1.png', await infotext('one'))
    await take()
    await appendFile(join(workspace, 'ingest', 'files.jsonl'), '["cut')
    await put('1.png', await infotext('another'))
    expect(await ledger()).toEqual({ new: 1 })
    expect(await ledger()).toEqual({ known: 1 })
  })

  it('does not bring back what was forgotten', async () => {
    const picture = await infotext('one')
    await put('1.png', picture)
    await put('lines.jsonl', '{"prompt":"a better cat","parents":["row-1"]}\n{"prompt":"fine"}\n')
    const at = '2026-11-24T10:00:00.000Z'
    const stone = (value: string) => ({ what: 'id' as const, value, reason: '', at, derived: [] })
    await bury(workspace, [stone(generatedId(picture)), stone('row-1')])
    expect(await ledger()).toEqual({ new: 1, forgotten: 2 })
  })

  it('looks again at what could not be read', async () => {
    await put('1.png', await infotext('one'))
    await chmod(join(folder, '1.png'), 0)
    const found = await ledger()
    // The superuser reads everything.
    if (process.getuid?.() === 0) return expect(found).toEqual({ new: 1 })
    expect(found).toEqual({ unreadable: 1 })
    await chmod(join(folder, '1.png'), 0o600)
    expect(await ledger()).toEqual({ new: 1 })
  })
})

describe('improved prompts', () => {
  it('come line by line, each in one outcome', async () => {
    const lines = [
      '{"prompt":"a castle at night","asked":"castle","parents":["row-1"],"reason":"mood","refiner":"gpt-4"}',
      '',
      'no json',
      '{"prompt":7}',
      '{"prompt":"x","colour":"red"}',
      '{"prompt":"  "}',
      '{"prompt":"same","asked":"same"}',
      `{"prompt":"${'y'.repeat(20_001)}"}`,
      `{"prompt":"${'z'.repeat(1_100_000)}"}`,
      '{"prompt":"last, without a line ending","refiner":{"kind":"offline","label":"none","standIn":true}}',
    ]
    await put('a.jsonl', lines.join('\n'))
    expect(await ledger()).toEqual({ new: 2, malformed: 3, empty_prompt: 1, unchanged: 1, too_long: 2 })
    const [first, last] = await rows()
    expect(first).toMatchObject({
      ...{ origin: 'refined', parents: ['row-1'] },
      lineage: { asked: 'castle', reason: 'mood', refiner: { kind: 'llm', label: 'gpt-4', standIn: false } },
    })
    expect(last?.lineage.refiner?.standIn).toBe(true)
    const told = await rejects()
    expect(told.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 it is no JSON',
      expect.stringMatching(/^4 prompt: .*string/),
      expect.stringMatching(/^5 .*colour/),
      '6 the prompt is empty',
      '8 the prompt has 20001 characters; 20000 are kept at most',
      '9 the line is longer than 1 MiB, or no UTF-8',
    ])
  })

  it('come from tables, with the original as their parent', async () => {
    await put(
      'a.csv',
      'id,original_prompt,enhanced_prompt,url,similarity\nrow-1,cat,"a cat, on a ""sofa""",http://h/1,0.27\nrow-2,dog,dog,,\nrow-3,hen\n,owl,an owl at night,,x\n',
    )
    expect(await ledger()).toEqual({ new: 2, unchanged: 1, malformed: 1 })
    expect(await rows()).toMatchObject([
      { prompt: 'a cat, on a "sofa"', parents: ['row-1'], lineage: { asked: 'cat', scores: { similarity: 0.27 } } },
      { prompt: 'an owl at night', parents: [], lineage: { file: 'a.csv' } },
    ])
    expect((await rejects())[0]).toMatchObject({ line: 3, reason: '2 fields where the header has 5' })
  })

  it('in a table without the columns, or in no table at all, are one reject', async () => {
    await put('other.csv', 'id,prompt\n1,x\n')
    await put('empty.csv', '')
    await put('binary.csv', Buffer.from([0xff, 0xfe, 0, 1, 2]))
    expect(await ledger()).toEqual({ malformed: 3 })
    expect((await rejects()).map(({ reason }) => reason).join('\n')).toMatch(/has no column "original_prompt"/)
  })

  it.skipIf(!existsSync(REFINED_CSV))(`all 214 of ${REFINED_CSV.split('/').at(-1)} are accounted for`, async () => {
    await cp(REFINED_CSV, join(folder, 'refined.csv'))
    const found = await ledger()
    expect(Object.values(found).reduce((sum, count) => sum + count, 0)).toBe(214)
    expect(found).toEqual({ new: expect.any(Number), unchanged: expect.any(Number) })
    expect(found.new).toBeGreaterThan(150)
    expect(await ledger()).toEqual({ known: 1 })
    expect((await rows())[0]).toMatchObject({ parents: [expect.stringMatching(/^[0-9a-f-]{36}$/)] })
  })
})

describe('many', () => {
  it('rows go into batches of a thousand, and an interruption keeps what was read', async () => {
    const lines = Array.from({ length: 2_500 }, (_, at) => JSON.stringify({ prompt: `prompt ${at}` }))
    await put('a.jsonl', `${lines.join('\n')}\n`)
    const controller = new AbortController()
    await put('b.png', await infotext('one'))
    const run = take([folder], {
      signal: controller.signal,
      onProgress: ({ files }) => files === 1 && controller.abort(new Error('stop')),
    })
    await expect(run).rejects.toThrow('stop')
    expect((await listBatches(workspace)).map((batch) => batch.rows)).toEqual([1000, 1000, 500])
    expect(await ledger()).toEqual({ known: 1, new: 1 })
    expect(await rows()).toHaveLength(2_501)
  })
})

describe('watching', () => {
  /** Watches; each wait between two looks does the next step, and the last one ends it. Tells what each look took in. */
  async function watched(steps: (() => Promise<unknown>)[]): Promise<string[]> {
    const controller = new AbortController()
    const told: string[] = []
    let looks = 0
    await watch(workspace, [folder], {
      ...{ maxBytes: 1 << 20, interval: 1_000, signal: controller.signal },
      onTaken: async ({ ledger: { new: count } }) => void told.push(`look ${looks + 1}: ${count}`),
      async wait() {
        looks++
        await steps.shift()?.()
        if (steps.length === 0) controller.abort()
      },
    })
    return told
  }
  const nothing = async () => undefined

  it('takes a file in once it has stopped growing, and goes on after a restart', async () => {
    const whole = await infotext('slow')
    const grow = (bytes: number) => () => put('slow.png', whole.subarray(0, bytes))
    await grow(60)()
    expect(await watched([grow(90), grow(whole.length), nothing, nothing, nothing])).toEqual(['look 4: 1'])
    expect((await rows()).map(({ id }) => id)).toEqual([generatedId(whole)])
    const another = async () => put('another.png', await infotext('another'))
    expect(await watched([another, nothing, nothing, nothing])).toEqual(['look 3: 1'])
  })

  it('says that a look was cut short', async () => {
    const controller = new AbortController()
    await put('old.png', await infotext('old'))
    const past = new Date(Date.now() - 60_000)
    await utimes(join(folder, 'old.png'), past, past)
    const cut = await watch(workspace, [folder], {
      ...{ maxBytes: 1 << 20, interval: 1_000, signal: controller.signal },
      onProgress: () => controller.abort(new Error('stop')),
      onTaken: async () => undefined,
    })
    expect(cut).toBe(true)
    expect(await rows()).toHaveLength(1)
  })

  it('takes in at once what was there long before', async () => {
    await put('old.png', await infotext('old'))
    const past = new Date(Date.now() - 60_000)
    await utimes(join(folder, 'old.png'), past, past)
    const controller = new AbortController()
    const cut = await watch(workspace, [folder], {
      ...{ maxBytes: 1 << 20, interval: 1_000, signal: controller.signal },
      onTaken: async () => controller.abort(),
    })
    expect(cut).toBe(false)
    expect(await rows()).toHaveLength(1)
  })
})

describe('what is shown', () => {
  it('is a table of outcomes with their meaning', async () => {
    await put('1.png', await infotext('one'))
    await put('plain.png', await plainPicture('png'))
    await put('notes.txt', '')
    const text = ingestText(await take())
    expect(text).toMatch(/new .* 1 .* it waits in the inbox/)
    expect(text).toMatch(/no_metadata/)
    expect(text).toMatch(/2 files, and 1 of other kinds that were left alone\./)
    expect(text).toMatch(/What cannot be used, and why: .*rejects\.jsonl/)
  })

  it('is a line now and then while it goes on', () => {
    let now = 0
    const written: string[] = []
    const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 } as never
    const progress = ingestProgress(stream, () => now)
    for (now = 0; now <= 20_000; now += 1_000) progress.show({ files: now / 10, ledger: { new: 5 } as never })
    progress.end()
    expect(written).toEqual(['1,000 files (100 a second), 5 new\n', '2,000 files (100 a second), 5 new\n'])
  })
})
