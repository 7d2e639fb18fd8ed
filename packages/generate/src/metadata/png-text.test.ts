import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunk, plainPicture, pngWith, textChunk } from './picture-writer.double.ts'
import { isPng, pngTexts } from './png-text.ts'

const KINDS = ['tEXt', 'zTXt', 'iTXt', 'iTXt-deflated'] as const
const keyword = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _]{0,60}$/)

describe('texts', () => {
  test.each(KINDS)('of kind %s come back, whatever is written in them', async (kind) => {
    const unit = kind.startsWith('iTXt') ? 'grapheme' : 'binary-ascii'
    await fc.assert(
      fc.asyncProperty(keyword, fc.string({ unit, maxLength: 200 }), async (name, text) => {
        expect(pngTexts(await pngWith([textChunk(name, text, kind)]))).toEqual([{ keyword: name, text }])
      }),
      { numRuns: 40 },
    )
  })

  test('come in the order of the file, before and after the pixels, with repeated keywords', async () => {
    const before = await pngWith([textChunk('a', '1'), textChunk('b', '2', 'zTXt')])
    const whole = Buffer.concat([before.subarray(0, -12), textChunk('a', '3', 'iTXt'), before.subarray(-12)])
    expect(pngTexts(whole).map((one) => `${one.keyword}=${one.text}`)).toEqual(['a=1', 'b=2', 'a=3'])
  })

  test('behind the end of the picture are not looked at', async () => {
    const plain = await plainPicture('png')
    expect(pngTexts(Buffer.concat([plain, textChunk('late', 'x')]))).toEqual([])
  })

  test.each<[string, Buffer, string]>([
    ['Latin-1', chunk('tEXt', Buffer.from('k\0caf\xe9', 'latin1')), 'café'],
    ['UTF-8 in tEXt, which the specification does not know', chunk('tEXt', Buffer.from('k\0café')), 'café'],
    [
      'Latin-1, compressed',
      chunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.from('caf\xe9', 'latin1'))])),
      'café',
    ],
    ['a byte order mark, kept', chunk('tEXt', Buffer.from('k\0\uFEFFx')), '\uFEFFx'],
    ['nothing', chunk('tEXt', 'k\0'), ''],
    ['line breaks', chunk('tEXt', 'k\0a\nb\r\nc'), 'a\nb\r\nc'],
    ['zero bytes within', chunk('tEXt', 'k\0a\0b'), 'a\0b'],
  ])('of %s', async (_, written, expected) => {
    expect(pngTexts(await pngWith([written]))).toEqual([{ keyword: 'k', text: expected }])
  })

  test('of the longest keyword are read, and of one more not', async () => {
    const [fits, tooLong] = ['k'.repeat(79), 'k'.repeat(80)]
    expect(pngTexts(await pngWith([textChunk(fits, 'x'), textChunk(tooLong, 'y')]))).toEqual([
      { keyword: fits, text: 'x' },
    ])
  })

  test('with a language and a translated keyword are read too', async () => {
    const content = Buffer.concat([Buffer.from('prompt\0\0\0de\0Eingabe\0'), Buffer.from('ein Fuchs')])
    expect(pngTexts(await pngWith([chunk('iTXt', content)]))).toEqual([{ keyword: 'prompt', text: 'ein Fuchs' }])
  })

  test('of four MiB are read, and of a byte more left out', async () => {
    const limit = 4 * 1024 * 1024
    const [fits, tooLong] = [Buffer.alloc(limit, 65), Buffer.alloc(limit + 1, 65)]
    const packed = (data: Buffer) => chunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(data)]))
    expect(pngTexts(await pngWith([packed(fits)]))[0]?.text).toHaveLength(limit)
    expect(pngTexts(await pngWith([packed(tooLong)]))).toEqual([])
  })
})

describe('files', () => {
  test.each<[string, () => Promise<Buffer>, boolean]>([
    ['PNG', () => plainPicture('png'), true],
    ['JPEG', () => plainPicture('jpeg'), false],
    ['WebP', () => plainPicture('webp'), false],
    ['GIF', () => plainPicture('gif'), false],
    ['nothing', async () => Buffer.alloc(0), false],
    ['half a signature', async () => Buffer.from([0x89, 0x50, 0x4e, 0x47]), false],
  ])('%s: a PNG is told by its signature', async (_, write, expected) => {
    expect(isPng(await write())).toBe(expected)
  })

  test('changed at any byte are still answered', async () => {
    const whole = await pngWith([textChunk('parameters', 'a fox'), textChunk('b', 'x', 'zTXt')])
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const damaged = Buffer.from(whole)
        damaged[at] = value
        for (const { text } of pngTexts(damaged)) expect(['a fox', 'x']).toContain(text)
      }),
      { numRuns: 400 },
    )
  })

  test('of random bytes hold no text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(pngTexts(Buffer.from(bytes))).toEqual([])
      }),
    )
  })
})
