import { describe, expect, it } from 'vitest'
import { preprocessorSchema } from './model-files.ts'
import { pictureRecipe } from './picture-recipe.ts'

const recipe = (config: object) => pictureRecipe(preprocessorSchema.parse(config))

describe('a recipe', () => {
  it.each<[string, object, object]>([
    ['nothing: the reference’s own', {}, { resize: { shortest: 224 }, kernel: 'cubic', height: 224, width: 224 }],
    ['one number', { size: 336 }, { resize: { shortest: 336 }, height: 336, width: 336 }],
    ['the shorter side', { size: { shortest_edge: 256 } }, { resize: { shortest: 256 }, height: 256, width: 256 }],
    [
      'both sides',
      { size: { height: 100, width: 200 } },
      { resize: { height: 100, width: 200 }, height: 100, width: 200 },
    ],
    [
      'a cut',
      { size: 256, do_center_crop: true, crop_size: 224 },
      { resize: { shortest: 256 }, height: 224, width: 224 },
    ],
    [
      'a cut that is no square',
      { do_center_crop: true, crop_size: { height: 10, width: 20 } },
      { height: 10, width: 20 },
    ],
    ['a cut that is switched off', { size: 256, crop_size: 224 }, { height: 256, width: 256 }],
    ['a cut without a size', { size: 256, do_center_crop: true }, { height: 256, width: 256 }],
    ['no resizing', { do_resize: false, do_center_crop: true, crop_size: 224 }, { resize: undefined, height: 224 }],
  ])('of %s', (_, config, expected) => {
    expect(recipe(config)).toMatchObject(expected)
  })

  it.each([
    [0, 'nearest'],
    [1, 'lanczos3'],
    [2, 'linear'],
    [3, 'cubic'],
  ])('takes PIL’s filter %i as %s', (resample, kernel) => {
    expect(recipe({ resample }).kernel).toBe(kernel)
  })

  it.each([
    ['a filter that libvips lacks', { resample: 4 }, /resample.*must be 0, 1, 2 or 3/s],
    ['no filter at all', { resample: 99 }, /must be 0, 1, 2 or 3/],
    ['a deviation of nought', { image_std: [1, 0, 1] }, /image_std/],
  ])('is not guessed of %s', (_, config, message) => {
    expect(() => recipe(config)).toThrow(message)
  })

  /** What black, grey and white become in the first channel. */
  const shades = (config: object) => {
    const { scale, shift } = recipe(config)
    return [0, 127.5, 255].map((pixel) => Math.round((pixel * scale[0] + shift[0]) * 1000) / 1000)
  }
  it.each([
    ['neither mean nor deviation', {}, [0, 0.5, 1]],
    ['both', { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }, [-1, 0, 1]],
    [
      'both, switched off',
      { do_normalize: false, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
      [0, 0.5, 1],
    ],
    ['a mean alone', { image_mean: [0.25, 0, 0] }, [-0.25, 0.25, 0.75]],
    ['no rescaling', { do_rescale: false }, [0, 127.5, 255]],
    ['a factor of its own', { rescale_factor: 1 / 127.5 }, [0, 1, 2]],
    ['CLIP’s own', { image_mean: [0.48145466, 0, 0], image_std: [0.26862954, 1, 1] }, [-1.792, 0.069, 1.93]],
  ])('with %s', (_, config, expected) => {
    expect(shades(config)).toEqual(expected)
  })

  it('has a mean and deviation of each channel', () => {
    const { scale, shift } = recipe({ image_mean: [0, 0.5, 1], image_std: [1, 0.5, 0.25], rescale_factor: 1 })
    expect(scale).toEqual([1, 2, 4])
    expect(shift.map((one) => one + 0)).toEqual([0, -1, -4])
  })
})
