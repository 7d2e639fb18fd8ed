import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { exifTexts } from './exif-text.ts'
import { parseInfotext } from './infotext.ts'
import {
  chunk,
  exifBlock,
  jpegWith,
  plainPicture,
  pngWith,
  textChunk,
  unicodeComment,
  webpWith,
} from './picture-writer.double.ts'
import { pngTexts } from './png-text.ts'
import { readMetadata } from './read-metadata.ts'
import { parseToolJson } from './tool-json.ts'

const INFOTEXT = 'a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1'
const GENERATION = { kind: 'generation', prompt: 'a fox' }

describe('files that are cut off', () => {
  test.each([
    ['PNG', () => pngWith([textChunk('parameters', INFOTEXT)])],
    ['JPEG', () => jpegWith(exifBlock([], [[0x9286, unicodeComment(INFOTEXT)]]))],
    ['WebP', () => webpWith(exifBlock([], [[0x9286, unicodeComment(INFOTEXT)]]))],
  ])('%s, at every byte, are answered', async (_, write) => {
    const whole = await write()
    for (let length = 0; length < whole.length; length++) {
      const result = await readMetadata(whole.subarray(0, length))
      if (result.kind === 'generation') expect(result).toMatchObject({ prompt: 'a fox', steps: 20 })
    }
    expect(await readMetadata(whole)).toMatchObject(GENERATION)
  })

  test('after their text still tell it', async () => {
    const whole = await pngWith([textChunk('parameters', INFOTEXT)])
    expect(await readMetadata(whole.subarray(0, whole.length - 20))).toMatchObject(GENERATION)
  })
})

describe('chunks that lie', () => {
  test('about their length are where reading ends', async () => {
    const liar = textChunk('parameters', INFOTEXT)
    liar.writeUInt32BE(0xffffffff)
    expect(pngTexts(await pngWith([textChunk('first', 'x'), liar]))).toEqual([{ keyword: 'first', text: 'x' }])
  })

  test('about their checksum are left out', async () => {
    const damaged = chunk('tEXt', `parameters\0${INFOTEXT}`, 1)
    expect(pngTexts(await pngWith([damaged, textChunk('kept', 'x')]))).toEqual([{ keyword: 'kept', text: 'x' }])
  })

  test.each([
    ['no keyword', chunk('tEXt', '\0text')],
    ['no end of the keyword', chunk('tEXt', 'parameters')],
    ['a keyword too long', chunk('tEXt', `${'k'.repeat(80)}\0text`)],
    ['nothing', chunk('iTXt', '')],
    ['no language', chunk('iTXt', 'parameters\0\0\0')],
    ['no translation', chunk('iTXt', 'parameters\0\0\0en\0')],
    ['broken compression', chunk('zTXt', 'parameters\0\0rubbish')],
  ])('%s: left out', async (_, broken) => {
    expect(pngTexts(await pngWith([broken]))).toEqual([])
  })

  test('and unfold without end are left out, and the others kept', async () => {
    const bomb = Buffer.concat([Buffer.from('parameters\0\0'), deflateSync(Buffer.alloc(64 * 1024 * 1024, 65))])
    expect(bomb.length).toBeLessThan(100_000)
    const file = await pngWith([chunk('zTXt', bomb), textChunk('parameters', INFOTEXT)])
    expect(pngTexts(file)).toEqual([{ keyword: 'parameters', text: INFOTEXT }])
    expect(await readMetadata(file)).toMatchObject(GENERATION)
  })

  test('in their hundreds are read up to a limit together', async () => {
    const unfolding = chunk(
      'zTXt',
      Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(4 * 1024 * 1024, 65))]),
    )
    const texts = pngTexts(await pngWith(Array.from({ length: 100 }, () => unfolding)))
    expect(texts).toHaveLength(4)
  })
})

