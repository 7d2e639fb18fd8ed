// The sample's host in a process of its own: tells its parent when it listens, and ends with it.
import { register } from 'tsx/esm/api'

register()
const { startSampleHost } = await import('./host.ts')
try {
  await startSampleHost()
  process.send?.({ ready: true })
} catch (error) {
  process.send?.({ failed: error.message, exitCode: error.exitCode })
}
process.on('disconnect', () => process.exit())
