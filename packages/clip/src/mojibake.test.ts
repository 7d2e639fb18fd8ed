import { describe, expect, it } from 'vitest'
import { decodeMojibake, windows1252 } from './mojibake.ts'

/** UTF-8 bytes read as Windows-1252, as a careless program does it. */
function garble(text: string): string {
  return Array.from(Buffer.from(text), (byte) =>
    byte >= 0x80 && byte < 0xa0 ? windows1252(String.fromCharCode(byte)) : String.fromCharCode(byte),
  ).join('')
}

describe('mojibake', () => {
  it.each(['café', 'naïve façade', '“quoted” — and…', 'emoji 😀 and 👍🏽', 'a\xa0b é', 'Dvořák, Łódź'])(
    'of "%s" is read rightly',
    (text) => {
      expect(garble(text)).not.toBe(text)
      expect(decodeMojibake(garble(text))).toBe(text)
    },
  )

  it('of mojibake is read rightly, too', () => {
    expect(decodeMojibake(garble(garble('café')))).toBe('café')
  })

  it.each(['plain', 'café', 'Ã', 'ÂÃ', 'SÃO PAULO', 'â', 'garçon', '中文 â€” 中', 'ðŸ', '“fine”', 'À la carte'])(
    'is not seen in "%s"',
    (text) => {
      expect(decodeMojibake(text)).toBe(text)
    },
  )

  it('that is less than certain is left alone: Greek capitals look like it', () => {
    expect(decodeMojibake(garble('Ωmega'))).toBe('Î©mega')
  })

  it('maps the control characters that Windows-1252 uses, and leaves the other five', () => {
    const mapped = Array.from({ length: 32 }, (_, at) => windows1252(String.fromCharCode(0x80 + at)))
    expect(mapped.join('')).toBe('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ')
  })
})
