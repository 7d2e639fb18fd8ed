import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exifTexts } from './exif-text.ts'
import { exifBlock, unicodeComment } from './picture-writer.double.ts'

const DESCRIPTION = 0x010e
const MAKE = 0x010f
const MODEL = 0x0110
const SOFTWARE = 0x0131
const MAKER_NOTE = 0x927c
const COMMENT = 0x9286

const textOf = (block: Buffer, keyword: string) => exifTexts(block).find((entry) => entry.keyword === keyword)?.text
const commentOf = (value: Buffer, littleEndian = true) =>
  textOf(exifBlock([], [[COMMENT, value]], littleEndian), 'exif:UserComment')

describe('the tags that are read', () => {
  test.each([
    [DESCRIPTION, 'exif:ImageDescription'],
    [MAKE, 'exif:Make'],
    [MODEL, 'exif:Model'],
    [SOFTWARE, 'exif:Software'],
    [MAKER_NOTE, 'exif:MakerNote'],
    [COMMENT, 'exif:UserComment'],
  ])('%i is %s, in either directory and byte order', (tag, keyword) => {
    for (const littleEndian of [true, false]) {
      expect(textOf(exifBlock([[tag, 'a fox in snow']], [], littleEndian), keyword)).toBe('a fox in snow')
      expect(textOf(exifBlock([], [[tag, 'a fox in snow']], littleEndian), keyword)).toBe('a fox in snow')
    }
  })

  test.each([0x0100, 0x0132, 0x8298, 0x9c9c])('%i is none of them', (tag) => {
    expect(exifTexts(exifBlock([[tag, 'a fox in snow']]))).toEqual([])
  })

  test('come in the order of the block, the main directory first, each once', () => {
    const block = exifBlock(
      [
        [SOFTWARE, 'first'],
        [SOFTWARE, 'second'],
      ],
      [
        [SOFTWARE, 'third'],
        [COMMENT, 'words'],
      ],
    )
    expect(exifTexts(block)).toEqual([
      { keyword: 'exif:Software', text: 'first' },
      { keyword: 'exif:UserComment', text: 'words' },
    ])
  })

  test.each(['', 'a', 'abc', 'abcd', 'abcde'])('%j is read wherever its length puts it', (text) => {
    expect(textOf(exifBlock([[MODEL, text]]), 'exif:Model')).toBe(text)
  })
})

describe('the character code of a comment', () => {
  const SPOKEN = 'a fox, Émile, 狐'

  test.each<[string, Buffer]>([
    ['UNICODE, big-endian, as piexif writes it', unicodeComment(SPOKEN)],
    ['UNICODE, little-endian', unicodeComment(SPOKEN, 'le')],
    ['UNICODE with a mark, big-endian', unicodeComment(`\uFEFF${SPOKEN}`)],
    ['UNICODE with a mark, little-endian', unicodeComment(`\uFEFF${SPOKEN}`, 'le')],
    ['ASCII that is UTF-8', Buffer.from(`ASCII\0\0\0${SPOKEN}`)],
    ['undefined', Buffer.concat([Buffer.alloc(8), Buffer.from(SPOKEN)])],
    ['JIS that is UTF-8', Buffer.from(`JIS\0\0\0\0\0${SPOKEN}`)],
    ['none at all, as some tools forget it', Buffer.from(SPOKEN)],
  ])('%s', (_, value) => {
    for (const littleEndian of [true, false]) expect(commentOf(value, littleEndian)).toBe(SPOKEN)
  })

  test('where nothing gives the order away the block’s own is taken', () => {
    expect(commentOf(unicodeComment('狐狐狐', 'le'), true)).toBe('狐狐狐')
    expect(commentOf(unicodeComment('狐狐狐', 'be'), false)).toBe('狐狐狐')
  })

  test.each([
    ['UNICODE\0', ''],
    ['UNICODE\0x', ''],
    ['ASCII\0\0\0', ''],
    ['short', 'short'],
  ])('%j is %j: a comment without words, or half a letter', (value, expected) => {
    expect(commentOf(Buffer.from(value, 'latin1'))).toBe(expected)
  })

  test('zero bytes at the end are padding, those within are kept', () => {
    expect(commentOf(Buffer.from('ASCII\0\0\0fox\0\0\0\0'))).toBe('fox')
    expect(commentOf(Buffer.from('ASCII\0\0\0a\0b\0'))).toBe('a\0b')
  })

  test('any words come back from UTF-16, if there is Latin in them', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(words, fc.constantFrom('be', 'le'), (text, order) => {
        const spoken = `Prompt in Latin letters: ${text}, and more of them after it for good measure ${text.length}`
        expect(commentOf(unicodeComment(spoken, order as 'be' | 'le'))).toBe(spoken)
      }),
    )
  })
})

describe('blocks', () => {
  test('may start with Exif’s own mark', () => {
    const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifBlock([[MODEL, 'a fox']])])
    expect(textOf(block, 'exif:Model')).toBe('a fox')
  })

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['seven bytes', Buffer.from('II*\0\b\0\0', 'latin1')],
    ['another mark', Buffer.from('XX*\0\b\0\0\0\0\0\0\0', 'latin1')],
    ['a mark of mixed order', Buffer.from('IM*\0\b\0\0\0\0\0\0\0', 'latin1')],
    ['no directory', Buffer.from('II*\0\b\0\0\0', 'latin1')],
    ['Exif’s mark alone', Buffer.from('Exif\0\0', 'latin1')],
  ])('of %s hold no text', (_, block) => {
    expect(exifTexts(block)).toEqual([])
  })

  test('cut anywhere give what is whole, or nothing', () => {
    const whole = exifBlock([[MODEL, 'a fox in snow']], [[COMMENT, unicodeComment('more words')]])
    for (let length = 0; length < whole.length; length++) {
      for (const { text } of exifTexts(whole.subarray(0, length)))
        expect(['a fox in snow', 'more words']).toContain(text)
    }
  })

  test('of any bytes never throw, and never give more text than they hold', () => {
    const bytes = fc
      .uint8Array({ maxLength: 400 })
      .map((tail) => Buffer.concat([Buffer.from('II*\0\b\0\0\0', 'latin1'), tail]))
    fc.assert(
      fc.property(bytes, (block) => {
        for (const { text } of exifTexts(block)) expect(text.length).toBeLessThanOrEqual(block.length)
      }),
    )
  })
})
