import sharp, { type Sharp } from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { plainJpegHeader } from './jpeg-header.ts'
import { pictureSamples, samplePicture } from './picture-samples.double.ts'

let samples: Readonly<Record<string, Buffer>>
beforeAll(async () => {
  samples = await pictureSamples()
})

async function jpeg(change: (picture: Sharp) => Sharp): Promise<Buffer> {
  return change(await samplePicture(7)).toBuffer()
}

const PLAIN: readonly (readonly [string, (picture: Sharp) => Sharp])[] = [
  ['baseline', (picture) => picture.jpeg()],
  ['progressive', (picture) => picture.jpeg({ progressive: true })],
  ['grey', (picture) => picture.greyscale().jpeg()],
  ['without subsampling', (picture) => picture.jpeg({ chromaSubsampling: '4:4:4' })],
  ['of one pixel', (picture) => picture.resize(1, 1).jpeg()],
  ['with restarts, by mozjpeg', (picture) => picture.jpeg({ mozjpeg: true })],
]

test.each(PLAIN)('reads a JPEG %s as the decoder does', async (_, change) => {
  const bytes = await jpeg(change)
  const { width, height, channels, space, orientation, pages, hasAlpha, icc, exif } = await sharp(bytes).metadata()
  expect(plainJpegHeader(bytes)).toEqual({ width, height, components: channels })
  expect(space).toBe(channels === 1 ? 'b-w' : 'srgb')
  expect({ orientation, pages, hasAlpha, icc, exif }).toEqual({ hasAlpha: false })
})

test('leaves whatever says more to the decoder', async () => {
  for (const name of ['cmyk.jpg', 'profile.jpg', 'upside-down.jpg']) {
    expect(plainJpegHeader(samples[name] as Buffer), name).toBeUndefined()
  }
  const withExif = await jpeg((picture) => picture.withExif({ IFD0: { Artist: 'nobody' } }).jpeg())
  expect(plainJpegHeader(withExif)).toBeUndefined()
})

test('skips comments, and no application data but JFIF', async () => {
  const bytes = await jpeg((picture) => picture.jpeg())
  const found = plainJpegHeader(bytes)
  const insert = (marker: number, text: string) => {
    const head = Buffer.from([0xff, marker, 0, text.length + 2])
    return Buffer.concat([bytes.subarray(0, 2), head, Buffer.from(text), bytes.subarray(2)])
  }
  expect(plainJpegHeader(insert(0xfe, 'made by hand'))).toEqual(found)
  expect(plainJpegHeader(insert(0xe1, 'Exif\0\0II*\0'))).toBeUndefined()
  expect(plainJpegHeader(insert(0xe2, 'ICC_PROFILE\0'))).toBeUndefined()
  expect(plainJpegHeader(insert(0xee, 'Adobe\0'))).toBeUndefined()
  expect(plainJpegHeader(insert(0xe0, 'JFXX\0'))).toBeUndefined()
})

test('no damage of a header makes it throw or say what the decoder would deny', async () => {
  const bytes = await jpeg((picture) => picture.jpeg())
  const right = plainJpegHeader(bytes)
  const end = bytes.indexOf(Buffer.from([0xff, 0xc0])) + 19
  for (let length = 0; length < end; length++) {
    const found = plainJpegHeader(bytes.subarray(0, length))
    expect(found === undefined || JSON.stringify(found) === JSON.stringify(right), `cut to ${length}`).toBe(true)
  }
  for (let at = 2; at < end; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at] = 255 - (bytes[at] as number)
    const found = plainJpegHeader(damaged)
    const decoder = await sharp(damaged)
      .metadata()
      .catch(() => undefined)
    if (found && decoder)
      expect([found.width, found.height], `damaged at ${at}`).toEqual([decoder.width, decoder.height])
  }
})
