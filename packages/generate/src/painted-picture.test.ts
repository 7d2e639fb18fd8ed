import sharp from 'sharp'
import { expect, test } from 'vitest'
import { paintedPicture } from './painted-picture.ts'

const PARAMETERS = { prompt: 'a fox', negativePrompt: '', seed: 1, steps: 1, sampler: null, cfg: null, model: null }

const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 251))
const raw = { raw: { width: 64, height: 64, channels: 3 } } as const

test.each(['png', 'jpeg', 'webp'] as const)('a whole %s is measured, one that is cut is refused', async (format) => {
  const bytes = await sharp(noise, raw).toFormat(format).toBuffer()
  expect(await paintedPicture(bytes, PARAMETERS, 'Painter')).toMatchObject({ mediaType: `image/${format}`, width: 64 })
  const cut = paintedPicture(bytes.subarray(0, bytes.length / 2), PARAMETERS, 'Painter')
  await expect(cut).rejects.toMatchObject({ outcome: 'generator_malformed', retryable: true })
})

test('a format that is not stored is refused', async () => {
  const bytes = await sharp(noise, raw).gif().toBuffer()
  await expect(paintedPicture(bytes, PARAMETERS, 'Painter')).rejects.toThrow('the format is gif')
})
