/** Pictures for the benchmark that can't be used as given: the user's mistake. */
export class BenchInputError extends Error {
  override readonly name = 'BenchInputError'
  readonly exitCode = 2
}
