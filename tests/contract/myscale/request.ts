import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { readingFrom } from '@promptloom/store/spooled-insert'

/** A statement as it came over HTTP, with its body on disk where it has one beside its SQL. */
export interface SqlRequest extends AsyncDisposable {
  readonly path: string
  readonly sql: string
  readonly queryId: string
  readonly settings: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, string>>
}

const OWN_ARGUMENTS = new Set(['query', 'query_id', 'database', 'session_id', 'user', 'password', 'role'])
/** Settings of the HTTP layer. */
const HTTP = /^(wait_end_of_query|enable_http_compression|send_progress_in_http_headers|http_|default_format)/

/** Reads a request of `@clickhouse/client`: SQL in the body or in `query`, values in the address or as a form. */
export async function readRequest(incoming: IncomingMessage): Promise<SqlRequest> {
  const url = new URL(incoming.url ?? '/', 'http://double')
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-request-'))
  const file = join(folder, 'body')
  const unzip = incoming.headers['content-encoding'] === 'gzip' ? [createGunzip()] : []
  await pipeline([incoming, ...unzip, createWriteStream(file)])
  const params: Record<string, string> = {}
  const settings: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice(6)] = value
    else if (!OWN_ARGUMENTS.has(name) && !HTTP.test(name)) settings[name] = value
  }
  const query = url.searchParams.get('query')
  let sql = query ?? ''
  const type = incoming.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(await readFile(file), { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form) {
      if (name === 'query') sql = String(value)
      else if (name.startsWith('param_')) params[name.slice(6)] = String(value)
    }
  } else if (query === null) sql = await readFile(file, 'utf8')
  else if (/^\s*INSERT\b/i.test(query)) sql = readingFrom(query, file)
  return {
    path: url.pathname,
    sql: sql.trim(),
    queryId: url.searchParams.get('query_id') ?? '',
    settings,
    params,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
