import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { type HostingFlags, host, hostingOptions, stopped } from '../hosting.ts'
import { buildPipeline } from '../pipeline.ts'
import { openLoop } from '../studio/open-loop.ts'
import { openStudio } from '../studio/studio.ts'

/** Defines `promptloom serve`: the studio without its page. */
export function define(command: Command): void {
  hostingOptions(configurationOptions(command))
    .addHelpText(
      'after',
      `
Answers the questions of "promptloom search" over HTTP, and whatever else the page of "promptloom studio" asks;
/openapi.json describes how. The model stays in memory, so that an answer takes milliseconds. Listening beyond loopback,
every request must bring the token: that of PROMPTLOOM_TOKEN, or one made for this start and printed.

Examples:
  promptloom serve --workspace data/runs/mine
  curl -s localhost:7878/api/search -H 'content-type: application/json' -d '{"terms": [{"text": "a cat"}]}'
  curl -s localhost:7878/api/search -F picture=@cat.png
  PROMPTLOOM_TOKEN=… promptloom serve --host 0.0.0.0`,
    )
    .action(async (flags: ConfigurationFlags & HostingFlags) => {
      const configuration = await loadFor(flags)
      await using loop = await openLoop(configuration)
      await using studio = await openStudio(configuration, {
        pipeline: buildPipeline(configuration),
        loop,
        onError: (error, where) => console.error(`${where}:`, error),
      })
      // Nobody sees a page that says what is missing: what cannot be searched is not served.
      await studio.holder.use(async () => undefined)
      await using server = await host(studio, flags)
      console.log(`Serving ${server.url}, described at ${server.url}/openapi.json. Ctrl-C ends it.`)
      if (server.freshToken) console.log(`Token of this start: ${server.freshToken}`)
      await stopped()
    })
}
