import { thumbnailOf } from '../api/search.ts'

/** Pictures that are kept in memory. */
const KEPT = 600
/** Pictures that are loaded at the same time. */
const AT_ONCE = 8

/** Small pictures by row, loaded when they are wanted; those wanted last are loaded first. */
export class ThumbnailStore {
  readonly #pictures = new Map<string, ImageBitmap>()
  readonly #missing = new Set<string>()
  readonly #loading = new Set<string>()
  #wanted: readonly string[] = []
  readonly #onLoad: () => void

  /** @param onLoad hears when another picture is there */
  constructor(onLoad: () => void) {
    this.#onLoad = onLoad
  }

  /** The picture of a row, if it is there. */
  get(id: string): ImageBitmap | undefined {
    const picture = this.#pictures.get(id)
    if (picture) {
      // The least lately used comes first, and goes first.
      this.#pictures.delete(id)
      this.#pictures.set(id, picture)
    }
    return picture
  }

  /** Says which pictures are wanted now, the most urgent first; others that wait need not be loaded. */
  want(ids: readonly string[]): void {
    this.#wanted = ids.filter((id) => !this.#pictures.has(id) && !this.#missing.has(id))
    this.#loadMore()
  }

  #loadMore(): void {
    for (const id of this.#wanted) {
      if (this.#loading.size >= AT_ONCE) return
      if (!this.#loading.has(id) && !this.#pictures.has(id) && !this.#missing.has(id)) void this.#load(id)
    }
  }

  async #load(id: string): Promise<void> {
    this.#loading.add(id)
    try {
      const response = await fetch(thumbnailOf(id, 128))
      if (response.ok) this.#keep(id, await createImageBitmap(await response.blob()))
      else this.#missing.add(id)
    } catch {
      this.#missing.add(id)
    } finally {
      this.#loading.delete(id)
      this.#onLoad()
      this.#loadMore()
    }
  }

  #keep(id: string, picture: ImageBitmap): void {
    this.#pictures.set(id, picture)
    const [oldest] = this.#pictures.keys()
    if (this.#pictures.size <= KEPT || oldest === undefined) return
    this.#pictures.get(oldest)?.close()
    this.#pictures.delete(oldest)
  }
}
