/** Ways in which terminals show pictures. */
export type TerminalGraphics = 'kitty' | 'iterm2'

/** What a terminal says of itself. */
export interface TerminalFacts {
  readonly isTTY: boolean
  /** The environment's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const ITERM2 = new Set(['iTerm.app', 'WezTerm', 'mintty', 'vscode', 'Tabby', 'Hyper'])

/**
 * How this terminal shows pictures, by what it says of itself; undefined where it does not, or where something stands
 * between (tmux, screen) that would print the picture's bytes. Terminals that only know sixels get paths.
 */
export function terminalGraphics({ isTTY, environment }: TerminalFacts): TerminalGraphics | undefined {
  const { TERM = '', TERM_PROGRAM = '', KITTY_WINDOW_ID, KONSOLE_VERSION, LC_TERMINAL, TMUX } = environment
  if (!isTTY || TMUX || /^(screen|tmux|dumb)/.test(TERM)) return undefined
  if (KITTY_WINDOW_ID || KONSOLE_VERSION || /kitty|ghostty/.test(TERM) || TERM_PROGRAM === 'ghostty') return 'kitty'
  if (ITERM2.has(TERM_PROGRAM) || LC_TERMINAL === 'iTerm2') return 'iterm2'
  return undefined
}

/** Most characters of base64 in one escape sequence of the kitty protocol. */
const KITTY_CHUNK = 4096

/** A PNG as the escape sequences that show it where the cursor is. */
export function terminalPicture(png: Uint8Array, graphics: TerminalGraphics): string {
  const data = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')
  // https://iterm2.com/documentation-images.html
  if (graphics === 'iterm2') return `\x1b]1337;File=inline=1;size=${png.byteLength};preserveAspectRatio=1:${data}\x07\n`
  // https://sw.kovidgoyal.net/kitty/graphics-protocol/: f=100 is PNG, a=T shows at once, m=1 says that more follows.
  const chunks = data.match(new RegExp(`.{1,${KITTY_CHUNK}}`, 'g')) ?? []
  const sequences = chunks.map((chunk, at) => {
    const more = at < chunks.length - 1 ? 1 : 0
    return `\x1b_G${at === 0 ? 'a=T,f=100,q=2,' : ''}m=${more};${chunk}\x1b\\`
  })
  return `${sequences.join('')}\n`
}
