/** The sample's host can't listen where the collection's addresses point. */
export class SampleHostError extends Error {
  override readonly name = 'SampleHostError'
  readonly exitCode = 2

  constructor(port: number, cause: unknown) {
    super(
      `The sample's pictures can't be served on 127.0.0.1:${port}: ${(cause as Error).message}. End what uses that port, and run again.`,
      { cause },
    )
  }
}
