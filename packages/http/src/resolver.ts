import CacheableLookup from 'cacheable-lookup'

/** One address of a host name. */
export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Finds the addresses of a host name; rejects with a Node DNS error (`code` ENOTFOUND, EAI_AGAIN, …). */
export type Resolve = (hostname: string) => Promise<readonly HostAddress[]>

/** Longest time an answer is trusted, whatever its TTL says, and how long a failed look-up is remembered; seconds. */
const MAX_TTL_SECONDS = 300
const ERROR_TTL_SECONDS = 5

/**
 * A resolver that caches: answers by their TTL (at most 300 s), failures for 5 s, and look-ups of one name at the
 * same time share one query. Names that only the operating system knows (`/etc/hosts`) are found too.
 */
export function cachedResolver(): Resolve {
  const cache = new CacheableLookup({ maxTtl: MAX_TTL_SECONDS, errorTtl: ERROR_TTL_SECONDS })
  return async (hostname) => cache.lookupAsync(hostname, { all: true })
}
