import { DownloadError } from './download-error.ts'

/** Where a collection comes from, taken apart. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'kaggle'
      readonly owner: string
      readonly slug: string
      /** Undefined: the set's only CSV file. */
      readonly file?: string
      /** Undefined: the current version when it is first downloaded. */
      readonly version?: number
    }

const KAGGLE = /^kaggle:([\w-]+)\/([\w-]+)(?:\/([^@]+))?(?:@(.+))?$/

/**
 * Takes the `source` option apart. Anything that isn't a URL or a Kaggle name is a path.
 * @throws DownloadError when it looks like a Kaggle name or a URL but isn't one.
 */
export function parseSource(text: string): Source {
  if (text === '') {
    throw new DownloadError('bad_source', 'No source is given; set source to a CSV file, a URL or kaggle:owner/slug.')
  }
  if (text.startsWith('kaggle:')) return parseKaggle(text)
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return { kind: 'file', path: text }
  if ((scheme === 'http' || scheme === 'https') && URL.canParse(text)) return { kind: 'url', url: new URL(text).href }
  throw new DownloadError('bad_source', `The source ${text} is no http(s) URL, kaggle:owner/slug or path of a file.`)
}

function parseKaggle(text: string): Source {
  const [, owner, slug, file, version] = KAGGLE.exec(text) ?? []
  if (!owner || !slug || (version !== undefined && !/^[1-9]\d*$/.test(version))) {
    const form = 'kaggle:owner/slug, kaggle:owner/slug/file.csv or either with @version (a number)'
    throw new DownloadError('bad_source', `The source ${text} is no Kaggle name; write ${form}.`)
  }
  return {
    kind: 'kaggle',
    owner,
    slug,
    ...(file === undefined ? {} : { file }),
    ...(version === undefined ? {} : { version: Number(version) }),
  }
}

/** A source's short name for messages and records; a URL without its query, which may carry a secret. */
export function nameOf(source: Source): string {
  if (source.kind === 'file') return source.path
  if (source.kind === 'url') return source.url.replace(/[?#].*$/, '')
  return `kaggle:${source.owner}/${source.slug}`
}
