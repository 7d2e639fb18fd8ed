import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { TAR_END, tarHeader, tarPadding } from './tar.ts'

/** Where a picture's bytes lie in its archive. */
export interface PicturePlace {
  /** Bytes from the beginning of the archive to the picture's own first byte. */
  readonly offset: number
  readonly length: number
}

const FLUSH_BYTES = 1 << 20

/**
 * Writes pictures one after the other into a tar archive that any tar reads. The place of each is returned, so that
 * an index beside the archive reaches it without reading the archive.
 */
export class PictureTarWriter implements AsyncDisposable {
  readonly #file: FileHandle
  #buffers: Buffer[] = []
  #buffered = 0
  #written = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Begins an archive at `path`, in place of what may be there. */
  static async create(path: string): Promise<PictureTarWriter> {
    return new PictureTarWriter(await open(path, 'w'))
  }

  /** Appends one picture. @param extension file ending without the dot. */
  async add(id: string, extension: string, bytes: Buffer): Promise<PicturePlace> {
    const header = tarHeader(`${entryName(id)}.${extension}`, bytes.length)
    const offset = this.#written + this.#buffered + header.length
    this.#buffers.push(header, bytes, tarPadding(bytes.length))
    this.#buffered = offset + bytes.length + tarPadding(bytes.length).length - this.#written
    if (this.#buffered >= FLUSH_BYTES) await this.#flush()
    return { offset, length: bytes.length }
  }

  /** Ends the archive and closes the file. */
  async finish(): Promise<void> {
    this.#buffers.push(TAR_END)
    this.#buffered += TAR_END.length
    await this.#flush()
    await this.#file.close()
  }

  /** Closes the file of an archive that was not finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Closing twice is harmless for a FileHandle.
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    const [buffers, length] = [this.#buffers, this.#buffered]
    this.#buffers = []
    this.#buffered = 0
    this.#written += length
    const { bytesWritten } = await this.#file.writev(buffers)
    // A full disk may take a part and say nothing; the rest then says what is wrong.
    if (bytesWritten < length) await this.#file.writeFile(Buffer.concat(buffers).subarray(bytesWritten))
  }
}

/** An entry's name: the id where that is safe as a file name everywhere, else the beginning of its SHA-256. */
function entryName(id: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/.test(id)) return id
  return createHash('sha256').update(id).digest('hex').slice(0, 40)
}

/** Reads one picture's bytes out of an open archive; throws when the archive ends before they do. */
export async function readPlace(file: FileHandle, { offset, length }: PicturePlace): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead !== length) throw new RangeError(`The archive ends at ${bytesRead} of ${length} bytes from ${offset}.`)
  return bytes
}
