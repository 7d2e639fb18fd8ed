import type { PreprocessorConfig } from './model-files.ts'

/** Resampling kernels that both PIL and libvips have, with antialiasing in both. */
export type Kernel = 'nearest' | 'lanczos3' | 'linear' | 'cubic'

/** How a decoded picture becomes the tensor that the picture tower takes. */
export interface PictureRecipe {
  /** Pixels of the shorter side after resizing, or both sides when the picture is squeezed to fit; undefined: as is. */
  readonly resize: { readonly shortest: number } | { readonly height: number; readonly width: number } | undefined
  readonly kernel: Kernel
  /** Size of the tensor in pixels. */
  readonly height: number
  readonly width: number
  /** A tensor value is `pixel * scale[c] + shift[c]` for a pixel of 0 to 255. */
  readonly scale: readonly [number, number, number]
  readonly shift: readonly [number, number, number]
}

const KERNELS: Readonly<Record<PreprocessorConfig['resample'], Kernel>> = {
  0: 'nearest',
  1: 'lanczos3',
  2: 'linear',
  3: 'cubic',
}

/** The recipe that a preprocessor_config.json describes; CLIP's own size, 224, stands in for a missing one. */
export function pictureRecipe(config: PreprocessorConfig): PictureRecipe {
  const size = config.size ?? 224
  const resize =
    typeof size === 'number'
      ? { shortest: size }
      : 'shortest_edge' in size
        ? { shortest: size.shortest_edge as number }
        : { height: size.height as number, width: size.width as number }
  const crop = config.do_center_crop ? config.crop_size : undefined
  const [height, width] =
    typeof crop === 'number'
      ? [crop, crop]
      : crop
        ? [crop.height, crop.width]
        : 'shortest' in resize
          ? [resize.shortest, resize.shortest]
          : [resize.height, resize.width]
  const rescale = config.do_rescale ? config.rescale_factor : 1
  const mean = (config.do_normalize && config.image_mean) || [0, 0, 0]
  const std = (config.do_normalize && config.image_std) || [1, 1, 1]
  return {
    resize: config.do_resize ? resize : undefined,
    kernel: KERNELS[config.resample],
    height,
    width,
    scale: [rescale / std[0], rescale / std[1], rescale / std[2]],
    shift: [-mean[0] / std[0], -mean[1] / std[1], -mean[2] / std[2]],
  }
}
