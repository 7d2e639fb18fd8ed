/**
 * The only place that reads the process's environment: secrets and addresses that carry secrets, and what the
 * operating system says of the user. Everything else is configuration.
 */
export type Environment = Readonly<Record<string, string | undefined>>

/** The process's environment as it is. */
export function environment(): Environment {
  // biome-ignore lint/style/noProcessEnv: this is the one file that may read it
  return process.env
}

/** A database server as the environment names it. */
export interface ServerFromEnvironment {
  readonly url?: string
  readonly user?: string
  readonly password?: string
}

/**
 * Address, user and password of the database server: `MYSCALE_URL`, `MYSCALE_USER`, `MYSCALE_PASSWORD`, or the same
 * with `CLICKHOUSE_` where there is no `MYSCALE_URL`. User and password may also stand in the address.
 */
export function databaseServer(from: Environment = environment()): ServerFromEnvironment {
  const prefix = from.MYSCALE_URL || !from.CLICKHOUSE_URL ? 'MYSCALE' : 'CLICKHOUSE'
  const address = from[`${prefix}_URL`]
  const parsed = address && URL.canParse(address) ? new URL(address) : undefined
  const user = from[`${prefix}_USER`] ?? (parsed?.username ? decoded(parsed.username) : undefined)
  const password = from[`${prefix}_PASSWORD`] ?? (parsed?.password ? decoded(parsed.password) : undefined)
  if (parsed) {
    parsed.username = ''
    parsed.password = ''
  }
  const url = parsed?.href ?? address
  return {
    ...(url ? { url } : {}),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
}

/** A part of an address without its percent-encoding; as it stands where it has none, such as a password `100%`. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Address of the model hub or its mirror, `HF_ENDPOINT`, and the token for it, `HF_TOKEN`; both as the hub's own tools read them. */
export function modelHub(from: Environment = environment()): { readonly hub?: string; readonly token?: string } {
  const hub = from.HF_ENDPOINT?.replace(/\/+$/, '')
  return { ...(hub ? { hub } : {}), ...(from.HF_TOKEN ? { token: from.HF_TOKEN } : {}) }
}

/** A secret that a variable of the environment holds, without white space around it; undefined where it is not set. */
export function secretNamed(name: string, from: Environment = environment()): string | undefined {
  return from[name]?.trim() || undefined
}
