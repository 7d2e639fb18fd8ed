import sharp, { type OverlayOptions } from 'sharp'

/** One picture of a sheet. */
export interface SheetEntry {
  /** Undefined where there is no local picture: an empty tile is shown. */
  readonly picture: Uint8Array | undefined
  /** A line or two below it. */
  readonly caption: string
}

/** How a sheet looks; everything has a default. */
export interface SheetOptions {
  /** Pixels of a tile's side; default 256. */
  readonly tile?: number
  /** Tiles side by side; default: about as many as there are rows. */
  readonly columns?: number
  /** Whether captions are shown; default true. */
  readonly captions?: boolean
}

const GAP = 12
const CAPTION = 44
const PAPER = '#ffffff'
const EMPTY = '#e4e4e7'

/** Pictures side by side with their captions, as PNG. */
export async function contactSheet(entries: readonly SheetEntry[], options: SheetOptions = {}): Promise<Buffer> {
  const { tile = 256, captions = true } = options
  const columns = Math.max(1, options.columns ?? Math.min(entries.length, Math.ceil(Math.sqrt(entries.length * 1.4))))
  const rows = Math.max(1, Math.ceil(entries.length / columns))
  const pitch = tile + GAP + (captions ? CAPTION : 0)
  const layers = await Promise.all(
    entries.map((entry, at) => {
      const left = GAP + (at % columns) * (tile + GAP)
      const top = GAP + Math.floor(at / columns) * pitch
      return tileLayers(entry, { left, top, tile, captions })
    }),
  )
  const size = { width: GAP + columns * (tile + GAP), height: GAP + rows * pitch }
  return sharp({ create: { ...size, channels: 3, background: PAPER } })
    .composite(layers.flat())
    .png()
    .toBuffer()
}

async function tileLayers(
  { picture, caption }: SheetEntry,
  { left, top, tile, captions }: { left: number; top: number; tile: number; captions: boolean },
): Promise<OverlayOptions[]> {
  const blank = { create: { width: tile, height: tile, channels: 3, background: EMPTY } } as const
  const source = picture
    ? sharp(picture)
        .resize({ width: tile, height: tile, fit: 'contain', background: EMPTY })
        .flatten({ background: EMPTY })
    : sharp(blank)
  const layers: OverlayOptions[] = [{ input: await source.png().toBuffer(), left, top }]
  const text = caption.replace(/\p{C}/gu, ' ').trim()
  const drawn = captions && text ? await captionPicture(text, tile) : undefined
  if (drawn) layers.push({ input: drawn, left, top: top + tile + 4 })
  return layers
}

/**
 * The caption is data: markup in it is shown, never followed; control characters are left out. Undefined where nothing
 * of it can be seen, such as blanks of Braille.
 */
async function captionPicture(text: string, width: number): Promise<Buffer | undefined> {
  const escaped = text
    .slice(0, 90)
    .replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] as string)
  const drawn = await sharp({
    text: { text: `<span foreground="#18181b">${escaped}</span>`, width, font: 'sans 9', rgba: true },
  })
    .png()
    .toBuffer()
    .catch((error: Error) => (/no text to render/.test(error.message) ? undefined : Promise.reject(error)))
  if (!drawn) return undefined
  const { width: drawnWidth, height } = await sharp(drawn).metadata()
  const kept = { width: Math.min(width, drawnWidth), height: Math.min(CAPTION - 6, height) }
  return sharp(drawn)
    .extract({ left: 0, top: 0, ...kept })
    .png()
    .toBuffer()
}
