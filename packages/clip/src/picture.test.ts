import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { preprocessorSchema } from './model-files.ts'
import { readNpy } from './npy.ts'
import { decodePicture } from './picture.ts'
import { pictureRecipe } from './picture-recipe.ts'
import { largestDifference, TENSOR_TOLERANCE } from './verification.ts'

const golden = join(resolve(process.env.PROMPTLOOM_SHARED ?? '../shared'), 'models', 'clip-golden')
const hasGolden = existsSync(golden)

const clip = pictureRecipe(
  preprocessorSchema.parse({
    ...{ size: { shortest_edge: 224 }, resample: 3, do_center_crop: true, crop_size: { height: 224, width: 224 } },
    ...{ image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] },
  }),
)
const plain = (width: number, height: number) => ({ ...clip, resize: undefined, width, height })

/** A picture of single colours, given as hex by row. */
function raw(rows: readonly string[][], channels: 3 | 4 = 3) {
  const bytes = Buffer.from(rows.flat().join(''), 'hex')
  return sharp(bytes, { raw: { width: rows[0]?.length ?? 0, height: rows.length, channels } })
}

describe('decoding a picture', () => {
  it.skipIf(!hasGolden)(
    `matches the golden tensor with the reference's kernel, and with no other (${hasGolden ? 'present' : 'skipped: no shared models'})`,
    async () => {
      const picture = readFileSync(join(golden, 'franz-kafka.jpg'))
      const { values, shape } = readNpy(readFileSync(join(golden, 'expected_preprocessed_image.npy')))
      expect(shape).toEqual([1, 3, 224, 224])
      const difference = async (kernel: typeof clip.kernel) =>
        largestDifference(await decodePicture(picture, { ...clip, kernel }), values, clip)
      expect(await difference('cubic')).toBeLessThanOrEqual(TENSOR_TOLERANCE)
      for (const kernel of ['linear', 'lanczos3', 'nearest'] as const)
        expect(await difference(kernel)).toBeGreaterThan(0.1)
    },
  )

  it('gives rows of red, green, blue', async () => {
    const png = await raw([
      ['ff0000', '00ff00'],
      ['0000ff', '102030'],
    ])
      .png()
      .toBuffer()
    expect(Buffer.from(await decodePicture(png, plain(2, 2))).toString('hex')).toBe('ff000000ff000000ff102030')
  })

  it('drops transparency without mixing it in', async () => {
    const png = await raw(
      [
        ['ff000000', '00ff0080'],
        ['0000ffff', '10203001'],
      ],
      4,
    )
      .png()
      .toBuffer()
    expect(Buffer.from(await decodePicture(png, plain(2, 2))).toString('hex')).toBe('ff000000ff000000ff102030')
  })

  it('takes grey, 16-bit and animated pictures', async () => {
    const grey = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toBuffer()
    expect([...(await decodePicture(grey, plain(2, 1)))]).toEqual([10, 10, 10, 200, 200, 200])
    const deep = await raw([['ff0000', '00ff00']])
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect([...(await decodePicture(deep, plain(2, 1)))]).toEqual([255, 0, 0, 0, 255, 0])
    const frames = await sharp(Buffer.from('ff000000ff00', 'hex'), {
      raw: { width: 1, height: 2, channels: 3, pageHeight: 1 },
    })
      .gif()
      .toBuffer()
    expect([...(await decodePicture(frames, plain(1, 1)))]).toEqual([255, 0, 0])
  })

  it('leaves a picture as it lies, whatever EXIF says', async () => {
    const turned = await raw([['ff0000', '0000ff']])
      .png()
      .withMetadata({ orientation: 3 })
      .toBuffer()
    expect([...(await decodePicture(turned, plain(2, 1)))]).toEqual([255, 0, 0, 0, 0, 255])
  })

  it('keeps the middle of a long picture, with its longer side truncated', async () => {
    const wide = await sharp({ create: { width: 999, height: 300, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    expect((await decodePicture(wide, clip)).length).toBe(224 * 224 * 3)
    const tall = await sharp({ create: { width: 10, height: 999, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    expect((await decodePicture(tall, clip)).length).toBe(224 * 224 * 3)
  })

  it('puts black around a picture that is smaller than the tensor', async () => {
    const png = await raw([['ffffff']])
      .png()
      .toBuffer()
    expect([...(await decodePicture(png, plain(3, 1)))]).toEqual([0, 0, 0, 255, 255, 255, 0, 0, 0])
  })

  it('squeezes a picture where the model wants both sides', async () => {
    const png = await raw([
      ['ffffff', '000000'],
      ['ffffff', '000000'],
      ['ffffff', '000000'],
    ])
      .png()
      .toBuffer()
    expect(await decodePicture(png, { ...clip, resize: { height: 4, width: 4 }, height: 4, width: 4 })).toHaveLength(48)
  })

  it.each([
    ['no picture', Buffer.from('hello')],
    [
      'an SVG, which could read other files',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_, bytes) => {
    await expect(decodePicture(bytes, clip)).rejects.toMatchObject({ name: 'PictureError', exitCode: 1 })
  })

  it('refuses a picture that is cut short', async () => {
    const jpeg = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 50 },
        background: 'red',
      },
    })
      .jpeg()
      .toBuffer()
    await expect(decodePicture(jpeg.subarray(0, jpeg.length / 2), clip)).rejects.toThrow(/can't be decoded/)
  })
})

describe('a recipe', () => {
  it('is read from old and new preprocessor files', () => {
    expect(pictureRecipe(preprocessorSchema.parse({ size: 224, do_center_crop: true, crop_size: 224 }))).toMatchObject({
      resize: { shortest: 224 },
      width: 224,
    })
    const squeeze = pictureRecipe(
      preprocessorSchema.parse({
        size: { height: 256, width: 192 },
        resample: 2,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
      }),
    )
    expect(squeeze).toMatchObject({
      resize: { height: 256, width: 192 },
      height: 256,
      width: 192,
      kernel: 'linear',
      shift: [-1, -1, -1],
    })
    expect(squeeze.scale[0] * 255 + squeeze.shift[0]).toBeCloseTo(1)
  })
})
