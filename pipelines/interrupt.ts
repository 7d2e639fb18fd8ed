import { InterruptedError } from '@promptloom/runner/errors'

/**
 * Runs `work` with a signal that Ctrl-C or SIGTERM aborts: work in flight settles or is abandoned cleanly. A second
 * Ctrl-C ends the process at once, which is safe too: nothing is ever half-committed.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL')
    console.error(`\n${name}: finishing what is in work; once more ends at once.`)
    controller.abort(new InterruptedError('The run was interrupted; the same command goes on from here.'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
