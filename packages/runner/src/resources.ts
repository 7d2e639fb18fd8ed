/** Shared resources of one stage: opened once on first use, disposed of in reverse order when the stage ends. */
export class Resources implements AsyncDisposable {
  readonly #opened = new Map<string, Promise<AsyncDisposable>>()

  /** The resource of that key, opened by `opener` the first time; a failed opening is tried again by the next caller. */
  open<T extends AsyncDisposable>(key: string, opener: () => Promise<T>): Promise<T> {
    const known = this.#opened.get(key)
    if (known) return known as Promise<T>
    const opening = opener()
    this.#opened.set(key, opening)
    opening.catch(() => this.#opened.delete(key))
    return opening
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = []
    for (const opening of [...this.#opened.values()].reverse()) {
      const resource = await opening.catch(() => undefined)
      try {
        await resource?.[Symbol.asyncDispose]()
      } catch (error) {
        errors.push(error)
      }
    }
    this.#opened.clear()
    if (errors.length > 0) throw errors[0]
  }
}
