/** A statement that MyScale refuses: its number, its name and its words. */
export class Refusal extends Error {
  readonly code: number
  readonly errorName: string

  constructor(code: number, errorName: string, message: string) {
    super(message)
    this.code = code
    this.errorName = errorName
  }
}
