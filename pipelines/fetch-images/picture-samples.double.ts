import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** A picture with something to see in it: waves and noise that the seed decides. */
export async function samplePicture(seed: number, width = 96, height = 80): Promise<Sharp> {
  let state = seed * 2_654_435_761
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const waves = Array.from({ length: 8 }, () => ({
    across: Math.floor(random() * 8),
    down: Math.floor(random() * 8),
    phase: random() * 2 * Math.PI,
    channel: Math.floor(random() * 3),
  }))
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = [128, 128, 128].map((grey) => grey + random() * 16)
      for (const { across, down, phase, channel } of waves) {
        const wave = 40 * Math.cos(Math.PI * ((across * x) / width + (down * y) / height) + phase)
        colour[channel] = (colour[channel] as number) + wave
      }
      data.set(
        colour.map((value) => Math.max(0, Math.min(255, value))),
        3 * (y * width + x),
      )
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** Good, odd and bad bodies by name; the good ones decode to 96×80 pixels unless their name says otherwise. */
export async function pictureSamples(): Promise<Readonly<Record<string, Buffer>>> {
  const jpeg = await (await samplePicture(1)).jpeg({ quality: 92 }).toBuffer()
  const png = await (await samplePicture(2)).png().toBuffer()
  const webp = await (await samplePicture(3)).webp().toBuffer()
  const frames = await Promise.all([4, 5, 6].map(async (seed) => (await samplePicture(seed)).png().toBuffer()))
  const animation = sharp(frames, { join: { animated: true } })
  return {
    'ok.jpg': jpeg,
    'ok.png': png,
    'ok.webp': webp,
    'ok.gif': await (await samplePicture(7)).gif().toBuffer(),
    'cmyk.jpg': await (await samplePicture(8)).toColourspace('cmyk').jpeg().toBuffer(),
    '16-bit.png': await (await samplePicture(9)).toColourspace('rgb16').png().toBuffer(),
    'grey.jpg': await (await samplePicture(10)).toColourspace('b-w').jpeg().toBuffer(),
    'upside-down.jpg': await (await samplePicture(11)).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'profile.jpg': await (await samplePicture(12)).withIccProfile('p3').jpeg().toBuffer(),
    'alpha.png': await (await samplePicture(13)).ensureAlpha(0.5).png().toBuffer(),
    'moving.gif': await animation.clone().gif().toBuffer(),
    'moving.webp': await animation.clone().webp().toBuffer(),
    'junk-at-end.jpg': Buffer.concat([jpeg, Buffer.alloc(200, 7)]),
    'tiny.png': await (await samplePicture(14, 8, 8)).png().toBuffer(),
    'large.jpg': await (await samplePicture(15, 1600, 1200)).jpeg().toBuffer(),
    'truncated.jpg': jpeg.subarray(0, jpeg.length * 0.7),
    'truncated.png': png.subarray(0, png.length * 0.7),
    'truncated.webp': webp.subarray(0, webp.length * 0.7),
    'corrupt.jpg': damaged(jpeg),
    'corrupt.png': damaged(png),
    'bomb.png': await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 9 })
      .toBuffer(),
    'empty.jpg': Buffer.alloc(0),
    'page.jpg': Buffer.from('<!DOCTYPE html><html><title>Gone</title></html>'),
    'drawing.jpg': Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    'scan.tif': await (await samplePicture(16)).tiff().toBuffer(),
  }
}

/** A black PNG of `side`² pixels, a bit each: at 40,000 it is 0.9 MB long and takes any machine seconds to decode. */
export function endlessPng(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc(side * (1 + side / 8)), { level: 1 })
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** The same bytes with a stretch in the middle of the data overwritten. */
function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = copy.length >> 1
  copy.fill(Buffer.from([0xff, 0xd7, 0x13]), middle, middle + 60)
  return copy
}
