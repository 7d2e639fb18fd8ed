import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { type HostingFlags, host, hostingOptions, stopped } from '../hosting.ts'
import { buildPipeline } from '../pipeline.ts'
import { openLoop } from '../studio/open-loop.ts'
import { openSite } from '../studio/site.ts'
import { openStudio } from '../studio/studio.ts'

/** Where the front end's build lies. */
const PAGE = join(import.meta.dirname, '../../packages/studio/dist')

interface StudioFlags extends ConfigurationFlags, HostingFlags {
  readonly open?: true
}

/** Defines `promptloom studio`. */
export function define(command: Command): void {
  hostingOptions(configurationOptions(command))
    .option('--open', 'open the page in the browser')
    .addHelpText(
      'after',
      `
Serves a page for a workspace: search by words and pictures, improve prompts, paint them and keep the results, follow
the runs of the pipeline, and look at a map of all pictures. Only this machine reaches it unless --host says otherwise;
then every request must bring the token: that of PROMPTLOOM_TOKEN, or one made for this start, which the printed link
carries. While a run of the pipeline is loading rows into the embedded database, searches wait.

Examples:
  promptloom studio --workspace data/runs/mine --open
  promptloom studio --port 8080
  PROMPTLOOM_TOKEN=… promptloom studio --host 0.0.0.0 --allow-host studio.example.org`,
    )
    .action(async (flags: StudioFlags) => {
      const configuration = await loadFor(flags)
      const fallback = await openSite(PAGE)
      await using loop = await openLoop(configuration)
      await using studio = await openStudio(configuration, {
        pipeline: buildPipeline(configuration),
        loop,
        onError: (error, where) => console.error(`${where}:`, error),
      })
      await using server = await host({ routes: studio.routes, fallback }, flags)
      const address = server.freshToken ? `${server.url}/?token=${server.freshToken}` : `${server.url}/`
      console.log(`The studio is at ${address}  Ctrl-C ends it.`)
      // The first question should not have to wait for the model; that there is nothing to search is told on the page.
      void studio.holder.use(async () => undefined).catch((error: Error) => console.error(error.message))
      if (flags.open) openInBrowser(address)
      await stopped()
    })
}

/** Opens an address in the user's browser; where there is none, the printed address must do. */
function openInBrowser(address: string): void {
  const [program, ...rest] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open']
  const child = spawn(program as string, [...rest, address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
