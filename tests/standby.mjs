// The program, loaded but idle until its parent sends the words of a command: for tests that kill it again and again.
// standby.mjs [CLI RUN]: the modules to load in place of the sources, as compiled-program.ts makes them.
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'

const [cli, run] = process.argv.slice(2)
if (cli === undefined) {
  await import('apache-arrow')
  await import('zod')
  const { register } = await import('tsx/esm/api')
  register()
}
const { main } = await import(cli === undefined ? '../pipelines/cli.ts' : pathToFileURL(cli).href)
await import(run === undefined ? '../pipelines/commands/run.ts' : pathToFileURL(run).href)
process.send('loaded')
const [words] = await once(process, 'message')
process.disconnect()
process.exitCode = await main(words)
