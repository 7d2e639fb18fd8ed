/**
 * The only place that reads the process's environment: secrets, and what the operating system says of the user.
 * Everything else is configuration.
 */
export type Environment = Readonly<Record<string, string | undefined>>

/** The process's environment as it is. */
export function environment(): Environment {
  // biome-ignore lint/style/noProcessEnv: this is the one file that may read it
  return process.env
}
