import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { paint } from '@promptloom/generate/sketch/paint'
import pLimit from 'p-limit'
import { FOLDERS, type SamplePicture, samplePictures } from './collection.ts'

/** How the sample is rendered. */
export interface RenderingOptions {
  /** Receives `<id>.jpg`; made where it is missing. */
  readonly folder: string
  readonly pictures?: ReadonlyMap<string, SamplePicture>
  /** Pictures in work at the same time; default 4. */
  readonly concurrency?: number
  /** Told of every picture that is there, with the number so far. */
  readonly onPicture?: (done: number) => void
}

/** Paints all pictures that the sample's host shows, into a folder; what is there already is kept. Resolves to their number. */
export async function renderSample({
  folder,
  pictures = samplePictures(),
  concurrency = 4,
  onPicture,
}: RenderingOptions): Promise<number> {
  await mkdir(folder, { recursive: true })
  const limit = pLimit(concurrency)
  const shown = [...pictures].filter(([path]) => path.startsWith(`/${FOLDERS.picture}/`))
  let done = 0
  await Promise.all(
    shown.map(([path, picture]) =>
      limit(async () => {
        await render(join(folder, `${path.split('/')[2]}.jpg`), picture)
        done++
        onPicture?.(done)
      }),
    ),
  )
  return done
}

async function render(file: string, picture: SamplePicture): Promise<void> {
  if (await stat(file).catch(() => undefined)) return
  const { bytes } = await paint({ ...picture, format: 'jpeg' })
  // Moved into place whole: a killed run leaves no half picture that the next one would keep.
  await writeFile(`${file}.partial`, bytes)
  await rename(`${file}.partial`, file)
}
