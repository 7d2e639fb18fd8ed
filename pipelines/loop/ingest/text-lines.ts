import { createReadStream } from 'node:fs'

/** One line of a file, from 1; its text is undefined where it is longer than the limit, or not UTF-8. */
export interface TextLine {
  readonly number: number
  readonly text: string | undefined
}

const LF = 0x0a

/**
 * The lines of a file that are not blank, one after the other. Memory is one line and one chunk, however long a
 * hostile line is: what is beyond `longest` bytes is passed over.
 */
export async function* textLines(path: string, longest = 1 << 20): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let parts: Buffer[] = []
  let held = 0
  let number = 0
  const take = (): TextLine | undefined => {
    number++
    const [bytes, length] = [Buffer.concat(parts), held]
    parts = []
    held = 0
    if (length > longest) return { number, text: undefined }
    const text = decoded(bytes, decoder)
    return text?.trim() === '' ? undefined : { number, text }
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    let from = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      keep(chunk.subarray(from, end))
      from = end + 1
      const line = take()
      if (line) yield line
    }
    keep(chunk.subarray(from))
  }
  const last = held > 0 ? take() : undefined
  if (last) yield last

  function keep(part: Buffer): void {
    held += part.length
    if (held <= longest) parts.push(Buffer.from(part))
    else parts = []
  }
}

function decoded(bytes: Buffer, decoder: InstanceType<typeof TextDecoder>): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
