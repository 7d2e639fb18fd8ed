import { exitCodeOf } from '@promptloom/runner/errors'
import { type RunOptions, type RunResult, run } from '@promptloom/runner/run'
import { type Configuration, memoryOf, rememberConfiguration } from '../configuration.ts'
import { interruptible } from '../interrupt.ts'
import { clearInbox, ROW_STAGES } from '../loop/forget.ts'
import { createListener, displayKind } from './listener.ts'

/**
 * Runs (part of) the pipeline and shows it: for machines as JSON lines on standard output, for people as a bar or as
 * lines on standard error. The workspace remembers the configuration once a stage has worked with it, unless a later
 * stage finds a mistake of the user's in it: then what was remembered before stays.
 */
export async function runAndShow(
  configuration: Configuration,
  work: Omit<RunOptions, 'workspace' | 'signal' | 'listener'>,
  json: boolean,
): Promise<RunResult> {
  const stream = json ? process.stdout : process.stderr
  const show = createListener(displayKind(json, stream.isTTY === true), stream)
  let remembered: Promise<void> | undefined
  const memory = await memoryOf(configuration.workspace)
  const clearing = await clearInbox(configuration.workspace)
  const running = interruptible((signal) =>
    run({
      ...work,
      workspace: configuration.workspace,
      signal,
      listener: (event) => {
        if (event.type === 'stage-end') remembered ??= rememberConfiguration(configuration)
        // Told at the end: a rejection that nobody awaits yet would end the process in the middle of the work.
        remembered?.catch(() => undefined)
        show(event)
      },
    }),
  )
  try {
    const result = await running
    if (result.exitCode === 0 && bringsUpToDate(result)) await clearing.finish()
    return result
  } catch (error) {
    if (exitCodeOf(error) === 2 && remembered) await remembered.then(() => memory.restore())
    throw error
  } finally {
    await remembered
  }
}

/** Whether every stage that holds rows has been looked at: then what was forgotten is gone everywhere. */
function bringsUpToDate({ stages }: RunResult): boolean {
  const looked = new Set(stages.map(({ stage }) => stage))
  return ROW_STAGES.every((stage) => looked.has(stage))
}
