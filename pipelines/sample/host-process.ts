import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { UserError } from '@promptloom/runner/errors'

/**
 * Starts the sample's host in a process of its own: `fetch-images` shuts every decoder of its process that could run
 * a stranger's SVG, and the painter draws with SVG. Disposing of it ends the process.
 * @throws UserError when the host's port is taken.
 */
export async function startHostProcess(): Promise<AsyncDisposable> {
  const child = fork(join(import.meta.dirname, 'host-process.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [said] = (await once(child, 'message')) as [{ failed?: string }]
  if (said.failed !== undefined) {
    if (child.connected) child.disconnect()
    throw new UserError(said.failed)
  }
  return {
    async [Symbol.asyncDispose]() {
      // A Ctrl-C on a terminal reaches this process too: it may be gone already.
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
