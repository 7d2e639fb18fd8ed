import { randomBytes } from 'node:crypto'
import { isLoopback } from '@promptloom/search/server/guard'
import type { Route } from '@promptloom/search/server/route'
import { createServer, type RunningServer } from '@promptloom/search/server/server'
import { type Command, InvalidArgumentError } from 'commander'
import { environment } from './environment.ts'

/** Flags of every command that listens. */
export interface HostingFlags {
  readonly host: string
  readonly port: number
  readonly allowHost: readonly string[]
}

/** Adds the flags that say where a command listens. */
export function hostingOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on; beyond loopback a token is required', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 for any that is free', port, 7878)
    .option('--allow-host <name...>', 'further names that the server is reached by', [])
}

/** What is served. */
export interface Hosted {
  readonly routes: readonly Route[]
  /** Answers whatever no route does, e.g. with a page and its files. */
  readonly fallback?: (request: Request) => Promise<Response | undefined>
}

/** A server that listens, and the token that it asks for, where it was made for this start. */
export interface Hosting extends RunningServer {
  readonly freshToken: string | undefined
}

/**
 * Listens where the flags say. Beyond loopback every request must bring a token: that of `PROMPTLOOM_TOKEN`, or one
 * made for this start. Errors that are not the client's are printed.
 * @throws the system's error when it cannot listen
 */
export async function host(hosted: Hosted, { host, port, allowHost }: HostingFlags): Promise<Hosting> {
  // An empty variable is none: it must not open the server to everybody.
  const given = environment().PROMPTLOOM_TOKEN || undefined
  const freshToken = given || isLoopback(host) ? undefined : randomBytes(18).toString('base64url')
  const server = await createServer({
    ...hosted,
    host,
    port,
    token: given ?? freshToken,
    allowedHosts: allowHost,
    onError: (error, { method, path }) => console.error(`${method} ${path}:`, error),
  })
  return { ...server, freshToken }
}

/** Resolves when somebody ends the program. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

function port(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
}
