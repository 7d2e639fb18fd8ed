import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { examine, type PictureRules, repack } from './picture.ts'
import { endlessPng, pictureSamples, samplePicture } from './picture-samples.double.ts'

const rules: PictureRules = { store: 'jpeg', quality: 85, maxSide: 512, maxPixels: 50_000_000, minSide: 16 }
let samples: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  samples = await pictureSamples()
})

async function picture(name: string, changes: Partial<PictureRules> = {}) {
  const examined = await examine(samples[name] as Buffer, { ...rules, ...changes })
  if ('fault' in examined) throw new Error(`${name}: ${examined.fault} (${examined.detail})`)
  return examined.picture
}

/** Bits in which two perceptual hashes differ. */
function distance(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length
}

test.each([
  ['ok.jpg', { format: 'jpeg', frames: 1, alpha: false, space: 'srgb', icc: false, orientation: 0 }],
  ['ok.png', { format: 'png' }],
  ['ok.webp', { format: 'webp' }],
  ['ok.gif', { format: 'gif' }],
  ['cmyk.jpg', { format: 'jpeg', space: 'cmyk' }],
  ['16-bit.png', { format: 'png', space: 'rgb16' }],
  ['grey.jpg', { format: 'jpeg', space: 'b-w' }],
  ['profile.jpg', { format: 'jpeg', icc: true }],
  ['alpha.png', { format: 'png', alpha: true }],
  ['moving.gif', { format: 'gif', frames: 3 }],
  ['moving.webp', { format: 'webp', frames: 3 }],
  ['junk-at-end.jpg', { format: 'jpeg' }],
])('%s becomes an upright sRGB JPEG of 96×80', async (name, facts) => {
  const found = await picture(name)
  expect(found).toMatchObject({ ...facts, stored_format: 'jpeg', stored_width: 96, stored_height: 80 })
  const stored = await sharp(found.stored).metadata()
  expect(stored).toMatchObject({ format: 'jpeg', space: 'srgb', channels: 3, width: 96, height: 80 })
  expect(stored.icc ?? stored.exif).toBeUndefined()
})

test('a rotated photo is stored upright, and its orientation is kept as a fact', async () => {
  expect(await picture('upside-down.jpg')).toMatchObject({
    orientation: 6,
    width: 96,
    height: 80,
    stored_width: 80,
    stored_height: 96,
  })
})

test('only the first frame of an animation is stored', async () => {
  const { phash } = await picture('moving.gif')
  const first = await examine(await (await samplePicture(4)).png().toBuffer(), rules)
  expect('picture' in first && distance(first.picture.phash, phash)).toBeLessThan(8)
})

test('transparency lies on white in a JPEG, and stays in a WebP', async () => {
  const clear = await sharp({ create: { width: 64, height: 64, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer()
  const jpeg = await examine(clear, rules)
  const webp = await examine(clear, { ...rules, store: 'webp' })
  const pixel = async (found: typeof jpeg) =>
    'picture' in found && [...(await sharp(found.picture.stored).raw().toBuffer()).subarray(0, 4)]
  expect(await pixel(jpeg)).toEqual([255, 255, 255, 255])
  expect(await pixel(webp)).toMatchObject({ 3: 0 })
})

test('keeps the ratio, never enlarges, and keeps the bytes when asked for the original', async () => {
  expect(await picture('large.jpg')).toMatchObject({ width: 1600, height: 1200, stored_width: 512, stored_height: 384 })
  expect(await picture('large.jpg', { store: 'webp', maxSide: 100 })).toMatchObject({
    stored_format: 'webp',
    stored_width: 100,
    stored_height: 75,
  })
  const original = await picture('large.jpg', { store: 'original' })
  expect(original).toMatchObject({ stored_format: 'jpeg', stored_width: 1600, stored_height: 1200 })
  expect(original.stored.equals(samples['large.jpg'] as Buffer)).toBe(true)
})

test.each([
  ['truncated.jpg', 'truncated'],
  ['truncated.png', 'truncated'],
  ['truncated.webp', 'truncated'],
  ['corrupt.jpg', 'corrupt'],
  ['corrupt.png', 'corrupt'],
  ['bomb.png', 'too_many_pixels'],
  ['tiny.png', 'too_small'],
  ['empty.jpg', 'not_an_image'],
  ['page.jpg', 'not_an_image'],
  ['drawing.jpg', 'unsupported_format'],
  ['scan.tif', 'unsupported_format'],
])('%s is %s', async (name, fault) => {
  expect(await examine(samples[name] as Buffer, rules)).toMatchObject({ fault })
})

test('a picture that takes too long to decode is ended, and the next one is none the worse', async () => {
  const limits = { ...rules, maxPixels: 2_000_000_000, decodeTimeout: 1 }
  expect(await examine(endlessPng(40_000), limits)).toMatchObject({ fault: 'decode_timeout' })
  expect(await examine(samples['ok.png'] as Buffer, limits)).toHaveProperty('picture')
})

test('no prefix of any sample makes it throw, and none but the whole is a picture', async () => {
  for (const name of ['ok.jpg', 'ok.png', 'ok.webp', 'ok.gif']) {
    const whole = samples[name] as Buffer
    for (let length = 0; length < whole.length - 64; length += Math.ceil(whole.length / 23)) {
      const examined = await examine(whole.subarray(0, length), rules)
      expect('fault' in examined && examined.fault, `${name} cut to ${length}`).toMatch(
        /^(truncated|corrupt|not_an_image)$/,
      )
    }
  }
})

test('is deterministic, and does the same work as the bare repacking it is measured against', async () => {
  const [first, second] = [await picture('large.jpg'), await picture('large.jpg')]
  expect(second).toEqual(first)
  expect((await repack(samples['large.jpg'] as Buffer, 'jpeg', rules)).equals(first.stored)).toBe(true)
})

describe('the perceptual hash', () => {
  test('hardly changes when a picture is scaled or packed again', async () => {
    const { phash } = await picture('large.jpg')
    const small = await sharp(samples['large.jpg']).resize(300, 225).webp({ quality: 60 }).toBuffer()
    const again = await examine(small, rules)
    expect('picture' in again && distance(again.picture.phash, phash)).toBeLessThanOrEqual(6)
  })

  test('tells different pictures apart', async () => {
    const bars = sharp({ create: { width: 96, height: 80, channels: 3, background: 'white' } }).composite([
      { input: { create: { width: 30, height: 80, channels: 3, background: 'black' } }, left: 10, top: 0 },
    ])
    const other = await examine(await bars.png().toBuffer(), rules)
    expect('picture' in other && distance(other.picture.phash, (await picture('ok.jpg')).phash)).toBeGreaterThan(15)
  })
})

test('what is wrong with a picture does not depend on what is decoded beside it', async () => {
  const gif = samples['ok.gif'] as Buffer
  const kinds: [Buffer, string][] = [
    [samples['truncated.jpg'] as Buffer, 'truncated'],
    [samples['corrupt.jpg'] as Buffer, 'corrupt'],
    [samples['truncated.png'] as Buffer, 'truncated'],
    [samples['corrupt.png'] as Buffer, 'corrupt'],
    [gif.subarray(0, gif.length * 0.7), 'truncated'],
  ]
  // libvips keeps the complaints of all its threads in one place.
  const many = Array.from({ length: 400 }, (_, at) => kinds[at % kinds.length] as [Buffer, string])
  const found = await Promise.all(many.map(async ([bytes]) => examine(bytes, rules)))
  expect(found.map((one) => ('fault' in one ? one.fault : 'ok'))).toEqual(many.map(([, fault]) => fault))
})
