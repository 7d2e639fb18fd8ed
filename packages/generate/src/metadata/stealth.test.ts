import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readMetadata } from './read-metadata.ts'
import { stealthText } from './stealth.ts'

const SIZE = 64

/** An alpha plane of SIZE × SIZE with bytes hidden in its lowest bits, column by column. */
function plane(hidden: Buffer): Buffer {
  const alpha = Buffer.alloc(SIZE * SIZE, 0xfe)
  for (let bit = 0; bit < hidden.length * 8; bit++) {
    const at = (bit % SIZE) * SIZE + Math.floor(bit / SIZE)
    alpha[at] = 0xfe | (((hidden[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
  }
  return alpha
}

function hide(magic: string, content: Buffer, bits = content.length * 8): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bits)
  return plane(Buffer.concat([Buffer.from(magic), length, content]))
}

async function picture(alpha: Buffer): Promise<Buffer> {
  return sharp({ create: { width: SIZE, height: SIZE, channels: 3, background: 'red' } })
    .joinChannel(alpha, { raw: { width: SIZE, height: SIZE, channels: 1 } })
    .png()
    .toBuffer()
}

const NOVELAI = JSON.stringify({
  Description: 'a fox',
  Software: 'NovelAI',
  Source: 'NovelAI Diffusion V4',
  Comment: JSON.stringify({ prompt: 'a fox', uc: 'lowres', seed: 3, steps: 28, scale: 5, sampler: 'k_euler' }),
})

describe('text in the alpha channel', () => {
  test("of NovelAI is found where the file's own texts were stripped", async () => {
    const file = await picture(hide('stealth_pngcomp', gzipSync(NOVELAI)))
    expect(await readMetadata(file)).toMatchObject({ tool: 'novelai', prompt: 'a fox', seed: '3', width: SIZE })
    expect(await readMetadata(file, { maxStealthPixels: 0 })).toMatchObject({ reason: 'no_metadata' })
  })

  test('of AUTOMATIC1111 is found too', async () => {
    const infotext = 'a fox\nSteps: 20, Sampler: Euler a, Seed: 1'
    const file = await picture(hide('stealth_pnginfo', Buffer.from(infotext)))
    expect(await readMetadata(file)).toMatchObject({ tool: 'automatic1111', prompt: 'a fox', steps: 20 })
  })

  test.each([
    ['another magic', hide('stealth_nothing', Buffer.from('x'))],
    ['a length past the picture', hide('stealth_pnginfo', Buffer.from('x'), 0x7ffffff8)],
    ['a length of half a byte', hide('stealth_pnginfo', Buffer.from('x'), 12)],
    ['a length of nothing', hide('stealth_pnginfo', Buffer.from('x'), 0)],
    ['broken compression', hide('stealth_pngcomp', Buffer.from('rubbish'))],
    ['endless compression', hide('stealth_pngcomp', gzipSync(Buffer.alloc(300_000, 0)).subarray(0, 300), 2400)],
    ['nothing', Buffer.alloc(SIZE * SIZE, 0xff)],
  ])('with %s is none', (_, alpha) => {
    expect(stealthText(alpha, SIZE, SIZE)).toBeNull()
  })

  test('that unfolds past the limit is none', () => {
    const bomb = gzipSync(Buffer.alloc(2 * 1024 * 1024, 0), { level: 9 })
    const width = 256
    const alpha = Buffer.alloc(width * width, 0xff)
    const hidden = Buffer.concat([Buffer.from('stealth_pngcomp'), Buffer.alloc(4), bomb])
    hidden.writeUInt32BE(bomb.length * 8, 15)
    expect(hidden.length * 8).toBeLessThan(alpha.length)
    for (let bit = 0; bit < hidden.length * 8; bit++)
      alpha[(bit % width) * width + Math.floor(bit / width)] = ((hidden[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
    expect(stealthText(alpha, width, width)).toBeNull()
  })

  test('in a picture too small for it is none', () => {
    expect(stealthText(Buffer.alloc(4), 2, 2)).toBeNull()
  })
})
