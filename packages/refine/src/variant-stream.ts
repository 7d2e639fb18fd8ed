/**
 * Cuts the objects of `{"variants": [{…}, {…}]}` out of text that arrives in pieces: each as soon as its closing
 * brace is there, as JSON text. Anything before the first array is skipped.
 */
export class VariantStream {
  #depth = 0
  #inArray = false
  #inString = false
  #escaped = false
  #object = ''

  /** Takes the next piece and returns the objects that it completes. */
  push(piece: string): string[] {
    const complete: string[] = []
    for (const character of piece) {
      const closed = this.#take(character)
      if (closed !== undefined) complete.push(closed)
    }
    return complete
  }

  #take(character: string): string | undefined {
    if (this.#inString) {
      if (this.#depth > 0) this.#object += character
      if (this.#escaped) this.#escaped = false
      else if (character === '\\') this.#escaped = true
      else if (character === '"') this.#inString = false
      return undefined
    }
    if (character === '"') this.#inString = true
    if (!this.#inArray) {
      this.#inArray = character === '['
      return undefined
    }
    if (character === '{') this.#depth++
    if (this.#depth === 0) {
      if (character === ']') this.#inArray = false
      return undefined
    }
    this.#object += character
    if (character !== '}') return undefined
    this.#depth--
    if (this.#depth > 0) return undefined
    const object = this.#object
    this.#object = ''
    return object
  }
}
