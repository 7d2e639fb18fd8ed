import { randomBytes } from 'node:crypto'
import { isLoopback } from '@promptloom/search/server/guard'
import { searchRoutes } from '@promptloom/search/server/search-routes'
import { createServer } from '@promptloom/search/server/server'
import { type Command, InvalidArgumentError } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { environment } from '../environment.ts'
import { openSearchSession } from '../search-session.ts'

interface ServeFlags extends ConfigurationFlags {
  readonly host: string
  readonly port: number
  readonly allowHost: readonly string[]
}

/** Defines `promptloom serve`. */
export function define(command: Command): void {
  configurationOptions(command)
    .option('--host <address>', 'address to listen on; beyond loopback a token is required', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 for any that is free', port, 7878)
    .option('--allow-host <name...>', 'further names that the server is reached by', [])
    .addHelpText(
      'after',
      `
Answers the questions of "promptloom search" over HTTP; /openapi.json describes how to ask. The model stays in memory,
so that an answer takes milliseconds. Listening beyond loopback, every request must bring the token: that of
PROMPTLOOM_TOKEN, or one made for this start and printed.

Examples:
  promptloom serve --workspace data/runs/mine
  curl -s localhost:7878/api/search -H 'content-type: application/json' -d '{"terms": [{"text": "a cat"}]}'
  curl -s localhost:7878/api/search -F picture=@cat.png
  PROMPTLOOM_TOKEN=… promptloom serve --host 0.0.0.0`,
    )
    .action(async (flags: ServeFlags) => {
      await using session = await openSearchSession(await loadFor(flags))
      const { host } = flags
      const token =
        environment().PROMPTLOOM_TOKEN ?? (isLoopback(host) ? undefined : randomBytes(18).toString('base64url'))
      await using server = await createServer({
        routes: searchRoutes(session.searcher),
        host,
        port: flags.port,
        token,
        allowedHosts: flags.allowHost,
        onError: (error, { method, path }) => console.error(`${method} ${path}:`, error),
      })
      console.log(`Serving ${server.url}, described at ${server.url}/openapi.json. Ctrl-C ends it.`)
      if (token && !environment().PROMPTLOOM_TOKEN) console.log(`Token of this start: ${token}`)
      await stopped()
    })
}

function port(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
}

/** Resolves when somebody ends the program. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