describe('EXIF that lies', () => {
  test('whose entries all point at one large array is read at once', () => {
    const block = Buffer.alloc(64 * 1024)
    block.write('II*\0', 'latin1')
    block.writeUInt32LE(8, 4)
    block.writeUInt16LE(5000, 8)
    for (let entry = 0; entry < 5000; entry++) {
      block.writeUInt16LE(0x9286, 10 + entry * 12)
      block.writeUInt16LE(7, 12 + entry * 12)
      block.writeUInt32LE(60_000, 14 + entry * 12)
    }
    expect(exifTexts(block)).toHaveLength(1)
  })

  test('whose directory points at itself, or nowhere, ends', () => {
    const loop = exifBlock([], [[0x9286, 'text']])
    loop.writeUInt32LE(8, 10 + 8)
    expect(exifTexts(loop)).toEqual([])
    const nowhere = exifBlock([[0x0110, 'long enough']])
    nowhere.writeUInt32LE(0xfffffff0, 10 + 8)
    expect(exifTexts(nowhere)).toEqual([])
    const start = exifBlock([[0x0110, 'x']])
    start.writeUInt32LE(0xffffffff, 4)
    expect(exifTexts(start)).toEqual([])
  })

  test('of random bytes is answered', () => {
    for (let round = 0; round < 500; round++) {
      const block = Buffer.concat([Buffer.from(round % 2 ? 'II*\0' : 'MM\0*', 'latin1'), randomBytes(200)])
      for (const { text } of exifTexts(block)) expect(text.length).toBeLessThanOrEqual(200)
    }
  })
})

describe('other files', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('parameters')],
    ['a PNG signature alone', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ['random', randomBytes(1000)],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
  ])('%s: no image', async (_, file) => {
    expect(await readMetadata(file)).toMatchObject({ kind: 'none', reason: 'not_an_image' })
  })

  test('a format that no tool writes: no image', async () => {
    expect(await readMetadata(await plainPicture('gif'))).toMatchObject({ reason: 'not_an_image' })
  })

  test('larger than the limit: not looked at', async () => {
    const file = await pngWith([textChunk('parameters', INFOTEXT)])
    expect(await readMetadata(file, { maxBytes: file.length })).toMatchObject(GENERATION)
    const refused = await readMetadata(file, { maxBytes: file.length - 1 })
    expect(refused).toMatchObject({ reason: 'too_large', detail: expect.stringContaining(String(file.length)) })
  })

  test('a tool whose JSON is broken: malformed, but another account still counts', async () => {
    const broken = textChunk('invokeai_metadata', '{"positive_prompt": ')
    expect(await readMetadata(await pngWith([broken]))).toMatchObject({ reason: 'malformed_metadata' })
    expect(await readMetadata(await pngWith([broken, textChunk('parameters', INFOTEXT)]))).toMatchObject(GENERATION)
  })

  test.each(['sd-metadata', 'invokeai_metadata'])('%s of another shape gives what it has', async (keyword) => {
    const odd = '{"image": 5, "model": [1], "steps": "x", "seed": {}, "cfg_scale": "7.5", "positive_prompt": 9}'
    expect(await readMetadata(await pngWith([textChunk(keyword, odd)]))).toMatchObject({
      prompt: '',
      steps: null,
      seed: null,
    })
  })
})

describe('texts made to be slow', () => {
  test.each([
    ['names without colons', `x\nSteps: 1, ${'a '.repeat(30_000)}`],
    ['quotes without end', `x\nSteps: 1, ${'a: "\\"'.repeat(10_000)}`],
    ['spaces', `x\nSteps: 1,${' '.repeat(60_000)}`],
    ['a line too long', `x\nSteps: 1, ${'a: b, '.repeat(100_000)}`],
  ])('%s', (_, text) => {
    expect(parseInfotext(text)?.prompt ?? 'x').toBe('x')
  })

  test.each([
    ['quotes', `{"a":${'"\\"'.repeat(300_000)}`],
    ['digits', `{"a":${'1'.repeat(500_000)}.}`],
    ['NaNs', `{"a":[${'NaN'.repeat(300_000)}`],
  ])('%s', (_, text) => {
    expect(() => parseToolJson(text)).toThrow(SyntaxError)
  })
})
