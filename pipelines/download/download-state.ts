import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const schema = z.object({
  revision: z.string(),
  /** Bytes of the whole file. */
  total: z.number().optional(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  /** MD5 of the whole file, base64. */
  md5: z.string().optional(),
  complete: z.boolean(),
})

/** What a server said of the file whose bytes lie beside this record, `<path>.json`. */
export type DownloadState = z.infer<typeof schema>

/** Reads the record; undefined when there is none, or it cannot be read. */
export async function readState(path: string): Promise<DownloadState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(`${path}.json`, 'utf8')))
  } catch {
    return undefined
  }
}

/** Writes the record, whole or not at all. */
export async function writeState(path: string, state: DownloadState): Promise<void> {
  await writeFile(`${path}.json.partial`, JSON.stringify(state))
  await rename(`${path}.json.partial`, `${path}.json`)
}

/**
 * What an answer says of the file: its whole length from Content-Range or Content-Length, its validators, and its
 * MD5 from Google's `x-goog-hash: crc32c=…,md5=<base64>`.
 * @param revision the record's; default made of the validators.
 */
export function remoteState(
  response: Response,
  revision?: string,
): { state: DownloadState; start: number | undefined } {
  const { headers } = response
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '')
  const length = headers.get('content-length')
  const known = response.status === 206 ? range?.[2] : length
  const total = known === undefined || known === null || known === '*' ? undefined : Number(known)
  const etag = headers.get('etag') ?? undefined
  const lastModified = headers.get('last-modified') ?? undefined
  const md5 = /(?:^|[,\s])md5=([A-Za-z0-9+/]{22}==)/.exec(headers.get('x-goog-hash') ?? '')?.[1]
  const state = {
    revision: revision ?? revisionOf({ etag, lastModified, total }),
    complete: false,
    ...(total === undefined ? {} : { total }),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(md5 === undefined ? {} : { md5 }),
  }
  return { state, start: range ? Number(range[1]) : undefined }
}

/** One text for what tells one version of a file from the next. */
export function revisionOf(facts: {
  etag?: string | undefined
  lastModified?: string | undefined
  total?: number | undefined
}): string {
  return [facts.etag ?? '-', facts.lastModified ?? '-', facts.total ?? '-'].join(' ')
}

/** Whether two answers are about the same bytes, as far as both say. */
export function sameContent(before: DownloadState, after: DownloadState): boolean {
  const keys = ['total', 'etag', 'lastModified', 'md5'] as const
  return keys.every((key) => before[key] === undefined || after[key] === undefined || before[key] === after[key])
}
