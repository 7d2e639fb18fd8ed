/** Picture formats that are decoded. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif'

/** What the first bytes of a body say it is, whatever its header or its name claim. */
export type Sniffed =
  | { readonly kind: 'picture'; readonly format: PictureFormat }
  /** A picture or document that is refused: active (SVG, PDF), or of a decoder that we don't open to strangers. */
  | { readonly kind: 'unsupported'; readonly name: string }
  | { readonly kind: 'none'; readonly name: string }

/** Bytes, as Latin-1 text, that stand at these places: `[[0, 'RIFF'], [8, 'WEBP']]`. */
type Signature = readonly (readonly [at: number, bytes: string])[]

const PICTURES: readonly (readonly [PictureFormat, Signature])[] = [
  ['jpeg', [[0, '\xff\xd8\xff']]],
  ['png', [[0, '\x89PNG\r\n\x1a\n']]],
  ['gif', [[0, 'GIF87a']]],
  ['gif', [[0, 'GIF89a']]],
  [
    'webp',
    [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  ],
]

const UNSUPPORTED: readonly (readonly [string, Signature])[] = [
  ['AVIF, HEIC or a film', [[4, 'ftyp']]],
  ['TIFF', [[0, 'II*\0']]],
  ['TIFF', [[0, 'MM\0*']]],
  ['BigTIFF', [[0, 'II+\0']]],
  ['BigTIFF', [[0, 'MM\0+']]],
  [
    'BMP',
    [
      [0, 'BM'],
      [6, '\0\0\0\0'],
    ],
  ],
  ['icon', [[0, '\0\0\x01\0']]],
  ['cursor', [[0, '\0\0\x02\0']]],
  ['JPEG XL', [[0, '\xff\x0a']]],
  ['JPEG XL', [[0, '\0\0\0\x0cJXL ']]],
  ['JPEG 2000', [[0, '\0\0\0\x0cjP  ']]],
  ['JPEG 2000', [[0, '\xff\x4f\xff\x51']]],
  ['PSD', [[0, '8BPS']]],
  ['PDF', [[0, '%PDF-']]],
  ['PostScript', [[0, '%!PS']]],
]

const SVG = /^(?:\xef\xbb\xbf)?\s*<(?:svg[\s>]|(?:\?xml|!--|!DOCTYPE svg)[\s\S]*<svg[\s>])/i

const TEXTS: readonly (readonly [string, RegExp])[] = [
  ['nothing', /^$/],
  [
    'HTML',
    /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html|head|body|script|title|meta|h1|p|div|br)\b/i,
  ],
  ['XML', /^(?:\xef\xbb\xbf)?\s*<\?xml/i],
  ['JSON', /^\s*[{[]/],
]

/** Far enough to see past an XML declaration, a comment and a doctype. */
const SNIFF_BYTES = 1024

/** Tells what a body is by its own bytes. Format signatures: the formats' specifications, WHATWG MIME Sniffing. */
export function sniff(bytes: Buffer): Sniffed {
  const head = bytes.toString('latin1', 0, SNIFF_BYTES)
  const picture = PICTURES.find(([, signature]) => matches(head, signature))
  if (picture) return { kind: 'picture', format: picture[0] }
  const unsupported = SVG.test(head) ? 'SVG' : UNSUPPORTED.find(([, signature]) => matches(head, signature))?.[0]
  if (unsupported) return { kind: 'unsupported', name: unsupported }
  return { kind: 'none', name: TEXTS.find(([, pattern]) => pattern.test(head))?.[0] ?? 'something else' }
}

function matches(head: string, signature: Signature): boolean {
  return signature.every(([at, text]) => head.startsWith(text, at))
}

/** A JPEG's end is looked for this close to the file's: further up, a thumbnail may have an end of its own. */
const JPEG_TAIL_BYTES = 1024

/**
 * Whether a picture that failed to decode ends before its end, by its own structure alone: libvips keeps the complaints
 * of all its threads in one place, so that an error's words may be about a picture that was decoded beside it.
 */
export function isCutOff(format: PictureFormat, bytes: Buffer): boolean {
  switch (format) {
    case 'jpeg':
      return !bytes.subarray(-JPEG_TAIL_BYTES).includes('\xff\xd9', 0, 'latin1')
    case 'png':
      return bytes.lastIndexOf('IEND', undefined, 'latin1') < 0
    case 'webp':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length
    case 'gif':
      return isGifCutOff(bytes)
  }
}

const GIF = { header: 13, extension: 0x21, image: 0x2c, trailer: 0x3b }

/** Walks a GIF's blocks (GIF89a specification): cut off when the file ends before the trailer is met. */
function isGifCutOff(bytes: Buffer): boolean {
  const colours = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = GIF.header + colours(bytes[10] ?? 0)
  while (at < bytes.length) {
    const kind = bytes[at]
    if (kind === GIF.trailer) return false
    if (kind === GIF.extension) at += 2
    else if (kind === GIF.image) at += 11 + colours(bytes[at + 9] ?? 0)
    else return false
    // Sub-blocks, each with its length first; an empty one ends them.
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] as number)
    at += 1
  }
  return true
}
