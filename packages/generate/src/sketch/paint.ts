import sharp from 'sharp'
import { draw } from './drawing.ts'
import { interpret } from './interpretation.ts'
import { grade } from './palette.ts'
import { randomFor } from './random.ts'
import { type Scene, sceneFor } from './scene.ts'
import { TECHNIQUES } from './styles/techniques.ts'

/** Written into every picture's EXIF data. */
export const SKETCH_LABEL = 'Promptloom sketch, a stand-in for Stable Diffusion'

/** What to paint. */
export interface Sketch {
  readonly prompt: string
  /** Concepts that it names are kept out. */
  readonly negativePrompt?: string
  /** Integer from 0 to 2³² − 1. */
  readonly seed: number
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Default `png`. */
  readonly format?: 'png' | 'jpeg' | 'webp'
}

/** A painted picture and what the painter made of its prompt. */
export interface PaintedSketch {
  readonly bytes: Uint8Array
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly scene: Scene
  /** Words and phrases that decided something in the picture. */
  readonly understood: readonly string[]
  /** Words that the painter does not know. */
  readonly unknown: readonly string[]
}

/**
 * Paints a prompt by drawing: no weights, no network. The same prompt, seed, size and format give the same bytes with
 * the same version of sharp on the same kind of machine. Never fails on a prompt: what it does not understand it
 * leaves out, and says so.
 */
export async function paint(sketch: Sketch): Promise<PaintedSketch> {
  const { prompt, negativePrompt = '', seed, width, height, format = 'png' } = sketch
  const wanted = interpret(prompt)
  const random = randomFor(`${seed}\n${prompt}\n${negativePrompt}`)
  const scene = sceneFor(wanted, interpret(negativePrompt), random)
  const raster = await TECHNIQUES[scene.style](draw(scene, { width, height }, random), random)
  if (scene.palette) grade(raster, scene.palette)
  const picture = sharp(raster.data, { raw: { width, height, channels: 3 } }).withExif({
    IFD0: { ImageDescription: SKETCH_LABEL, Software: 'Promptloom sketch' },
  })
  const encoded =
    format === 'png'
      ? picture.png({ compressionLevel: 4 })
      : format === 'jpeg'
        ? picture.jpeg({ quality: 88 })
        : picture.webp({ quality: 86, effort: 2 })
  return {
    bytes: await encoded.toBuffer(),
    mediaType: `image/${format}`,
    scene,
    understood: wanted.understood,
    unknown: wanted.unknown,
  }
}
