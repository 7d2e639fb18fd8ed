import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { DatasetError } from './dataset-error.ts'

/** One file of an archive, open for reading. */
export interface ZipEntry extends AsyncDisposable {
  readonly name: string
  /** Checksum of the unpacked bytes, for the reader to compare. */
  readonly crc32: number
  readonly stream: Readable
}

/**
 * Opens one file of a zip archive; the archive is never unpacked as a whole.
 * @param wanted name or path of the file; default the only one that ends in `.csv`.
 * @throws DatasetError when it isn't there, isn't the only one, is encrypted, or when any name in the archive would
 *   leave the folder it is unpacked into: such an archive is not to be trusted.
 */
export async function openZipEntry(path: string, wanted?: string): Promise<ZipEntry> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true })
  try {
    const entry = choose(path, await list(path, zip), wanted)
    if (entry.isEncrypted())
      throw new DatasetError('bad_csv', `${path}: ${entry.fileName} is encrypted; unpack it first.`)
    const stream = await zip.openReadStreamPromise(entry)
    return {
      name: entry.fileName,
      crc32: entry.crc32,
      stream,
      async [Symbol.asyncDispose]() {
        stream.destroy()
        zip.close()
      },
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function list(path: string, zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry)
  } catch (error) {
    const { message } = error as Error
    // yauzl's own words for `../x`, `/x`, `C:x` and `a\b`.
    if (!/^(invalid relative path|absolute path|invalid characters in fileName)/.test(message)) throw error
    throw new DatasetError(
      'bad_csv',
      `${path} is refused: it has a file name that leaves its folder (${message}).`,
      error,
    )
  }
  return entries.filter(({ fileName }) => !fileName.endsWith('/') && !fileName.startsWith('__MACOSX/'))
}

function choose(path: string, entries: readonly Entry[], wanted: string | undefined): Entry {
  const names = entries.map((entry) => entry.fileName)
  const fitting =
    wanted === undefined
      ? entries.filter((entry) => entry.fileName.toLowerCase().endsWith('.csv'))
      : entries.filter((entry) => entry.fileName === wanted || basename(entry.fileName) === wanted)
  const [entry] = fitting
  if (entry && fitting.length === 1) return entry
  const found = names.length === 0 ? 'nothing' : names.slice(0, 10).join(', ')
  const what = wanted === undefined ? 'exactly one CSV file' : `exactly one file ${wanted}`
  throw new DatasetError('bad_csv', `${path} should hold ${what}; it holds ${found}. Name the file that is meant.`)
}
