import { createReadStream, createWriteStream } from 'node:fs'
import { constants, copyFile, open, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createGunzip } from 'node:zlib'
import { DatasetError } from './dataset-error.ts'
import { openZipEntry } from './zip-entry.ts'
import { openZstd } from './zstd-stream.ts'

/** How a file is packed, by its first bytes; never by its name. */
export type Packing = 'plain' | 'gzip' | 'zstd' | 'zip'

/** How to unpack. */
export interface UnpackOptions {
  /** Name of the file wanted from an archive; default its only CSV file. */
  readonly entry?: string
  /** Refuse to write more bytes than this, so that a crafted archive cannot fill the disk; default 64 GiB. */
  readonly longest?: number
  readonly signal?: AbortSignal
  /** Told how many bytes have been written so far. */
  readonly onBytes?: (bytes: number) => void
}

/** What was unpacked. */
export interface Unpacked {
  readonly packing: Packing
  /** Path within the archive, for a zip. */
  readonly entry?: string
}

const LONGEST = 64 * 1024 ** 3
const MAGIC: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
]

/**
 * Tells how a file is packed.
 * @throws DatasetError when it is something that cannot hold a CSV: a web page, a Parquet file.
 */
export async function packingOf(path: string): Promise<Packing> {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
  const head = buffer.subarray(0, bytesRead)
  const found = MAGIC.find(([, magic]) => magic.every((byte, index) => head[index] === byte))
  if (found) return found[0]
  const text = head.toString('latin1').replace(/^ï»¿/, '').trimStart()
  const other = /^<(!doctype|html|\?xml)/i.test(text) ? 'a web page' : text.startsWith('PAR1') ? 'a Parquet file' : ''
  if (other) throw new DatasetError('bad_csv', `${path} is ${other}, not a CSV file (plain, .gz, .zst or .zip).`)
  return 'plain'
}

/**
 * Writes the unpacked content of a file to `target`, as a stream; memory stays flat. A plain file is copied, by
 * reference where the file system can. On failure no `target` is left.
 * @throws DatasetError when the file is damaged or cut short, or an archive has no such entry or a path that would
 *   leave its folder.
 */
export async function unpack(path: string, target: string, options: UnpackOptions = {}): Promise<Unpacked> {
  const packing = await packingOf(path)
  if (packing === 'plain') {
    await copyFile(path, target, constants.COPYFILE_FICLONE)
    return { packing }
  }
  try {
    return await unpackStream(packing, path, target, options)
  } catch (error) {
    await rm(target, { force: true })
    if (options.signal?.aborted || error instanceof DatasetError) throw error
    if ((error as NodeJS.ErrnoException).syscall !== undefined) {
      throw new DatasetError('write_failed', `Cannot unpack ${path}: ${(error as Error).message}.`, error)
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError(
      'bad_csv',
      `${path} is a damaged or incomplete ${packing} file (${reason}); get it again.`,
      error,
    )
  }
}

async function unpackStream(packing: Packing, path: string, target: string, options: UnpackOptions): Promise<Unpacked> {
  const signal = options.signal ? { signal: options.signal } : {}
  const sink = createWriteStream(target, { highWaterMark: 1024 * 1024 })
  if (packing === 'zip') {
    await using entry = await openZipEntry(path, options.entry)
    await pipeline(entry.stream, counted(path, options, entry.crc32), sink, signal)
    return { packing, entry: entry.name }
  }
  const content = packing === 'zstd' ? await openZstd(path) : openGzip(path)
  await pipeline(content, counted(path, options), sink, signal)
  return { packing }
}

function openGzip(path: string): Readable {
  const content = createGunzip({ chunkSize: 256 * 1024 })
  // A failure of reading ends the unpacking too, which is where it is seen.
  pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), content).catch(() => undefined)
  return content
}

/** Counts what passes, stops at the limit, and compares the checksum at the end where there is one. */
function counted(path: string, options: UnpackOptions, checksum?: number): Transform {
  const longest = options.longest ?? LONGEST
  let bytes = 0
  let sum = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (checksum !== undefined) sum = crc32(chunk, sum)
      if (bytes > longest) return void done(tooLong(path, longest))
      options.onBytes?.(bytes)
      done(null, chunk)
    },
    flush(done) {
      done(checksum === undefined || sum === checksum ? null : new Error('its checksum differs'))
    },
  })
}

function tooLong(path: string, longest: number): DatasetError {
  const message = `${basename(path)} unpacks to more than ${longest} bytes; raise the limit if that is right.`
  return new DatasetError('bad_csv', message)
}
