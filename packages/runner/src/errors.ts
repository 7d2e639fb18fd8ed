/** An error that is told to the user as one sentence and ends the program with its exit code. */
export abstract class RunnerError extends Error {
  abstract readonly exitCode: 1 | 2 | 3
  override get name(): string {
    return this.constructor.name
  }
}

/** The user asked for something that cannot be: a wrong flag, file, key or name. Exit code 2. */
export class UserError extends RunnerError {
  readonly exitCode = 2
}

/** The workspace is held by another process. Exit code 2. */
export class WorkspaceBusyError extends RunnerError {
  readonly exitCode = 2
}

/** A stage broke the contract: its outcomes don't add up, or it never settles. Exit code 1; a bug of the stage. */
export class LedgerError extends RunnerError {
  readonly exitCode = 1
}

/** A committed file no longer has the bytes it was committed with. Exit code 1; the next run makes it anew. */
export class DamagedFileError extends RunnerError {
  readonly exitCode = 1
}

/** The run was asked to stop; what was committed stays, the rest is left to the next run. Exit code 3. */
export class InterruptedError extends RunnerError {
  readonly exitCode = 3
}

/** The exit code that an error of any package asks for; undefined for a bug. */
export function exitCodeOf(error: unknown): number | undefined {
  const code = error instanceof Error ? (error as { exitCode?: unknown }).exitCode : undefined
  return typeof code === 'number' ? code : undefined
}
