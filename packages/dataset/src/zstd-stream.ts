import { closeSync, openSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { ZSTDDecoder } from 'zstddec/stream'

const CHUNK = 256 * 1024

/**
 * The unpacked bytes of a zstd file, by Facebook's own decoder compiled to WebAssembly; several frames are one
 * content, and frame checksums are verified. Windows up to 128 MiB, the limit of the zstd program without `--long`,
 * are held in memory. The stream fails on bytes that aren't zstd and on an incomplete last frame.
 */
export async function openZstd(path: string): Promise<Readable> {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  return Readable.from(decode(decoder, path), { objectMode: false, highWaterMark: 1024 * 1024 })
}

function* decode(decoder: ZSTDDecoder, path: string): Generator<Buffer> {
  for (const { buffer, byteOffset, length } of decoder.decodeStreaming(chunks(path))) {
    // The library goes round for ever on damaged bytes: an output without content is how that begins.
    if (length === 0) throw new Error('invalid or damaged data')
    yield Buffer.from(buffer, byteOffset, length)
  }
}

function* chunks(path: string): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK)
      const bytes = readSync(file, chunk)
      if (bytes === 0) return
      yield chunk.subarray(0, bytes)
    }
  } finally {
    closeSync(file)
  }
}
