import sharp from 'sharp'

/** Pixels in rows from the top, red, green and blue a byte each. */
export interface Raster {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Renders an SVG document to pixels, scaled to the given width and height; transparency shows white. */
export async function rasterOf(
  svg: string,
  size?: { readonly width: number; readonly height: number },
): Promise<Raster> {
  let picture = sharp(Buffer.from(svg)).flatten({ background: '#ffffff' })
  if (size) picture = picture.resize(size.width, size.height, { fit: 'fill' })
  const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** sharp blurs by no less. */
const LEAST_SIGMA = 0.3

/** The raster after a Gaussian blur of that many pixels (standard deviation). */
export async function blurred(raster: Raster, sigma: number): Promise<Raster> {
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .blur(Math.max(LEAST_SIGMA, sigma))
    .raw()
    .toBuffer()
  return { ...raster, data }
}

/** The raster with an SVG document of the same size laid over it. */
export async function overlaid(raster: Raster, svg: string): Promise<Raster> {
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .raw()
    .toBuffer()
  return { ...raster, data }
}

/** A raster of one colour. */
export function plain(width: number, height: number, [red, green, blue]: readonly number[]): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 3) {
    data[at] = red ?? 0
    data[at + 1] = green ?? 0
    data[at + 2] = blue ?? 0
  }
  return { data, width, height }
}

/** Brightness 0–255 of the pixel that starts at that byte (Rec. 601 weights). */
export function brightness(data: Uint8Array | Uint8ClampedArray, at: number): number {
  return (data[at] as number) * 0.299 + (data[at + 1] as number) * 0.587 + (data[at + 2] as number) * 0.114
}

/** The byte at which the pixel nearest to x, y starts; places outside are pulled to the edge. */
export function offsetAt({ width, height }: Raster, x: number, y: number): number {
  const column = x < 0 ? 0 : x >= width ? width - 1 : x | 0
  const row = y < 0 ? 0 : y >= height ? height - 1 : y | 0
  return (row * width + column) * 3
}

/** Changes every channel of every pixel in place; `change` gets the pixel's position, its first byte and the data. */
export function eachPixel(
  raster: Raster,
  change: (x: number, y: number, at: number, data: Uint8ClampedArray) => void,
): Raster {
  const { width, height, data } = raster
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) change(x, y, at, clamped)
  }
  return raster
}
