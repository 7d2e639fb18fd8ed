import { describe, expect, it } from 'vitest'
import { plainText } from './plain-text.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for exactly these
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/

describe('plainText', () => {
  it.each([
    ['clears the screen', '\u001b[2Jcleared'],
    ['sets the window’s title', '\u001b]0;title\u0007'],
    ['does so by one 8-bit character', '\u009b31mred'],
    ['overwrites its own line', 'all is well\rFAILED'],
    ['deletes letters', 'no\b\b\u007f\u007fyes'],
    ['ends a text for C', 'a\u0000b'],
  ])('leaves nothing of a text that %s but its letters', (_, text) => {
    expect(plainText(text)).not.toMatch(CONTROLS)
    expect(plainText(text, { lines: true })).not.toMatch(CONTROLS)
  })

  it('keeps all that is text', () => {
    const text = 'é e\u0301 日本 🐈‍⬛ "quoted", (masterpiece:1.3) ~ \u00a0 ﷽'
    expect(plainText(text)).toBe(text)
  })

  it('makes one line of several, unless lines are wanted', () => {
    expect(plainText('a\r\n\tb\n\nc')).toBe('a b c')
    expect(plainText('a\n\nb\n  c', { lines: true })).toBe('a\n\nb\n  c')
  })
})
