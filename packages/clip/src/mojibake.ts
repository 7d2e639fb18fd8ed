/** Windows-1252's characters for the bytes 0x80 to 0x9F; the five that it leaves open stay control characters. */
const HIGH = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** UTF-8 of accented Latin letters, punctuation or emoji, as it looks when read as Windows-1252 or Latin-1. */
const SUSPECT = new RegExp(`[ÂÃĂ][\x80-\xbf${HIGH}]|â[€\x80‚\x82]|ð[Ÿ\x9f]`)

/** The Windows-1252 character that a C1 control character was meant to be. */
export function windows1252(control: string): string {
  return HIGH[control.charCodeAt(0) - 0x80] ?? control
}

/** Text that is UTF-8 wrongly read as Windows-1252, read rightly; any other text as it is. */
export function decodeMojibake(text: string): string {
  if (!SUSPECT.test(text)) return text
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const high = code < 0x100 ? -1 : HIGH.indexOf(text[at] as string)
    if (code >= 0x100 && high < 0) return text
    bytes[at] = high < 0 ? code : 0x80 + high
  }
  try {
    return decodeMojibake(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return text
  }
}
