import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { Log } from './stage.ts'

/** A log that appends JSON lines to `<workspace>/run.log`; every line carries the run. */
export function openLog(workspace: string, run: string): Log {
  mkdirSync(workspace, { recursive: true })
  // Written synchronously: what happened before a kill is in the file.
  const logger = pino(
    { base: { run }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: join(workspace, 'run.log'), sync: true, append: true }),
  )
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message) => logger.warn(message),
  }
}
