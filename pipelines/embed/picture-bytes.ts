import type { PictureRow } from '@promptloom/dataset/picture-table'

/** Most bytes of a shard's pictures that are kept from their first use to their second: a thousand pictures or so. */
const KEPT_BYTES = 64 * 1024 * 1024

/** What is made of a picture's bytes before it is known whether they are to be embedded. */
export interface PictureKey {
  /** The key that stands for these bytes. */
  readonly keyOf: (bytes: Uint8Array) => string
  /** Whether the bytes of this key will be asked for; asked once a picture. */
  readonly wanted: (key: string) => boolean
}

/** Stored pictures of one shard, each read once although some are looked at before it is known what is to be done. */
export class PictureBytes {
  readonly #read: (picture: PictureRow) => Promise<Uint8Array>
  readonly #most: number
  readonly #keys = new Map<number, string>()
  readonly #kept = new Map<number, Uint8Array>()
  #bytes = 0

  /**
   * @param read reads a picture from the archive.
   * @param most bytes that are kept at a time; what doesn't fit is read again. Default 64 MiB.
   */
  constructor(read: (picture: PictureRow) => Promise<Uint8Array>, most = KEPT_BYTES) {
    this.#read = read
    this.#most = most
  }

  /** A picture's key by its bytes; rows whose picture lies in the same place are read once. */
  async key(picture: PictureRow, { keyOf, wanted }: PictureKey): Promise<string> {
    const { offset } = picture
    const known = this.#keys.get(offset)
    if (known !== undefined) return known
    const bytes = await this.#read(picture)
    const key = keyOf(bytes)
    this.#keys.set(offset, key)
    if (this.#bytes + bytes.length <= this.#most && wanted(key)) {
      this.#kept.set(offset, bytes)
      this.#bytes += bytes.length
    }
    return key
  }

  /** A picture's bytes, from where its key was made or read now. They are handed over and not kept any longer. */
  async take(picture: PictureRow): Promise<Uint8Array> {
    const kept = this.#kept.get(picture.offset)
    if (!kept) return this.#read(picture)
    this.#kept.delete(picture.offset)
    this.#bytes -= kept.length
    return kept
  }
}
