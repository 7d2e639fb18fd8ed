import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { terminalGraphics, terminalPicture } from './terminal-picture.ts'

describe('what a terminal can show', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{ TERM: 'xterm-kitty' }, 'kitty'],
    [{ TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }, 'kitty'],
    [{ TERM: 'xterm-ghostty' }, 'kitty'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, 'iterm2'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }, 'iterm2'],
    [{ TERM: 'xterm-256color' }, undefined],
    [{ TERM: 'tmux-256color', TERM_PROGRAM: 'iTerm.app' }, undefined],
    [{ TERM: 'xterm-kitty', TMUX: '/tmp/x' }, undefined],
    [{}, undefined],
  ])('%j: %s', (environment, expected) => {
    expect(terminalGraphics({ isTTY: true, environment })).toBe(expected)
    expect(terminalGraphics({ isTTY: false, environment })).toBeUndefined()
  })
})

describe('the sequences', () => {
  const png = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251)
  it('of kitty carry the bytes in pieces, the last one marked', () => {
    const text = terminalPicture(png, 'kitty').replaceAll('\x1b', 'ESC')
    const pieces = [...text.matchAll(/ESC_G([^;]*);([A-Za-z0-9+/=]*)ESC\\/g)]
    expect(pieces.map(([, control]) => control)).toEqual(['a=T,f=100,q=2,m=1', 'm=1', 'm=1', 'm=0'])
    expect(pieces.every(([, , data]) => (data as string).length <= 4096)).toBe(true)
    expect(Buffer.from(pieces.map(([, , data]) => data).join(''), 'base64').equals(Buffer.from(png))).toBe(true)
  })
  it('of iTerm2 carry them whole', () => {
    const [, size, data] =
      /size=(\d+);preserveAspectRatio=1:([A-Za-z0-9+/=]+)/.exec(terminalPicture(png, 'iterm2')) ?? []
    expect(Number(size)).toBe(10_000)
    expect(Buffer.from(data ?? '', 'base64').equals(Buffer.from(png))).toBe(true)
  })
})

describe('any picture', () => {
  it('comes back from the pieces that kitty gets, none too long, all but the last marked', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20_000 }), (bytes) => {
        const sent = terminalPicture(bytes, 'kitty')
        const ESCAPE = '\x1b'
        const pieces = sent
          .trimEnd()
          .split(`${ESCAPE}_G`)
          .slice(1)
          .map((piece) => /^(?:a=T,f=100,q=2,)?m=([01]);(.*)$/.exec(piece.replace(`${ESCAPE}\\`, '')) ?? [])
        expect(pieces.every(([, , data]) => (data ?? '').length <= 4096)).toBe(true)
        expect(pieces.map(([, more]) => more).join('')).toMatch(/^1*0$/)
        expect(Buffer.from(pieces.map(([, , data]) => data).join(''), 'base64')).toEqual(Buffer.from(bytes))
        expect(sent.match(/a=T/g)).toHaveLength(1)
      }),
      { numRuns: 30 },
    )
  })
})
