import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'

/**
 * What was observed while a row's picture was fetched: a line of `<shard>.fetches.jsonl.gz`. It differs from one fetch
 * to the next, which is why it is no Parquet table: those are the same bytes however often a run was killed.
 */
const fetchFactsSchema = z.strictObject({
  /** Id of the prompt row. */
  id: z.string(),
  /** The row's address as it was asked for; missing in logs of old. */
  url: z.string().optional(),
  /** When the row's outcome was known: ISO 8601, UTC, milliseconds. */
  fetched_at: z.string(),
  /** Address that answered, after redirects; empty where none did. */
  final_url: z.string(),
  /** Tries of the URL that brought the answer; 0 where nothing was sent or none brought one. */
  attempts: z.number(),
  /** The header or rule by which the picture opts out, word for word. */
  opt_out: z.string(),
  /** The reason in words, for outcomes other than `ok`. */
  detail: z.string(),
})

/** What was observed of one fetch. */
export type FetchFacts = z.infer<typeof fetchFactsSchema>

/** File ending of the log beside a shard's table. */
export const FETCH_LOG = 'fetches.jsonl.gz'

/** Longest reason that is kept, in characters. */
const DETAIL_LENGTH = 300

/** The facts of a fetch that ended now. */
export function fetchFacts(
  { id, url }: { readonly id: string; readonly url: string },
  known: Partial<Omit<FetchFacts, 'id' | 'url' | 'fetched_at'>>,
): FetchFacts {
  return {
    id,
    url,
    fetched_at: new Date().toISOString(),
    final_url: known.final_url ?? '',
    attempts: known.attempts ?? 0,
    opt_out: known.opt_out ?? '',
    detail: (known.detail ?? '').slice(0, DETAIL_LENGTH),
  }
}

/** Writes a shard's log: gzipped JSON lines, in the order of the rows. */
export async function writeFetchLog(path: string, facts: readonly FetchFacts[]): Promise<void> {
  const lines = facts.map((one) => `${JSON.stringify(one)}\n`).join('')
  await writeFile(path, await promisify(gzip)(lines))
}

/** Reads a shard's log, in the order of the rows. */
export async function readFetchLog(path: string): Promise<FetchFacts[]> {
  const text = (await promisify(gunzip)(await readFile(path))).toString()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => fetchFactsSchema.parse(JSON.parse(line)))
}
