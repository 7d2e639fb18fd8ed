// The program, loaded but idle until its parent sends the words of a command: for tests that kill it again and again.
import { once } from 'node:events'
import 'apache-arrow'
import 'zod'
import { register } from 'tsx/esm/api'

register()
const { main } = await import('../pipelines/cli.ts')
await import('../pipelines/commands/run.ts')
process.send('loaded')
const [words] = await once(process, 'message')
process.disconnect()
process.exitCode = await main(words)
